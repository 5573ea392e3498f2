"""Who looked at what. Opening an identity needs a reason, and is an event of the ledger too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from records.errors import BadInput, Refused
from registry.database import Database
from registry.models import LookRow
from registry.outbox import Decided, note
from registry.texts import within

OBSERVATION, POST, IDENTITY, REPORT, EXPORT, DEPOSIT = WHAT = (
    *("observation", "post", "identity"),
    *("report", "export", "deposit"),
)
"""What can be looked at. An identity is the name or handle of somebody who is not on the staff."""


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at something; ``subject`` is its id."""

    by: str
    at: datetime
    what: str
    subject: str
    account_id: str | None
    reason: str


class Looks:
    """The looks of one registry; ``by`` is a login."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look(
        self, by: str, at: datetime, what: str, subject: str, account_id: str | None = None, reason: str = ""
    ) -> Look:
        """Note that ``by`` looks, before it is shown.

        Raises
        ------
        BadInput : for what is none of :data:`WHAT`.
        Refused : when an identity would be opened without a reason.
        """
        if what not in WHAT:
            raise BadInput(f"'{what}' is nothing that is looked at", f"Use one of {', '.join(WHAT)}")
        reason = within(reason)
        if what == IDENTITY and not reason:
            raise Refused("An identity is opened for a reason only", "Say why you need to know who it is")
        look = Look(by, at, what, subject, account_id, reason)
        with self._database.write() as session:
            session.add(LookRow(by=by, at=at, what=what, subject=subject, account_id=account_id, reason=reason))
            if what == IDENTITY:
                note(session, Decided(by, at, reason), "identity.opened", subject, account_id=account_id or "")
        return look

    def by_account(self, account_id: str) -> list[Look]:
        """Who looked at what of an account, the latest first."""
        return self._read(select(LookRow).where(LookRow.account_id == account_id).order_by(LookRow.id.desc()))

    def of(self, what: str, subject: str) -> list[Look]:
        """Who looked at this, the latest first."""
        query = select(LookRow).where(LookRow.what == what, LookRow.subject == subject)
        return self._read(query.order_by(LookRow.id.desc()))

    def identities_opened(self, since: datetime | None = None) -> int:
        """How often identities were opened, from ``since`` on where it is given."""
        query = select(func.count()).select_from(LookRow).where(LookRow.what == IDENTITY)
        with self._database.read() as session:
            return session.scalar(query.where(LookRow.at >= since) if since else query) or 0

    def _read(self, query: Select[LookRow]) -> list[Look]:
        with self._database.read() as session:
            rows = session.scalars(query)
            return [Look(row.by, row.at, row.what, row.subject, row.account_id, row.reason) for row in rows]
