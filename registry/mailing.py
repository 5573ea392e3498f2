"""Mails on their way: each is written down before it is sent, and marked when its server answered for good.

A crash between the server's answer and the mark sends that one mail a second time, with the same Message-ID,
by which mail programs know it for the same; nothing is ever lost or sent a third time for one crash.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.errors import BadInput
from registry.database import Database
from registry.models import OutgoingMail

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)
FAULTS_SHOWN = timedelta(days=7)
GIVE_UP = timedelta(days=5)
"""How long a passing fault is taken for one: RFC 5321, section 4.5.4.1."""


class MailState(StrEnum):
    """Where a mail is."""

    WAITING = "waiting"  # not handed over yet, or to be tried again
    SENT = "sent"  # its server took it
    REFUSED = "refused"  # its server will not take it, or did not for five days


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail to be sent from ``due_at`` on; ``about`` is what it tells: ``week 2026-W42``, ``incident 7``."""

    message_id: str
    about: str
    address: str
    subject: str
    content: bytes
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail as the outbox shows it. ``due_at`` is when it is sent, or tried again; ``error`` why it was not taken."""

    message_id: str
    about: str
    address: str
    subject: str
    queued_at: datetime
    due_at: datetime
    state: MailState
    tries: int
    error: str
    ended_at: datetime | None


class Mailing:
    """The outbox of mails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def queue(self, mails: Iterable[NewMail], at: datetime) -> int:
        """Write down the mails that are not written down yet, all of them or none; how many."""
        with self._database.write() as session:
            return sum(queue(session, mail, at) for mail in mails)

    def all(self) -> list[Outgoing]:
        """Every mail, the newest first."""
        newest = select(OutgoingMail).order_by(OutgoingMail.queued_at.desc(), OutgoingMail.message_id)
        with self._database.read() as session:
            return [_value(row) for row in session.scalars(newest)]

    def due(self, at: datetime) -> list[Outgoing]:
        """The mails to be handed over at ``at``, the oldest first."""
        waiting = select(OutgoingMail).where(OutgoingMail.state == MailState.WAITING, OutgoingMail.due_at <= at)
        with self._database.read() as session:
            oldest = waiting.order_by(OutgoingMail.queued_at, OutgoingMail.message_id)
            return [_value(row) for row in session.scalars(oldest)]

    def faults(self, at: datetime) -> list[Outgoing]:
        """The mails that somebody should look after: refused within seven days before ``at``, or tried in vain."""
        return [mail for mail in self.all() if _faulty(mail, at)]

    def content(self, message_id: str) -> bytes:
        """The whole message."""
        with self._database.read() as session:
            return _row(session, message_id).content

    def sent(self, message_id: str, at: datetime) -> None:
        """Its server took it."""
        with self._database.write() as session:
            row = _row(session, message_id)
            row.state, row.ended_at, row.error, row.tries = MailState.SENT, at, "", row.tries + 1

    def refused(self, message_id: str, at: datetime, error: str) -> None:
        """Its server will not take it: trying again will not help."""
        with self._database.write() as session:
            row = _row(session, message_id)
            row.state, row.ended_at, row.error, row.tries = MailState.REFUSED, at, error, row.tries + 1

    def postponed(self, message_id: str, at: datetime, error: str) -> None:
        """It was not taken for now: it is tried again after a pause that doubles, for five days."""
        with self._database.write() as session:
            row = _row(session, message_id)
            row.error, row.tries = error, row.tries + 1
            row.due_at = at + min(FIRST_PAUSE * 2 ** min(row.tries - 1, 10), LONGEST_PAUSE)
            if at - row.queued_at >= GIVE_UP:
                row.state, row.ended_at = MailState.REFUSED, at

    def again(self, message_id: str, at: datetime) -> Outgoing:
        """Try a mail that was refused once more, its address having been mended, say.

        Raises
        ------
        BadInput : there is no such mail, or it was sent.
        """
        with self._database.write() as session:
            row = session.get(OutgoingMail, message_id)
            if row is None or row.state == MailState.SENT:
                raise BadInput(f"'{message_id}' is no mail that was refused", "See `hallpass mail outbox`")
            row.state, row.due_at, row.queued_at, row.ended_at = MailState.WAITING, at, at, None
            return _value(row)


def queue(session: Session, mail: NewMail, at: datetime) -> bool:
    """Write ``mail`` down within a transaction of the caller's; False where it is written down already."""
    if session.get(OutgoingMail, mail.message_id) is not None:
        return False
    session.add(
        OutgoingMail(
            message_id=mail.message_id,
            about=mail.about,
            address=mail.address,
            subject=mail.subject,
            content=mail.content,
            queued_at=at,
            due_at=max(mail.due_at, at),
            state=MailState.WAITING.value,
            tries=0,
            error="",
            ended_at=None,
        )
    )
    session.flush()
    return True


def _faulty(mail: Outgoing, at: datetime) -> bool:
    if mail.state is MailState.WAITING:
        return mail.tries > 0
    return mail.state is MailState.REFUSED and mail.ended_at is not None and mail.ended_at > at - FAULTS_SHOWN


def _row(session: Session, message_id: str) -> OutgoingMail:
    row = session.get(OutgoingMail, message_id)
    if row is None:
        raise BadInput(f"No mail {message_id} is in the outbox", "See `hallpass mail outbox`")
    return row


def _value(row: OutgoingMail) -> Outgoing:
    return Outgoing(
        message_id=row.message_id,
        about=row.about,
        address=row.address,
        subject=row.subject,
        queued_at=row.queued_at,
        due_at=row.due_at,
        state=MailState(row.state),
        tries=row.tries,
        error=row.error,
        ended_at=row.ended_at,
    )
