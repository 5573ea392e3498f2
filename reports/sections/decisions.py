"""What people decided: permissions, requests that wait, reviews, and how often they agreed with the rules."""

from __future__ import annotations

from reports import words
from reports.document import Block, Paragraph, Section, Table
from reports.model import WeeklyReport
from reports.sections.changes import permissions_table

FEW = 30
"""Under so many decisions the sentence says that the interval is wide."""


def decisions(report: WeeklyReport) -> Section:
    """Permissions given, refused, revoked and soon to end, what waits for a decision, and reviews by state."""
    blocks: list[Block] = [*permissions_table(report), *pending(report)]
    if report.decided:
        states = words.listed(f"{words.REVIEWS.get(state, state)} {number:,}" for state, number in report.decided)
        blocks.append(Paragraph(f"Reviewers moved observations: {states}."))
    elif report.school is None:
        blocks.append(Paragraph("No reviewer moved an observation."))
    return Section("Decisions", tuple(blocks))


def pending(report: WeeklyReport) -> list[Paragraph]:
    """The requests that nobody has decided, and for how long."""
    if report.pending is None:
        return []
    asked = report.pending
    count = words.counted(asked.count, "request for a permission waits", "requests for a permission wait")
    since = words.day(asked.oldest, report.week.zone)
    age = words.age(asked.oldest, report.made_at)
    return [Paragraph(f"{count} for the superintendent, the oldest since {since} ({age}).")]


def accuracy(report: WeeklyReport) -> Section:
    """Each rule's agreement with reviewers, never without its interval and the number that it rests on."""
    title = "How often reviewers agreed with the rules"
    if not report.accuracy:
        return Section(title, (Paragraph("No reviewer has confirmed or dismissed anything yet, so it is not known."),))
    rows = tuple(
        (
            each.rule,
            f"{each.decided:,}",
            f"{each.right:,}",
            words.share(each.right / each.decided),
            f"{words.share(each.low)} to {words.share(each.high)}",
        )
        for each in report.accuracy
    )
    columns = ("Rule", "Decided", "Agreed", "Share", "95% interval")
    few = any(each.decided < FEW for each in report.accuracy)
    wide = f" With fewer than {FEW} decisions the interval is wide: the share alone says little." if few else ""
    meaning = (
        "Counted are observations that a person confirmed, or dismissed because the rule was wrong; all that were ever "
        f"decided.{wide}"
    )
    return Section(title, (Paragraph(meaning), Table("Agreement by rule", columns, rows, numeric=(1, 2, 3, 4))))
