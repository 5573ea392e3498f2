"""The administrative procedures in their versions (policy clause 4), and who has read which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from records.errors import BadInput
from registry.books import ACTIVE
from registry.database import Database
from registry.models import NAME_LENGTH, Acknowledgement, Person, ProcedureText, RegisteredRow, UserRow
from registry.outbox import Decided, note
from registry.texts import needed

LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Procedure:
    """One version of the procedures, as it was published."""

    version: str
    title: str
    text: str
    published_by: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class MissingPerson:
    """Somebody who has not acknowledged yet."""

    person_id: str
    name: str


class Procedures:
    """The procedures of one registry. A published version is never changed; a new one replaces it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, version: str, title: str, text: str, by: str, at: datetime) -> Procedure:
        """Make this the current version; everybody has to acknowledge it anew.

        Raises
        ------
        BadInput : when one of the three is empty or too long, or the version exists.
        """
        row = ProcedureText(
            version=needed(version, "The version has no name", "Name it, for example 2026-27", NAME_LENGTH),
            title=needed(title, "The procedures have no title", "Give them one", NAME_LENGTH),
            text=needed(text, "The procedures have no text", "Paste it", LONGEST),
            published_by=by,
            published_at=at,
        )
        with self._database.write() as session:
            if session.scalar(select(ProcedureText.id).where(ProcedureText.version == row.version)) is not None:
                raise BadInput(f"Version {row.version} is published already", "Give the new text a new version")
            session.add(row)
            note(session, Decided(by, at, row.title), "procedures.published", row.version)
            return _value(row)

    def current(self) -> Procedure | None:
        """The version that was published last; None before the first."""
        return next(iter(self.all()), None)

    def all(self) -> list[Procedure]:
        """Every version, the latest first."""
        with self._database.read() as session:
            return [_value(row) for row in session.scalars(select(ProcedureText).order_by(ProcedureText.id.desc()))]

    def acknowledge(self, version: str, person_id: str, by: str, at: datetime) -> None:
        """Record that somebody (the roster's sourcedId) has read ``version``; again changes nothing.

        Raises
        ------
        BadInput : when there is no such version, or a newer one took its place.
        """
        with self._database.write() as session:
            current = session.scalars(select(ProcedureText).order_by(ProcedureText.id.desc()).limit(1)).first()
            if current is None or current.version != version:
                raise BadInput(f"Version {version} is not the current one", "Read the newest version first")
            if session.get(Acknowledgement, (version, person_id)) is None:
                session.add(Acknowledgement(version=version, person_id=person_id, at=at))
                note(session, Decided(by, at), "procedures.acknowledged", version, person_id=person_id)

    def acknowledged(self, version: str) -> dict[str, datetime]:
        """When each person acknowledged ``version``, by sourcedId."""
        with self._database.read() as session:
            return _acknowledged(session, version)

    def missing(self, version: str) -> list[MissingPerson]:
        """Who owns an active account, or may sign in, and has not acknowledged ``version``; by name."""
        owners = select(RegisteredRow.owner_id).where(RegisteredRow.state == ACTIVE)
        users = select(UserRow.person_id).where(UserRow.state == ACTIVE, UserRow.person_id.is_not(None))
        concerned = or_(Person.sourced_id.in_(owners), Person.sourced_id.in_(users))
        with self._database.read() as session:
            done = _acknowledged(session, version)
            people = session.scalars(select(Person).where(concerned, Person.left_at.is_(None))).all()
        waiting = [MissingPerson(p.sourced_id, p.display_name or p.sourced_id) for p in people]
        return sorted((p for p in waiting if p.person_id not in done), key=lambda p: (p.name, p.person_id))


def _acknowledged(session: Session, version: str) -> dict[str, datetime]:
    rows = session.scalars(select(Acknowledgement).where(Acknowledgement.version == version))
    return {row.person_id: row.at for row in rows}


def _value(row: ProcedureText) -> Procedure:
    return Procedure(row.version, row.title, row.text, row.published_by, row.published_at)
