"""The district over up to twelve weeks, in numbers."""

from __future__ import annotations

from datetime import datetime

import duckdb

from reports.labels import Labels
from reports.model import TrendWeek
from reports.queries import Published, seen_stretches
from reports.trend import trend, weeks_until
from reports.week import Week


def trends(published: duckdb.DuckDBPyConnection, labels: Labels, week: Week, now: datetime) -> tuple[TrendWeek, ...]:
    """The weeks that end with ``week``. Nobody is ranked."""
    archive = Published(published)
    seen = seen_stretches(archive, (weeks_until(week)[0].start, week.end))
    return trend(archive, labels.active, week, now, seen)
