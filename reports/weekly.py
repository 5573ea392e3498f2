"""Build one week's report from the published copy and the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from records.errors import BadInput
from records.model import Platform
from registry.values import References
from reports import queries
from reports.beside import NOTHING, Beside
from reports.changes import changes, found_later, permissions
from reports.coverage import summary
from reports.decided import accuracy, moved, pending, refused
from reports.labels import Labels
from reports.model import Archived, Waiting, WeeklyReport
from reports.observed import clause_sections, permitted_uses, withdrawn
from reports.queries import Published
from reports.trend import trend, weeks_until
from reports.view import CommunityView, RegistryView
from reports.week import Week


def build(
    published: duckdb.DuckDBPyConnection,
    registry: RegistryView,
    week: Week,
    now: datetime,
    media_path: Callable[[str], Path],
    references: References,
    district: str,
    communities: Mapping[Platform, CommunityView] | None = None,
    beside: Beside = NOTHING,
) -> WeeklyReport:
    """The report of ``week`` as it is known at ``now``.

    Parameters
    ----------
    published : a connection to a published copy.
    registry : the registry, or something that answers like it.
    media_path : where the picture with a SHA-256 lies.
    references : the marks as files.
    district : the district's name, for the title.
    communities : by platform, who belongs to the community: new followers are counted by class. Without
        one they are all counted as unknown.
    beside : reviews, requests and what else is known beside the archive.

    Raises
    ------
    BadInput : for a week that has not begun.
    """
    if week.start > now:
        raise BadInput(f"The week {week.name} has not begun", f"Ask for {Week.holding(now, week.zone).name} or earlier")
    archive, labels = Published(published), Labels(registry, references)
    window = (week.reads_from, week.reads_to)
    settled = beside.settled(now)
    found = queries.observations(archive, window)
    rows = [row for row in found if row.observation_id not in settled]
    seen = queries.seen_stretches(archive, (weeks_until(week)[0].start, week.end))
    return WeeklyReport(
        district=district,
        week=week,
        made_at=now,
        data_at=queries.data_at(archive, week.reads_to),
        coverage=replace(summary(archive, labels, week, now, seen), spending=beside.spending, mail=beside.mail),
        archived=Archived(**queries.archived(archive, (week.start, week.end)).values),
        clauses=clause_sections(rows, labels, media_path),
        permitted=permitted_uses(rows, labels),
        withdrawn=withdrawn(rows),
        waiting=tuple(Waiting(**row.values) for row in queries.waiting(archive, week.reads_from, settled)),
        permissions=(
            *permissions(registry.grants(), labels, window, now),
            *refused(beside.requests, labels, window),
        ),
        changes=changes(archive, labels, window, communities or {}),
        trend=trend(archive, labels.active, week, now, seen),
        detectors=queries.detectors(archive),
        decided=moved(beside.reviews, window),
        settled=len(found) - len(rows),
        pending=pending(beside.requests, now),
        accuracy=accuracy(beside.precision),
        ledger=beside.ledger,
        found_later=found_later(archive, labels, week, now),
    )
