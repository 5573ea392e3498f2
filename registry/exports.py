"""That something was handed out: who exported what, when, and the digest of the whole."""

from __future__ import annotations

from datetime import datetime

from records.canonical import iso
from registry.database import Database
from registry.outbox import Decided, note


class Exports:
    """Exports leave an event each; what was in one is known by the digest of its manifest."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def made(
        self,
        account_id: str | None,
        starts: datetime | None,
        ends: datetime | None,
        manifest_sha256: str,
        by: str,
        at: datetime,
        why: str,
    ) -> None:
        """Note an export; None means all accounts, or no limit in time."""
        data = {"starts": iso(starts) if starts else "", "ends": iso(ends) if ends else "", "manifest": manifest_sha256}
        with self._database.write() as session:
            note(session, Decided(by, at, why), "export.made", account_id or "all", **data)
