"""Who gets which mail: lists by role, and for a school's own part the school."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from records.errors import BadInput
from registry.database import Database
from registry.mailing import MailState
from registry.models import NAME_LENGTH, MailRecipient, Org, OutgoingMail
from registry.outbox import Decided, note

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
"""What HTML calls a valid e-mail address; no quoted local parts, which no district hands out."""


class MailList(StrEnum):
    """What a recipient gets, by the role that it is for."""

    COMMUNICATIONS = "communications"  # the week's digest of the whole district
    SUPERINTENDENT = "superintendent"  # the week on one page
    SCHOOL = "school"  # the week of one school
    IT = "it"  # word at once of what cuts the district off


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address on one list; ``school`` and its title are empty but for a school's own part."""

    recipient_id: str
    list: MailList
    address: str
    school: str
    school_title: str


class Recipients:
    """The lists."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Recipient]:
        """Every recipient, by list and address."""
        found = select(MailRecipient, Org.title).outerjoin(Org, Org.sourced_id == MailRecipient.school)
        with self._database.read() as session:
            ordered = found.order_by(MailRecipient.list, MailRecipient.address, MailRecipient.school)
            return [_value(row, title) for row, title in session.execute(ordered)]

    def add(self, to: str, address: str, by: str, at: datetime, school: str = "") -> Recipient:
        """Put ``address`` on the list ``to``; the school list needs ``school``, the roster's sourcedId or title.

        Raises
        ------
        BadInput : for a list, an address or a school that is none, or one that stands there already.
        """
        name, address = _list(to), _address(address)
        with self._database.write() as session:
            schools = {row.sourced_id: row.title for row in session.scalars(select(Org))}
            school_id = _school(school, schools) if name is MailList.SCHOOL else _none(school)
            same = select(MailRecipient).filter_by(list=name.value, address=address, school=school_id)
            if session.scalars(same).first():
                raise BadInput(f"{address} is on the list {name} already", "There is nothing to do")
            row = MailRecipient(list=name.value, address=address, school=school_id, added_by=by, added_at=at)
            session.add(row)
            session.flush()
            recipient = _value(row, schools.get(school_id))
            note(session, Decided(by, at), "mail.recipient.added", recipient.recipient_id, list=name, address=address)
            return recipient

    def remove(self, recipient_id: str, by: str, at: datetime, why: str = "") -> Recipient:
        """Take a recipient (``M3``) off its list; what waits for an address that is on no list any more is not sent.

        Raises
        ------
        BadInput : there is none with that id.
        """
        with self._database.write() as session:
            number = recipient_id.strip().upper().removeprefix("M")
            row = session.get(MailRecipient, int(number)) if number.isdecimal() and len(number) < 10 else None
            if row is None:
                raise BadInput(f"'{recipient_id}' is no recipient", "See `hallpass mail list`")
            org = session.get(Org, row.school)
            recipient = _value(row, org.title if org else None)
            session.delete(row)
            session.flush()
            if session.scalars(select(MailRecipient).filter_by(address=recipient.address)).first() is None:
                _keep_back(session, recipient.address, at)
            note(session, Decided(by, at, why), "mail.recipient.removed", recipient.recipient_id, address=row.address)
            return recipient


def _keep_back(session: Session, address: str, at: datetime) -> None:
    waiting = OutgoingMail.address == address, OutgoingMail.state == MailState.WAITING
    gone = {"state": MailState.REFUSED.value, "error": "Taken off the list before it was sent", "ended_at": at}
    session.execute(update(OutgoingMail).where(*waiting).values(**gone))


def _list(text: str) -> MailList:
    try:
        return MailList(text.strip().lower())
    except ValueError:
        raise BadInput(f"'{text}' is no mail list", f"Use one of {', '.join(MailList)}") from None


def _address(text: str) -> str:
    address = text.strip().lower()
    if not _ADDRESS.fullmatch(address) or len(address) > NAME_LENGTH:
        raise BadInput(f"'{text}' is not a mail address", "Write it as name@example.org")
    return address


def _school(text: str, schools: dict[str, str]) -> str:
    found = [key for key, title in schools.items() if text.strip() in (key, title)]
    if len(found) != 1:
        todo = f"Name one of: {', '.join(sorted(schools.values()))}" if schools else "Import the roster first"
        raise BadInput(f"'{text}' is no school on the roster", todo)
    return found[0]


def _none(school: str) -> str:
    if school.strip():
        raise BadInput("Only the list school is for one school", "Leave the school out, or use the list school")
    return ""


def _value(row: MailRecipient, title: str | None) -> Recipient:
    return Recipient(f"M{row.id}", MailList(row.list), row.address, row.school, title or "")
