"""Legal holds: what nobody may dispose of, whatever its retention period says, until a person releases it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from records.errors import BadInput
from records.retention import LegalHold
from registry import accounts
from registry.database import Database
from registry.models import HoldRow
from registry.outbox import Decided, note
from registry.texts import needed


@dataclass(frozen=True, slots=True)
class HoldDraft:
    """A hold as somebody asks for it: an account (handle or id), a record, a span of time, or several of them."""

    account: str | None = None
    record_id: str | None = None
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlacedHold:
    """A hold with its history; ``released_at`` None means that it stands."""

    hold: LegalHold
    placed_by: str
    placed_at: datetime
    released_by: str | None
    released_at: datetime | None
    released_why: str | None


class Holds:
    """The legal holds, standing and released."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def place(self, draft: HoldDraft, by: str, at: datetime, reason: str) -> LegalHold:
        """Hold everything that fits all that ``draft`` gives.

        Raises
        ------
        BadInput : it gives nothing, its dates are reversed, its account is unknown, or there is no reason.
        """
        reason = needed(reason, "The hold has no reason", "Say which request, claim or investigation needs it")
        if draft == HoldDraft():
            raise BadInput("The hold names nothing", "Give an account, a record, or dates")
        if draft.starts and draft.ends and draft.ends <= draft.starts:
            raise BadInput("The hold would end before it begins", "Correct one of the two dates")
        with self._database.write() as session:
            account_id = accounts.find(session, draft.account).account_id if draft.account else None
            row = HoldRow(
                account_id=account_id,
                record_id=draft.record_id,
                starts=draft.starts,
                ends=draft.ends,
                reason=reason,
                placed_by=by,
                placed_at=at,
            )
            session.add(row)
            session.flush()
            hold = _hold(row)
            data = {"account_id": account_id or "", "record_id": draft.record_id or ""}
            note(session, Decided(by, at, reason), "hold.placed", hold.hold_id, **data)
            return hold

    def release(self, hold_id: str, by: str, at: datetime, why: str) -> None:
        """End a hold; what it held may be proposed for disposition again.

        Raises
        ------
        BadInput : there is no such hold, it was released before, or there is no reason.
        """
        why = needed(why, "There is no reason for the release", "Say why the hold is no longer needed")
        number = hold_id.removeprefix("H")
        with self._database.write() as session:
            row = session.get(HoldRow, int(number)) if number.isascii() and number.isdigit() else None
            if row is None:
                raise BadInput(f"There is no hold '{hold_id}'", "See the list of holds")
            if row.released_at is not None:
                raise BadInput(f"{hold_id} was released already, by {row.released_by}", "See the list of holds")
            row.released_by, row.released_at, row.released_why = by, at, why
            note(session, Decided(by, at, why), "hold.released", hold_id)

    def standing(self) -> list[LegalHold]:
        """The holds in force."""
        return [placed.hold for placed in self.all() if placed.released_at is None]

    def all(self) -> list[PlacedHold]:
        """Every hold, released ones too, in the order in which they were placed."""
        with self._database.read() as session:
            return [_placed(row) for row in session.scalars(select(HoldRow).order_by(HoldRow.id))]


def _hold(row: HoldRow) -> LegalHold:
    return LegalHold(f"H{row.id}", row.account_id, row.record_id, row.starts, row.ends, row.reason)


def _placed(row: HoldRow) -> PlacedHold:
    return PlacedHold(_hold(row), row.placed_by, row.placed_at, row.released_by, row.released_at, row.released_why)
