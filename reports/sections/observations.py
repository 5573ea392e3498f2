"""What waits for a person to look at, clause by clause."""

from __future__ import annotations

from collections.abc import Sequence

from reports import words
from reports.document import Block, Paragraph, Section, Table, Tone
from reports.model import ClauseSection, LogoUse, OutsideRelationship, WeeklyReport
from reports.sections.relationships import relationships
from reports.sections.uses import logo_uses


def observations(report: WeeklyReport) -> Section:
    """The new observations, and what a permission in force already covers."""
    covered = _covered(report)
    if not report.clauses:
        nothing = words.nothing("Nothing new needs a person", report.coverage)
        return Section("For a person to look at", (Paragraph(nothing), *covered))
    intro = "Each of these is an observation, not a judgement: a rule noticed it, and a person looks and decides."
    return Section(
        "For a person to look at",
        (Paragraph(intro), *covered),
        tuple(_clause(section, report) for section in report.clauses),
    )


def _covered(report: WeeklyReport) -> list[Block]:
    blocks: list[Block] = []
    if report.permitted:
        uses = words.counted(sum(p.uses for p in report.permitted), "use was", "uses were")
        by_mark = words.listed(f"{p.mark_title} ({p.uses:,})" for p in report.permitted)
        blocks.append(Paragraph(f"{uses} covered by a permission in force and not listed: {by_mark}.", Tone.NOTE))
    if report.settled:
        done = words.counted(report.settled, "new observation was", "new observations were")
        blocks.append(Paragraph(f"{done} decided on by a person already and not listed.", Tone.NOTE))
    if report.withdrawn:
        gone = words.counted(report.withdrawn, "observation is", "observations are")
        blocks.append(Paragraph(f"{gone} no longer so and not listed.", Tone.NOTE))
    return blocks


def waiting(report: WeeklyReport) -> Section | None:
    """What earlier reports listed and nobody has settled: a count and an age, not the whole list again."""
    if not report.waiting:
        return None
    zone = report.week.zone
    rows = tuple(
        (
            words.clause_title(each.clause),
            f"{each.count:,}",
            words.day(each.oldest, zone),
            words.age(each.oldest, report.made_at),
        )
        for each in report.waiting
    )
    columns = ("Clause", "Observations", "Oldest from", "Waiting for")
    return Section("What waits", (Table("Still waiting from earlier weeks", columns, rows, numeric=(1,)),))


def _clause(section: ClauseSection, report: WeeklyReport) -> Section:
    _, meaning = words.CLAUSES.get(section.clause, ("", ""))
    uses = [seen for seen in section.observations if isinstance(seen, LogoUse)]
    related = [seen for seen in section.observations if isinstance(seen, OutsideRelationship)]
    zone = report.week.zone
    intro = Paragraph(f"{_count(len(section.observations), uses, report)} {meaning}")
    return Section(words.clause_title(section.clause), (intro, *logo_uses(uses, zone), *relationships(related, zone)))


def _count(new: int, uses: Sequence[LogoUse], report: WeeklyReport) -> str:
    """How many are new, and how many of those are about a post of an earlier week that was found only now."""
    earlier = sum(bool(use.posted_at and use.posted_at < report.week.start) for use in uses)
    count = words.counted(new, "new observation")
    found = words.counted(
        earlier, "of them in a post of an earlier week that was", "of them in posts of earlier weeks that were"
    )
    return f"{count}, {found} found now." if earlier else f"{count}."
