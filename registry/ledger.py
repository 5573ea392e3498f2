"""What people did with the ledger's key and its time stamps, so that the ledger itself says so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from records.actions import ROTATED, STAMPED
from registry.database import Database
from registry.models import OutboxEvent
from registry.outbox import Decided, note


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
