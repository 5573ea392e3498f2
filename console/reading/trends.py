"""The district over up to twelve weeks, as the report draws it."""

from __future__ import annotations

from datetime import datetime

import duckdb

from reports.document import Section
from reports.labels import Labels
from reports.queries import Published, seen_stretches
from reports.sections.trends import over_weeks
from reports.trend import trend, weeks_until
from reports.week import Week


def trends(published: duckdb.DuckDBPyConnection, labels: Labels, week: Week, now: datetime) -> Section:
    """The weeks that end with ``week``: drawings, each with its sentence and its numbers. Nobody is ranked."""
    archive = Published(published)
    seen = seen_stretches(archive, (weeks_until(week)[0].start, week.end))
    return over_weeks(trend(archive, labels.active, week, now, seen))
