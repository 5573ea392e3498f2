"""What a later report of the same week knows that its first one did not."""

from __future__ import annotations

from reports import words
from reports.document import Paragraph, Section, Table
from reports.model import Since, WeeklyReport


def since(report: WeeklyReport, changed: Since) -> Section:
    """The numbers then and now; the first report stays as it was."""
    then = words.moment(changed.first_made_at, report.week.zone)
    archived, gap = report.archived, report.coverage.gap_hours
    rows = (
        ("Hours of gap", words.hours(changed.gap_hours_then), words.hours(gap)),
        ("Posts in the week", f"{changed.posts_then:,}", f"{archived.posts_in_week:,}"),
        ("Comments in the week", f"{changed.comments_then:,}", f"{archived.comments_in_week:,}"),
    )
    numbers = Table("Then and now", ("What", "Then", "Now"), rows, numeric=(1, 2))
    added = words.counted(changed.added, "observation was added", "observations were added")
    settled = words.counted(changed.settled, "is settled", "are settled")
    anew = words.counted(changed.judged_anew, "is judged anew", "are judged anew")
    sentence = words.sentence(f"{added}, {settled} by a permission or by time, {anew}.")
    first = f"The first report of this week was made {then} and stays as it was."
    return Section("What changed since the first report", (Paragraph(f"{first} {sentence}"), numbers))
