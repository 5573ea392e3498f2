"""The district over the last weeks, never one person of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from records.model import Account
from reports import queries
from reports.coverage import due
from reports.hours import hours, within
from reports.model import TrendWeek
from reports.queries import Published
from reports.week import Week

WEEKS = 12


def trend(published: Published, accounts: Iterable[Account], week: Week, now: datetime) -> tuple[TrendWeek, ...]:
    """Up to 12 weeks that end with ``week``, from the first one that holds a record."""
    accounts = list(accounts)
    weeks = [week.back(n) for n in reversed(range(WEEKS))]
    counts = {row.n: row for row in queries.posted_by_week(published, [*(w.start for w in weeks), week.end])}
    seen = queries.seen_stretches(published, (weeks[0].start, week.end))
    first = min(counts, default=WEEKS - 1)
    points = []
    for n, each in enumerate(weeks[first:], first):
        windows = [(account.account_id, due(account, each, now)) for account in accounts]
        row = counts.get(n)
        points.append(
            TrendWeek(
                week=each,
                posts=row.posts if row else 0,
                comments=row.comments if row else 0,
                to_look_at=row.to_look_at if row else 0,
                covered=row.covered if row else 0,
                due_hours=sum(hours([window]) for _, window in windows),
                seen_hours=sum(hours(within(seen.get(key, []), window)) for key, window in windows),
            )
        )
    return tuple(points)
