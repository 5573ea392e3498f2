"""What a change to the register is checked against: asked of the registry one by one, or read once for many."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from records.model import Platform
from registry.models import Org, Person, RegisteredRow

ACTIVE, INACTIVE = "active", "inactive"
"""The states of a registered account."""


class Books:
    """People, schools and accounts of the registry that ``session`` reads."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def person(self, sourced_id: str) -> Person | None:
        """Somebody on the roster."""
        return self.session.get(Person, sourced_id)

    def school(self, sourced_id: str) -> Org | None:
        """A school, or the district."""
        return self.session.get(Org, sourced_id)

    def account(self, account_id: str) -> RegisteredRow | None:
        """A registered account, a deactivated one too."""
        return self.session.get(RegisteredRow, account_id)

    def holder(self, platform: Platform, handle: str, but: str) -> str | None:
        """The id of an active account that has ``handle``, in whatever capitals; ``but`` is not meant."""
        same = select(RegisteredRow.account_id).where(
            RegisteredRow.platform == platform,
            RegisteredRow.account_id != but,
            RegisteredRow.state == ACTIVE,
            func.lower(RegisteredRow.handle) == func.lower(handle),
        )
        return self.session.scalar(same)

    def add(self, row: RegisteredRow) -> None:
        """Let an account that was filled in stand in the registry."""
        self.session.add(row)
        self.session.flush()


class ReadBooks(Books):
    """The same, read once, for thousands of changes in one transaction: nothing is asked or written in between."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._staff = {each.sourced_id: each for each in session.scalars(select(Person).where(Person.kind == "staff"))}
        self._schools = {each.sourced_id: each for each in session.scalars(select(Org))}
        self._accounts = {each.account_id: each for each in session.scalars(select(RegisteredRow))}
        active = (each for each in self._accounts.values() if each.state == ACTIVE)
        self._holders = {(each.platform, each.handle.lower()): each.account_id for each in active}

    def person(self, sourced_id: str) -> Person | None:
        """Of people outside the staff, who are many, only those that are asked for are read."""
        return self._staff.get(sourced_id) or super().person(sourced_id)

    def school(self, sourced_id: str) -> Org | None:
        """As :meth:`Books.school`."""
        return self._schools.get(sourced_id)

    def account(self, account_id: str) -> RegisteredRow | None:
        """As :meth:`Books.account`, those that were added meanwhile too."""
        return self._accounts.get(account_id)

    def holder(self, platform: Platform, handle: str, but: str) -> str | None:
        """As :meth:`Books.holder`, those that were added meanwhile too."""
        found = self._holders.get((platform, handle.lower()))
        return found if found != but else None

    def add(self, row: RegisteredRow) -> None:
        """It is written with the others at the end."""
        self.session.add(row)
        self._accounts[row.account_id] = row
        self._holders[row.platform, row.handle.lower()] = row.account_id
