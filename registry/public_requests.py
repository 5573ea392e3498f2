"""Public records requests (M.G.L. c. 66, section 10): when each was received, by when it is to be answered, and how.

A response is due by the tenth business day after receipt; a request that comes on a closed day counts as received
on the next open one, and the state may extend the time once, on a petition within twenty business days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.errors import BadInput, Conflict, Refused
from registry.closures import business_day_after
from registry.database import Database
from registry.models import NAME_LENGTH, Closure, PublicRequestRow
from registry.outbox import Decided, note
from registry.public_items import PublicItems
from registry.texts import needed

RESPONSE_DAYS, PETITION_DAYS = 10, 20
"""Business days after receipt (950 CMR 32): for the written response, and for a petition for more time."""


@dataclass(frozen=True, slots=True)
class PublicRequest:
    """A request and how far it is. ``due`` and ``petition_by`` follow from ``received`` and the closed days."""

    request_id: str
    asked_by: str
    asked: str
    received: date
    due: date
    petition_by: date
    extended_to: date | None
    noted_by: str
    noted_at: datetime
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None
    version: int

    @property
    def open(self) -> bool:
        """Whether it still waits for its answer."""
        return self.answered_at is None


class PublicRequests:
    """The requests of one registry; ``items`` are the records that answer them. Ids are ``R1``, ``R2``, …"""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.items = PublicItems(database)

    def receive(self, asked_by: str, asked: str, received: date, by: str, at: datetime) -> PublicRequest:
        """Note a request; ``asked_by`` is whoever asks, in the words that they gave of themselves.

        Raises
        ------
        BadInput : nobody is named, nothing is asked, or it would have been received in the future.
        """
        asked = needed(asked, "The request asks for nothing", "Write what is asked for, in their words")
        who = needed(asked_by, "Nobody is named as the one who asks", "Write a name, or 'anonymous'", NAME_LENGTH)
        if received > at.date():
            raise BadInput(f"{received.isoformat()} is not over yet", "Give the day on which it came")
        with self._database.write() as session:
            row = PublicRequestRow(asked_by=who, asked=asked, received=received, noted_by=by, noted_at=at, version=1)
            session.add(row)
            session.flush()
            request = _value(row, _closed(session))
            note(session, Decided(by, at), "public_request.received", request.request_id, due=request.due.isoformat())
            return request

    def all(self) -> list[PublicRequest]:
        """Every request: what is open first, by when it is due, then what is answered, the latest first."""
        with self._database.read() as session:
            closed = _closed(session)
            rows = [_value(row, closed) for row in session.scalars(select(PublicRequestRow))]
        waiting = sorted((each for each in rows if each.open), key=lambda each: each.due)
        return waiting + sorted(
            (r for r in rows if not r.open), key=lambda r: r.answered_at or r.noted_at, reverse=True
        )

    def get(self, request_id: str) -> PublicRequest:
        """One request; BadInput where there is none."""
        with self._database.read() as session:
            return _value(_row(session, request_id), _closed(session))

    def extend(self, request_id: str, until: date, by: str, at: datetime, version: int, why: str) -> PublicRequest:
        """Note that the state gave more time, ``until`` a day.

        Raises
        ------
        BadInput : the day is not after the one that it is due on now, or there is no reason.
        Refused : it was extended once, or is answered.
        Conflict : somebody changed the request meanwhile.
        """
        why = needed(why, "The longer time has no reason", "Name the petition and the decision on it")
        with self._database.write() as session:
            row = _open_row(session, request_id, version)
            if row.extended_to is not None:
                raise Refused(f"{request_id} was given more time once", "There is one petition for each request")
            if until <= _value(row, _closed(session)).due:
                raise BadInput(f"{until.isoformat()} is no later than now", "Give the day that the state set")
            row.extended_to = until
            note(session, Decided(by, at, why), "public_request.extended", request_id, due=until.isoformat())
            return _value(row, _closed(session))

    def answer(self, request_id: str, by: str, at: datetime, version: int, answer: str) -> PublicRequest:
        """Note how and when it was answered.

        Raises
        ------
        BadInput : there are no words about the answer.
        Refused : it is answered.
        Conflict : somebody changed the request meanwhile.
        """
        answer = needed(answer, "The answer is not described", "Say what was sent, and how")
        with self._database.write() as session:
            row = _open_row(session, request_id, version)
            row.answer, row.answered_by, row.answered_at = answer, by, at
            note(session, Decided(by, at, answer), "public_request.answered", request_id)
            return _value(row, _closed(session))


def _row(session: Session, request_id: str) -> PublicRequestRow:
    number = request_id.removeprefix("R")
    row = session.get(PublicRequestRow, int(number)) if number.isascii() and number.isdigit() else None
    if row is None:
        raise BadInput(f"There is no public records request '{request_id}'", "See the list of requests")
    return row


def _open_row(session: Session, request_id: str, version: int) -> PublicRequestRow:
    row = _row(session, request_id)
    if row.answered_at is not None:
        raise Refused(f"{request_id} is answered, by {row.answered_by}", "Note a new request for what is still missing")
    if row.version != version:
        raise Conflict(f"{request_id} was changed meanwhile", "See how it is now, then decide again")
    row.version += 1
    return row


def _closed(session: Session) -> frozenset[date]:
    return frozenset(session.scalars(select(Closure.day)))


def _value(row: PublicRequestRow, closed: frozenset[date]) -> PublicRequest:
    return PublicRequest(
        request_id=f"R{row.id}",
        asked_by=row.asked_by,
        asked=row.asked,
        received=row.received,
        due=row.extended_to or business_day_after(row.received, RESPONSE_DAYS, closed),
        petition_by=business_day_after(row.received, PETITION_DAYS, closed),
        extended_to=row.extended_to,
        noted_by=row.noted_by,
        noted_at=row.noted_at,
        answer=row.answer,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        version=row.version,
    )
