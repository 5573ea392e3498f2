"""The district over the last weeks, never one person of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from records.model import Account
from reports import queries
from reports.coverage import Seen, due
from reports.hours import hours_within, length
from reports.model import TrendWeek
from reports.queries import Published, Row
from reports.week import Week

WEEKS = 12


def weeks_until(week: Week) -> list[Week]:
    """The twelve weeks that end with ``week``."""
    return [week.back(n) for n in reversed(range(WEEKS))]


def trend(
    published: Published, accounts: Iterable[Account], week: Week, now: datetime, seen: Seen
) -> tuple[TrendWeek, ...]:
    """Up to 12 weeks that end with ``week``, from the first one that holds a record."""
    accounts, weeks = list(accounts), weeks_until(week)
    counts = {row.n: row for row in queries.posted_by_week(published, [*(w.start for w in weeks), week.end])}
    first = min(counts, default=WEEKS - 1)
    return tuple(_point(each, counts.get(n), accounts, now, seen) for n, each in enumerate(weeks[first:], first))


def _point(week: Week, counts: Row | None, accounts: list[Account], now: datetime, seen: Seen) -> TrendWeek:
    window = (week.start, week.end)
    expected = [(account.account_id, due(account, window, now)) for account in accounts]
    return TrendWeek(
        week=week,
        posts=counts.posts if counts else 0,
        comments=counts.comments if counts else 0,
        to_look_at=counts.to_look_at if counts else 0,
        covered=counts.covered if counts else 0,
        due_hours=sum(length(time) for _, time in expected),
        seen_hours=sum(hours_within(time, seen.get(key, ())) for key, time in expected),
    )
