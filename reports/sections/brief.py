"""The week on one page: counts, what is cut off, and permissions."""

from __future__ import annotations

from reports import words
from reports.document import Block, Paragraph, Section, Table
from reports.model import WeeklyReport
from reports.sections.changes import permissions_table
from reports.sections.coverage import cut_off, tiles
from reports.sections.decisions import pending

ACCOUNTS, PERMISSIONS = 3, 3


def brief(report: WeeklyReport) -> tuple[Section, ...]:
    """Coverage first, then what waits and what was decided."""
    return (
        Section("What could be seen", (tiles(report, archive=False), *cut_off(report, ACCOUNTS))),
        Section("For a person to look at", tuple(by_clause(report))),
        Section("Permissions", (*permissions_table(report, PERMISSIONS), *pending(report))),
    )


def by_clause(report: WeeklyReport) -> list[Block]:
    """New and waiting observations of each clause as counts."""
    new = {section.clause: len(section.observations) for section in report.clauses}
    old = {each.clause: each.count for each in report.waiting}
    if not new and not old:
        return [Paragraph(words.nothing("Nothing needs a person", report.coverage))]
    rows = tuple(
        (words.clause_title(clause), f"{new.get(clause, 0):,}", f"{old.get(clause, 0):,}")
        for clause in sorted({*new, *old})
    )
    columns = ("Clause", "New", "Waiting from before")
    return [Table("Observations, each for a person to look at", columns, rows, numeric=(1, 2))]
