"""What stands behind one observation: what was seen, the record it was seen in, and where the proof lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from console.reading.records import Thread, thread
from records.model import Direction, Observation
from warehouse.read import as_observation

_SIGHT = timedelta(days=60)
"""How long before an observation its evidence was fetched, at most, where it is quick to find."""


@dataclass(frozen=True, slots=True)
class Landed:
    """Where a sighting stands in landing: line ``line`` of a batch, with the SHA-256 of both.

    ``sha256`` is over the verbatim answer of the platform, ``batch_sha256`` over the whole batch.
    """

    batch_id: str
    line: int
    source: str
    batch_sha256: str
    sha256: str
    url: str
    status: int
    fetched_at: datetime

    @property
    def file(self) -> str:
        """The batch's file in the data folder."""
        return f"landing/{self.source}/{self.fetched_at:%Y-%m-%d}/{self.batch_id}.jsonl.zst"


@dataclass(frozen=True, slots=True)
class Related:
    """A relationship as the archive has it; ``roster_day`` is None where no roster was imported."""

    direction: Direction
    kind: str
    handle: str | None
    name: str | None
    platform_id: str
    first_seen_at: datetime
    last_seen_at: datetime
    roster_day: date | None


@dataclass(frozen=True, slots=True)
class Behind:
    """What the archive holds about one observation; a part is None where it does not apply or is not there."""

    observation: Observation
    thread: Thread | None
    related: Related | None
    landed: Landed | None


def behind(published: duckdb.DuckDBPyConnection, observation_id: str) -> Behind | None:
    """Everything behind an observation; None where the copy has none of that id."""
    row = _one(published, "SELECT * FROM observation WHERE observation_id = $id", id=observation_id)
    if row is None:
        return None
    seen = as_observation(row)
    told = thread(published, seen.record_id, seen.posted_at) if seen.record_id else None
    related = None if seen.record_id else _related(published, seen)
    return Behind(seen, told, related, _landed(published, seen))


def _related(published: duckdb.DuckDBPyConnection, seen: Observation) -> Related | None:
    row = _found_near(
        published,
        """SELECT * FROM relationship
        WHERE account_id = $account AND counterpart_key = $key AND direction = 'outbound'""",
        "first_seen_at",
        seen.observed_at,
        account=seen.account_id,
        key=seen.subject,
    )
    if row is None:
        return None
    return Related(
        Direction(row["direction"]),
        row["kind"],
        None if row["minimised"] else row["handle_key"],
        row["name"],
        seen.subject,
        row["first_seen_at"],
        row["last_seen_at"],
        date.fromisoformat(imported) if (imported := seen.details.get("roster_date")) else None,
    )


def _landed(published: duckdb.DuckDBPyConnection, seen: Observation) -> Landed | None:
    if seen.evidence is None:
        return None
    row = _found_near(
        published,
        "SELECT line, sha256, url, status, fetched_at FROM envelope WHERE batch_id = $batch AND line = $line",
        "fetched_at",
        seen.observed_at,
        batch=seen.evidence.batch_id,
        line=seen.evidence.line,
    )
    batch = _one(published, "SELECT * FROM batch WHERE batch_id = $id", id=seen.evidence.batch_id)
    if row is None or batch is None:
        return None
    return Landed(batch["batch_id"], row["line"], batch["source"], batch["sha256"], *_of(row))


def _of(row: Mapping[str, Any]) -> tuple[str, str, int, datetime]:
    return row["sha256"], row["url"], row["status"], row["fetched_at"]


def _found_near(
    published: duckdb.DuckDBPyConnection, statement: str, moment: str, before: datetime, **values: object
) -> dict[str, Any] | None:
    """The row of ``statement``, looked for in the weeks before ``before`` first: without an index that is quick."""
    close = f"{statement} AND {moment} BETWEEN $a AND $b"
    return _one(published, close, **values, a=before - _SIGHT, b=before) or _one(published, statement, **values)


def _one(published: duckdb.DuckDBPyConnection, statement: str, **values: object) -> dict[str, Any] | None:
    result = published.execute(f"{statement} LIMIT 1", values)
    names = [column[0] for column in result.description or ()]
    row = result.fetchone()
    return dict(zip(names, row, strict=True)) if row else None
