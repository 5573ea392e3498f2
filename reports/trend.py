"""The district over the last weeks, never one person of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import numpy as np

from records.model import Account
from reports import queries
from reports.coverage import Seen
from reports.hours import Stretch
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
    weeks = weeks_until(week)
    counts = {row.n: row for row in queries.posted_by_week(published, [*(w.start for w in weeks), week.end])}
    first = min(counts, default=WEEKS - 1)
    hours = _Hours(list(accounts), seen, now)
    return tuple(_point(each, counts.get(n), hours) for n, each in enumerate(weeks[first:], first))


class _Hours:
    """The hours of all accounts at once: 12 weeks of 10,000 accounts one by one took half a second."""

    def __init__(self, accounts: Sequence[Account], seen: Seen, now: datetime) -> None:
        never = datetime.max.replace(tzinfo=UTC)
        rows = [(max(a.registered_at, a.consent_verified_at or never), a.consent_expires_at or never) for a in accounts]
        self._dues = np.array([[a.timestamp(), min(b, now).timestamp()] for a, b in rows]).reshape(-1, 2)
        parts = [(n, *part) for n, a in enumerate(accounts) for part in seen.get(a.account_id, ())]
        self._of = np.array([n for n, _, _ in parts], dtype=int)
        self._seen = np.array([[a.timestamp(), b.timestamp()] for _, a, b in parts]).reshape(-1, 2)

    def within(self, window: Stretch) -> tuple[float, float]:
        """Of ``window`` the hours that were due, and those of them that were seen."""
        opens, closes = (moment.timestamp() for moment in window)
        starts, ends = np.maximum(self._dues[:, 0], opens), np.minimum(self._dues[:, 1], closes)
        seen = np.minimum(self._seen[:, 1], ends[self._of]) - np.maximum(self._seen[:, 0], starts[self._of])
        return tuple(float(np.clip(part, 0, None).sum()) / 3600 for part in (ends - starts, seen))  # type: ignore[return-value]


def _point(week: Week, counts: Row | None, hours: _Hours) -> TrendWeek:
    due, seen = hours.within((week.start, week.end))
    return TrendWeek(
        week=week,
        posts=counts.posts if counts else 0,
        comments=counts.comments if counts else 0,
        to_look_at=counts.to_look_at if counts else 0,
        covered=counts.covered if counts else 0,
        due_hours=due,
        seen_hours=seen,
    )
