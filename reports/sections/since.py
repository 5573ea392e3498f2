"""What a later report of the same week knows that its first one did not."""

from __future__ import annotations

from dataclasses import replace

from reports import words
from reports.document import Paragraph, Section, Table
from reports.model import Since, WeeklyReport
from reports.sections.changes import edited_or_gone


def since(report: WeeklyReport, changed: Since) -> Section:
    """The numbers then and now, and what was edited or is gone; the first report stays as it was."""
    counts = since_counted(report, changed)
    found = edited_or_gone(changed.edits, changed.removals, report.week.zone, " since")
    return replace(counts, blocks=(*counts.blocks, *found))


def since_counted(report: WeeklyReport, changed: Since) -> Section:
    """The same without a word of any post, for a mail."""
    then = words.moment(changed.first_made_at, report.week.zone)
    archived, gap = report.archived, report.coverage.gap_hours
    rows = (
        ("Hours of gap", words.hours(changed.gap_hours_then), words.hours(gap)),
        ("Posts in the week", f"{changed.posts_then:,}", f"{archived.posts_in_week:,}"),
        ("Comments in the week", f"{changed.comments_then:,}", f"{archived.comments_in_week:,}"),
    )
    numbers = Table("Then and now", ("What", "Then", "Now"), rows, numeric=(1, 2))
    told = (
        f"{words.counted(changed.added, 'observation was', 'observations were')} added",
        f"{_none(changed.decided)} decided on by a person",
        f"{_none(changed.settled)} settled by a permission or by time",
        f"{_none(changed.judged_anew)} judged anew",
    )
    edits = words.counted(len(changed.edits), "edit")
    gone = words.counted(len(changed.removals), "removal")
    return Section(
        "What changed since the first report",
        (
            Paragraph(f"The first report of this week was made {then} and stays as it was."),
            Paragraph(f"{words.sentence(words.listed(told))}."),
            Paragraph(f"Of the week's own records {edits} and {gone} were found since, in what could be seen."),
            numbers,
        ),
    )


def _none(number: int) -> str:
    """``2 were``, ``1 was``, ``none was``."""
    return f"{number or 'none'} {'were' if number > 1 else 'was'}"
