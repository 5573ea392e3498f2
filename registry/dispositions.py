"""Dispositions: proposed by one person, permitted by the state, approved by another person, and only then run.

``proposed`` → ``permitted`` (the state's permission is on file) → ``approved`` → ``running`` → ``done``; or
``withdrawn`` before it has begun. What a plan holds is the warehouse's business; here it is bytes with a digest.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.errors import BadInput, Refused
from registry.database import Database
from registry.duties import same_person
from registry.models import NAME_LENGTH, DispositionRow
from registry.outbox import Decided, note
from registry.texts import needed

PROPOSED, PERMITTED, APPROVED, RUNNING, DONE, WITHDRAWN = (
    *("proposed", "permitted", "approved"),
    *("running", "done", "withdrawn"),
)
_SEE = "See the list of dispositions"


@dataclass(frozen=True, slots=True)
class Permission:
    """The state's permission: its own number, and the file that was uploaded, by name and SHA-256 (hex)."""

    number: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Disposition:
    """How far a disposition has come; each step with its person and moment. ``permission`` is its number."""

    disposition_id: str
    state: str
    plan_sha256: str
    why: str
    proposed_by: str
    proposed_at: datetime
    permission: str | None
    permission_name: str | None
    permission_sha256: str | None
    permitted_by: str | None
    permitted_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    begun_by: str | None
    begun_at: datetime | None
    done_at: datetime | None


class Dispositions:
    """Every disposition, with its plan. A step out of order raises Refused, an unknown id BadInput."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Disposition]:
        """All of them, in the order in which they were proposed."""
        with self._database.read() as session:
            return [_value(row) for row in session.scalars(select(DispositionRow).order_by(DispositionRow.id))]

    def get(self, disposition_id: str) -> Disposition:
        """One of them."""
        with self._database.read() as session:
            return _value(_row(session, disposition_id))

    def plan(self, disposition_id: str) -> bytes:
        """What it would dispose of, as it was proposed."""
        with self._database.read() as session:
            return _row(session, disposition_id).plan

    def propose(self, plan: bytes, by: str, at: datetime, why: str) -> Disposition:
        """Propose to dispose of what ``plan`` lists."""
        with self._database.write() as session:
            sha256 = hashlib.sha256(plan).hexdigest()
            row = DispositionRow(
                state=PROPOSED, plan=plan, plan_sha256=sha256, why=why.strip(), proposed_by=by, proposed_at=at
            )
            session.add(row)
            session.flush()
            note(session, Decided(by, at, why), "disposition.proposed", f"D{row.id}", plan_sha256=sha256)
            return _value(row)

    def permit(self, disposition_id: str, permission: Permission, by: str, at: datetime) -> Disposition:
        """Note the state's permission; a better one may replace it until the disposition is approved."""
        todo = "Give the number that the Supervisor of Records gave it"
        number = needed(permission.number, "The permission has no number", todo, NAME_LENGTH)
        with self._database.write() as session:
            row = _in_state(session, disposition_id, PROPOSED, PERMITTED)
            row.state, row.permitted_by, row.permitted_at = PERMITTED, by, at
            row.permission, row.permission_name, row.permission_sha256 = number, permission.name, permission.sha256
            data = {"permission": number, "file_sha256": permission.sha256, "plan_sha256": row.plan_sha256}
            note(session, Decided(by, at), "disposition.permitted", disposition_id, **data)
            return _value(row)

    def approve(self, disposition_id: str, by: str, at: datetime) -> Disposition:
        """Approve a permitted disposition; who proposed it cannot.

        Raises
        ------
        Refused : it is not permitted yet, or ``by`` proposed it; the attempt is an event too.
        """
        with self._database.write() as session:
            row = _in_state(session, disposition_id, PERMITTED)
            own = same_person(session, by, row.proposed_by)
            decided = Decided(by, at, "who proposes does not approve" if own else "")
            note(session, decided, f"disposition.{'refused' if own else 'approved'}", disposition_id)
            if not own:
                row.state, row.approved_by, row.approved_at = APPROVED, by, at
                return _value(row)
        raise Refused(f"{disposition_id} was proposed by {by}, who cannot approve it too", "Ask somebody else")

    def withdraw(self, disposition_id: str, by: str, at: datetime, why: str) -> Disposition:
        """Give up a disposition that has not begun."""
        with self._database.write() as session:
            row = _in_state(session, disposition_id, PROPOSED, PERMITTED, APPROVED)
            row.state = WITHDRAWN
            note(session, Decided(by, at, why), "disposition.withdrawn", disposition_id)
            return _value(row)

    def ready(self, disposition_id: str) -> Disposition:
        """One that may be run, or gone on with."""
        with self._database.read() as session:
            return _value(_in_state(session, disposition_id, APPROVED, RUNNING, DONE))

    def begin(self, disposition_id: str, by: str, at: datetime) -> Disposition:
        """Begin an approved disposition, or go on with one that was begun: then it stays as it is."""
        with self._database.write() as session:
            row = _in_state(session, disposition_id, APPROVED, RUNNING, DONE)
            if row.state == APPROVED:
                row.state, row.begun_by, row.begun_at = RUNNING, by, at
                data = {"permission": row.permission or "", "plan_sha256": row.plan_sha256}
                note(session, Decided(by, at), "disposition.begun", disposition_id, **data)
            return _value(row)

    def end(self, disposition_id: str, by: str, at: datetime) -> Disposition:
        """Note that all of it is done; again, that changes nothing."""
        with self._database.write() as session:
            row = _in_state(session, disposition_id, RUNNING, DONE)
            if row.state == RUNNING:
                row.state, row.done_at = DONE, at
                note(session, Decided(by, at), "disposition.done", disposition_id)
            return _value(row)


def _row(session: Session, disposition_id: str) -> DispositionRow:
    number = disposition_id.removeprefix("D")
    row = session.get(DispositionRow, int(number)) if number.isascii() and number.isdigit() else None
    if row is None:
        raise BadInput(f"There is no disposition '{disposition_id}'", _SEE)
    return row


def _in_state(session: Session, disposition_id: str, *states: str) -> DispositionRow:
    row = _row(session, disposition_id)
    if row.state not in states:
        raise Refused(f"{disposition_id} is {row.state}, and this needs it {' or '.join(states)}", _SEE)
    return row


def _value(row: DispositionRow) -> Disposition:
    named = (f.name for f in fields(Disposition) if f.name != "disposition_id")
    return Disposition(f"D{row.id}", *(getattr(row, name) for name in named))
