"""What IT looks up: who is on the staff, and what stands on record about one account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from registry.accounts import find
from registry.database import Database
from registry.models import Person


@dataclass(frozen=True, slots=True)
class Proof:
    """One consent: how ownership was proven, when, until when, and who recorded it."""

    method: str
    verified_at: datetime
    expires_at: datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class Handle:
    """A handle with the first moment that it is known of, and who recorded it."""

    handle: str
    since: datetime
    by: str


@dataclass(frozen=True, slots=True)
class History:
    """The handles that an account had and its proofs; newest first."""

    handles: tuple[Handle, ...]
    proofs: tuple[Proof, ...]


class Directory:
    """Look-ups in one registry; it changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def staff(self) -> list[tuple[str, str]]:
        """The roster's sourcedId and the name of everybody on the staff, by name."""
        with self._database.read() as session:
            here = select(Person.sourced_id, Person.display_name).where(
                Person.kind == "staff", Person.left_at.is_(None)
            )
            named = [(sourced_id, name or sourced_id) for sourced_id, name in session.execute(here)]
        return sorted(named, key=lambda each: (each[1].lower(), each[0]))

    def history(self, account: str) -> History:
        """What is on record about an account; BadInput where it is not registered."""
        with self._database.read() as session:
            row = find(session, account)
            handles = tuple(Handle(each.handle, each.since, each.by or "") for each in reversed(row.handles))
            proofs = tuple(Proof(c.method, c.verified_at, c.expires_at, c.by) for c in reversed(row.consents))
            return History(handles, proofs)
