"""The report model as a document: which sections, in which order, with which sentences.

Coverage always stands before observations, so that nobody reads one without its limits.
"""

from __future__ import annotations

from functools import lru_cache

from reports import words
from reports.document import Document
from reports.model import WeeklyReport
from reports.sections.changes import changes, permissions
from reports.sections.coverage import coverage
from reports.sections.method import method
from reports.sections.observations import observations
from reports.sections.trends import trends


@lru_cache(maxsize=4)
def compose(report: WeeklyReport) -> Document:
    """The whole weekly report of the communications office."""
    zone = report.week.zone
    data = f"Data as of {words.moment(report.data_at, zone)}" if report.data_at else "No check has been made yet"
    open_end = () if report.over else ("The week is not over: its hours to come are not counted",)
    return Document(
        over=report.district,
        title=f"Week {report.week.number}: {words.days_of(report.week)}",
        lead=words.headline(report),
        facts=(data, f"Made {words.moment(report.made_at, zone)}", f"All times {zone}", *open_end),
        sections=(
            coverage(report),
            observations(report),
            changes(report),
            permissions(report),
            trends(report),
            method(report),
        ),
    )
