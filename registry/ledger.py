"""What people did with the ledger's key and its time stamps, so that the ledger itself says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from records.actions import DAMAGED, ROTATED, STAMPED, VERIFIED
from registry.database import Database
from registry.models import OutboxEvent
from registry.outbox import Decided, note


@dataclass(frozen=True, slots=True)
class Verification:
    """The end of one check of everything; ``said`` is empty where nothing was wrong. ``found`` counts what was read."""

    by: str
    at: datetime
    said: str
    found: Mapping[str, str]


class LedgerEvents:
    """Events about the ledger; they are landed in it with the next load."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stamped(self, checkpoint: int, sha256: str, by: str, at: datetime) -> None:
        """That a checkpoint was time-stamped; ``sha256`` (hex) is over the authority's answer as it is kept.

        Said once: said again, it changes nothing.
        """
        subject = str(checkpoint)
        said = select(OutboxEvent.seq).where(OutboxEvent.action == STAMPED, OutboxEvent.subject == subject)
        with self._database.write() as session:
            if session.scalars(said).first() is None:
                note(session, Decided(by, at), STAMPED, subject, sha256=sha256)

    def rotated(self, old: str, new: str, by: str, at: datetime, why: str) -> None:
        """That the ledger is signed by another key from now on; both are public keys as text."""
        with self._database.write() as session:
            note(session, Decided(by, at, why), ROTATED, new, former=old)

    def verified(self, checkpoints: int, found: Mapping[str, int], by: str, at: datetime) -> None:
        """That everything was checked and nothing is wrong; ``found`` counts batches, lines, pictures and the like."""
        with self._database.write() as session:
            counts = {name: str(count) for name, count in found.items()}
            note(session, Decided(by, at), VERIFIED, str(checkpoints), **counts)

    def damaged(self, what: str, by: str, at: datetime) -> None:
        """That a check found something wrong."""
        with self._database.write() as session:
            note(session, Decided(by, at, what), DAMAGED, "ledger")

    def last_verification(self) -> Verification | None:
        """How the last check ended; None where there was none."""
        query = select(OutboxEvent).where(OutboxEvent.action.in_((VERIFIED, DAMAGED))).order_by(OutboxEvent.seq.desc())
        with self._database.read() as session:
            row = session.scalars(query.limit(1)).first()
            return Verification(row.by, row.at, row.reason, row.data) if row else None
