"""What staff handed in, and where it stands in landing: enough to prove later that it was there, and unchanged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from records.errors import BadInput
from registry.database import Database
from registry.models import NAME_LENGTH, DepositRow
from registry.outbox import Decided, note
from registry.texts import needed, within


@dataclass(frozen=True, slots=True)
class DepositDraft:
    """A file that is landed: ``batch`` and ``line`` say where, ``sha256`` (hex) names its bytes."""

    name: str
    size: int
    sha256: str
    note: str
    batch: str
    line: int


@dataclass(frozen=True, slots=True)
class Deposit:
    """The receipt of a file that was handed in; ``by`` is a login."""

    deposit_id: str
    by: str
    at: datetime
    name: str
    size: int
    sha256: str
    note: str
    batch: str
    line: int


class Deposits:
    """The receipts of one registry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, draft: DepositDraft, by: str, at: datetime) -> Deposit:
        """The receipt of a file that is durable in landing; the same one again where it is the same line.

        Raises
        ------
        BadInput : for a name or a digest that cannot be.
        """
        if not re.fullmatch(r"[0-9a-f]{64}", draft.sha256):
            raise BadInput(f"'{draft.sha256}' is no SHA-256", "Give its 64 hexadecimal digits")
        row = DepositRow(
            by=by,
            at=at,
            name=needed(draft.name, "The file has no name", "Give it one", NAME_LENGTH),
            size=draft.size,
            sha256=draft.sha256,
            note=within(draft.note),
            batch_id=draft.batch,
            line=draft.line,
        )
        same = select(DepositRow).where(DepositRow.batch_id == draft.batch, DepositRow.line == draft.line)
        with self._database.write() as session:
            if (known := session.scalar(same)) is not None:
                return _value(known)
            session.add(row)
            session.flush()
            deposit = _value(row)
            landed = {"sha256": row.sha256, "size": str(row.size), "batch": row.batch_id, "line": str(row.line)}
            note(session, Decided(by, at, row.note), "deposit.received", deposit.deposit_id, **landed)
            return deposit

    def of(self, by: str) -> list[Deposit]:
        """What somebody handed in, the latest first."""
        return [deposit for deposit in self.all() if deposit.by == by]

    def all(self) -> list[Deposit]:
        """Everything that was handed in, the latest first."""
        with self._database.read() as session:
            return [_value(row) for row in session.scalars(select(DepositRow).order_by(DepositRow.id.desc()))]

    def get(self, deposit_id: str) -> Deposit:
        """One receipt; BadInput where there is none."""
        number = deposit_id.removeprefix("D")
        with self._database.read() as session:
            row = session.get(DepositRow, int(number)) if number.isascii() and number.isdigit() else None
            if row is None:
                raise BadInput(f"There is no deposit '{deposit_id}'", "See the list of deposits")
            return _value(row)


def _value(row: DepositRow) -> Deposit:
    return Deposit(f"D{row.id}", row.by, row.at, row.name, row.size, row.sha256, row.note, row.batch_id, row.line)
