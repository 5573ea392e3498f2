"""That something was handed out: who exported what, when, why, and the digest of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from records.canonical import iso
from registry.database import Database
from registry.models import OutboxEvent
from registry.outbox import Decided, note

MADE = "export.made"


@dataclass(frozen=True, slots=True)
class Export:
    """One export. ``subject`` is an account, ``all``, or the public records request that it answers.

    ``data`` has the SHA-256 of its manifest, and of a request's answer its ``file`` and how many records went how.
    """

    subject: str
    by: str
    at: datetime
    why: str
    data: Mapping[str, str]


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
            note(session, Decided(by, at, why), MADE, account_id or "all", **data)

    def answered(
        self,
        request_id: str,
        file: str,
        manifest_sha256: str,
        counts: Mapping[str, int],
        by: str,
        at: datetime,
        why: str,
    ) -> None:
        """Note the export ``file`` that answers a public records request; ``counts`` is records by their ruling."""
        spoken = {ruling: str(count) for ruling, count in counts.items()}
        with self._database.write() as session:
            decided = Decided(by, at, why)
            note(session, decided, MADE, request_id, file=file, manifest=manifest_sha256, **spoken)

    def all(self) -> list[Export]:
        """Every export, the latest first."""
        query = select(OutboxEvent).where(OutboxEvent.action == MADE).order_by(OutboxEvent.seq.desc())
        with self._database.read() as session:
            return [Export(row.subject, row.by, row.at, row.reason, row.data) for row in session.scalars(query)]

    def of(self, request_id: str) -> list[Export]:
        """The exports that answer a public records request, the latest first."""
        return [each for each in self.all() if each.subject == request_id]
