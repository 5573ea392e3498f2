"""The week on one page: counts, what is cut off, and what was decided."""

from __future__ import annotations

from reports import words
from reports.document import Block, Paragraph, Section, Table
from reports.model import Waiting, WeeklyReport
from reports.sections.changes import counted, permissions_counted, permissions_table
from reports.sections.coverage import tiles, to_act_on
from reports.sections.decisions import pending

ACCOUNTS, PERMISSIONS = 3, 3


def glance(report: WeeklyReport) -> Section:
    """The front page of the whole report: however much follows, it is one page."""
    blocks = (tiles(report), *to_act_on(report, ACCOUNTS), *by_clause(report), *decided_and_changed(report))
    return Section("At a glance", blocks, alone=True)


def decided_and_changed(report: WeeklyReport) -> tuple[Paragraph, ...]:
    """Permissions, requests that wait, edits and deletions as counts."""
    return (permissions_counted(report), *pending(report), *counted(report))


def brief(report: WeeklyReport) -> tuple[Section, ...]:
    """Coverage first, then what waits and what was decided."""
    return (
        Section("What could be seen", (tiles(report, archive=False), *to_act_on(report, ACCOUNTS))),
        Section("For a person to look at", tuple(by_clause(report))),
        Section("Permissions", (*permissions_table(report, PERMISSIONS), *pending(report))),
    )


def by_clause(report: WeeklyReport) -> list[Block]:
    """New and waiting observations of each clause as counts."""
    new = {section.clause: len(section.observations) for section in report.clauses}
    old = {each.clause: each for each in report.waiting}
    if not new and not old:
        return [Paragraph(words.nothing("Nothing needs a person", report.coverage))]
    rows = tuple(
        (words.clause_title(clause), f"{new.get(clause, 0):,}", *_waiting(old.get(clause), report))
        for clause in sorted({*new, *old})
    )
    columns = ("Clause", "New", "From before", "Oldest waits")
    return [Table("Observations, each for a person to look at", columns, rows, numeric=(1, 2, 3))]


def _waiting(from_before: Waiting | None, report: WeeklyReport) -> tuple[str, str]:
    """How many wait from before, and for how long the oldest of them does."""
    if from_before is None:
        return "0", "–"
    return f"{from_before.count:,}", words.age(from_before.oldest, report.made_at)
