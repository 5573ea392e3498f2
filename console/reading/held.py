"""What the archive holds of one account, for its owner; and of all of them, for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

from records.model import Check, Completeness, Outcome


@dataclass(frozen=True, slots=True)
class Checked:
    """The last time that one thing was looked at: how it ended and how much of it was to be seen."""

    check: Check
    at: datetime
    outcome: Outcome
    completeness: Completeness


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept of one account. ``records`` counts by kind (post, comment, profile); ``deleted`` of all of them."""

    checks: tuple[Checked, ...]
    records: Mapping[str, int]
    deleted: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of the whole district, since ``since``."""

    since: datetime | None
    records: Mapping[str, int]
    pictures: int


def held(published: duckdb.DuckDBPyConnection, account_id: str) -> Held:
    """What the published copy has of ``account_id``."""
    checks = published.execute(
        """SELECT "check", max(finished_at), arg_max(outcome, finished_at), arg_max(completeness, finished_at)
        FROM coverage WHERE account_id = ? GROUP BY "check" ORDER BY "check" """,
        [account_id],
    ).fetchall()
    counts = published.execute(
        """SELECT kind, count(*), count(*) FILTER (WHERE state = 'deleted')
        FROM record_current WHERE account_id = ? GROUP BY kind ORDER BY kind""",
        [account_id],
    ).fetchall()
    return Held(
        tuple(Checked(Check(name), at, Outcome(how), Completeness(much)) for name, at, how, much in checks),
        {kind: number for kind, number, _ in counts},
        sum(gone for _, _, gone in counts),
    )


def kept(published: duckdb.DuckDBPyConnection) -> Kept:
    """What the published copy has of all accounts: constant in a copy."""
    since = published.execute("SELECT min(created_at) FROM batch").fetchone()
    counts = published.execute("SELECT kind, count(*) FROM record_current GROUP BY kind ORDER BY kind").fetchall()
    pictures = published.execute("SELECT count(DISTINCT sha256) FROM media_file").fetchone()
    return Kept(since[0] if since else None, dict(counts), pictures[0] if pictures else 0)
