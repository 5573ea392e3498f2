"""The sandbox's calendar. A week begins on Monday at 11:00 UTC, before the district's first bell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SEED = 2026
WEEK = timedelta(days=7)
EPOCH = datetime(2026, 9, 7, 11, tzinfo=UTC)
FIRST_WEEKS = 6
FIRST_DEMO = EPOCH + FIRST_WEEKS * WEEK
"""2026-10-19T11:00:00Z, the clock of the first demo; each further one is a week later."""

COMMENTED_FOR = timedelta(days=5)
"""Nobody comments on a post that is older, so search over the last 7 days once a week misses nothing."""


def weeks_until(now: datetime) -> int:
    """How many weeks have begun by ``now``, at least one."""
    return max(1, -(-(now - EPOCH) // WEEK))


def week_start(week: int) -> datetime:
    """When week ``week`` (from 1) begins."""
    return EPOCH + (week - 1) * WEEK


def snowflake(at: datetime, sequence: int = 0) -> str:
    """X's id for a thing made at ``at``: milliseconds since X's own epoch, then a 22-bit sequence."""
    milliseconds = round((at - datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)) / timedelta(milliseconds=1))
    return str(milliseconds << 22 | sequence & (1 << 22) - 1)
