"""When the platforms' credentials end, so that IT renews them before collection stops. Names only, no secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from records.canonical import iso
from records.errors import BadInput
from registry.database import Database
from registry.models import NAME_LENGTH, CredentialExpiry
from registry.outbox import Decided, note

WARN_AT_DAYS = (14, 7, 1)


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential, by the name of its connection, and when it ends."""

    name: str
    expires_at: datetime
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class CredentialWarning:
    """A credential that ends within ``within_days`` (one of 14, 7, 1), or has ended (0)."""

    credential: Credential
    within_days: int


class Credentials:
    """The ends of one registry's credentials."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, name: str, expires_at: datetime, at: datetime, by: str) -> Credential:
        """Record when a credential ends; the same again leaves no event.

        Raises
        ------
        BadInput : for a name that cannot be a connection's.
        """
        if not 0 < len(name) <= NAME_LENGTH:
            raise BadInput("The credential has no name", "Name its Airflow connection")
        with self._database.write() as session:
            row = session.get(CredentialExpiry, name) or CredentialExpiry(name=name)
            changed = row.expires_at != expires_at
            row.expires_at, row.noted_at, row.noted_by = expires_at, at, by
            session.add(row)
            if changed:
                note(session, Decided(by, at), "credential.noted", name, expires_at=iso(expires_at))
            return Credential(name, expires_at, at)

    def all(self) -> list[Credential]:
        """The credentials whose end is known, by name."""
        with self._database.read() as session:
            rows = session.scalars(select(CredentialExpiry).order_by(CredentialExpiry.name))
            return [Credential(row.name, row.expires_at, row.noted_at) for row in rows]

    def warnings(self, at: datetime) -> list[CredentialWarning]:
        """What ends within 14 days of ``at`` or has ended, the most pressing first."""
        found = [CredentialWarning(c, days) for c in self.all() if (days := _within(c.expires_at - at)) is not None]
        return sorted(found, key=lambda warning: warning.credential.expires_at)


def _within(left: timedelta) -> int | None:
    """The smallest of the steps that ``left`` lies within; 0 where nothing is left."""
    if left <= timedelta(0):
        return 0
    return min((days for days in WARN_AT_DAYS if left <= timedelta(days=days)), default=None)
