"""The report model as a document: which sections, in which order, with which sentences.

The front page says the week in counts, whatever follows. Coverage always stands before observations, so that nobody
reads one without its limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from reports import words
from reports.document import Document, Link, Paragraph, Section
from reports.model import WeeklyReport
from reports.sections.brief import brief, by_clause, glance
from reports.sections.changes import changes, permissions_counted
from reports.sections.coverage import coverage, tiles
from reports.sections.decisions import accuracy, decisions, pending
from reports.sections.method import method
from reports.sections.observations import observations, waiting
from reports.sections.since import since, since_counted
from reports.sections.trends import trends

NOTICES = 20
"""Lines of a notice that are shown: one dead key may cut off hundreds of accounts."""


@lru_cache(maxsize=4)
def compose(report: WeeklyReport) -> Document:
    """The whole report of the communications office, or of one school."""
    return _document(
        report,
        glance(report),
        *((since(report, report.since),) if report.since else ()),
        coverage(report),
        observations(report),
        *((waits,) if (waits := waiting(report)) else ()),
        decisions(report),
        changes(report),
        *((accuracy(report),) if report.school is None else ()),
        *((trends(report),) if report.trend else ()),
        method(report),
    )


def one_page(report: WeeklyReport) -> Document:
    """The superintendent's page: coverage, counts by clause, and the permissions that need a thought."""
    return _document(report, *brief(report))


def digest(report: WeeklyReport, link: str) -> Document:
    """What a mail carries: counts and the way to the report."""
    return _document(
        report,
        *((since_counted(report, report.since),) if report.since else ()),
        Section("What could be seen", (tiles(report),)),
        Section("For a person to look at", tuple(by_clause(report))),
        _report_at(link),
    )


def one_page_digest(report: WeeklyReport, link: str) -> Document:
    """What the superintendent's mail carries: the page's counts, and the way to it."""
    return _document(
        report,
        *((since_counted(report, report.since),) if report.since else ()),
        Section("What could be seen", (tiles(report, archive=False),)),
        Section("For a person to look at", tuple(by_clause(report))),
        Section("Decisions", (permissions_counted(report), *pending(report))),
        _report_at(link),
    )


def school_digest(part: WeeklyReport, console: str) -> Document:
    """What a school's mail carries: its counts. Who may read reports in the console is decided there."""
    told = "The communications office has this school's part of the report, with the evidence."
    return _document(
        part,
        Section("What could be seen", (tiles(part),)),
        Section("For a person to look at", tuple(by_clause(part))),
        Section("Your own accounts", (Paragraph(told), Link(console, "Open the console"))),
    )


def notice(district: str, at: str, began: Sequence[str], over: Sequence[str], link: str | None) -> Document:
    """Word at once of what began and what is over, each as a sentence."""
    sections = (
        _lines("Needs somebody to act", began),
        _lines("Over", over),
        Section("Where it stands now", (Link(link, "Open the console"),) if link else ()),
    )
    lead = "hallpass writes at once only when it cannot see an account any more, or cannot do its work."
    return Document(district, "Notice to IT", lead, (at,), tuple(section for section in sections if section.blocks))


def _lines(title: str, lines: Sequence[str]) -> Section:
    shown = tuple(Paragraph(line) for line in lines[:NOTICES])
    rest = len(lines) - NOTICES
    more = (Paragraph(f"{words.counted(rest, 'more is', 'more are')} in the coverage."),) if rest > 0 else ()
    return Section(title, (*shown, *more))


def _report_at(link: str) -> Section:
    return Section("The report", (Paragraph("Evidence, accounts and trends are in the report itself."), Link(link)))


def _document(report: WeeklyReport, *sections: Section) -> Document:
    zone = report.week.zone
    data = f"Data as of {words.moment(report.data_at, zone)}" if report.data_at else "No check has been made yet"
    open_end = () if report.over else ("The week is not over: its hours to come are not counted",)
    return Document(
        over=f"{report.district} · {report.school}" if report.school else report.district,
        title=f"Week {report.week.number}: {words.days_of(report.week)}",
        lead=words.headline(report),
        facts=(data, f"Made {words.moment(report.made_at, zone)}", f"All times {zone}", *open_end),
        sections=sections,
    )
