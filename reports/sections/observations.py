"""What waits for a person to look at, clause by clause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from reports import pictures, words
from reports.document import Block, Card, Cards, Paragraph, Picture, Section, Table, Tone
from reports.model import ClauseSection, LogoUse, OutsideRelationship, WeeklyReport
from reports.sections.coverage import account_name

CARDS, ROWS = 40, 500
"""Observations of a clause that are shown as cards, and as rows of a table after them; the data holds them all."""

_LINKS = {"follow": "follows", "like": "likes"}


def observations(report: WeeklyReport) -> Section:
    """The new observations, and what a permission in force already covers."""
    covered = [*_covered(report), *_waiting(report)]
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
        uses = words.counted(sum(p.uses for p in report.permitted), "use of a mark was", "uses of a mark were")
        by_mark = words.listed(f"{p.mark_title} ({p.uses:,})" for p in report.permitted)
        blocks.append(Paragraph(f"{uses} covered by a permission in force and not listed: {by_mark}.", Tone.NOTE))
    if report.withdrawn:
        gone = words.counted(report.withdrawn, "observation is", "observations are")
        blocks.append(Paragraph(f"{gone} no longer so and not listed.", Tone.NOTE))
    return blocks


def _waiting(report: WeeklyReport) -> list[Block]:
    """What earlier reports listed and nobody has settled: a count and an age, not the whole list again."""
    zone = report.week.zone
    rows = tuple(
        (
            words.clause_title(each.clause),
            f"{each.count:,}",
            words.day(each.oldest, zone),
            words.counted((report.made_at - each.oldest).days, "day"),
        )
        for each in report.waiting
    )
    columns = ("Clause", "Observations", "Oldest from", "Waiting for")
    return [Table("Still waiting from earlier weeks", columns, rows, numeric=(1,))] if rows else []


def _clause(section: ClauseSection, report: WeeklyReport) -> Section:
    _, meaning = words.CLAUSES.get(section.clause, ("", ""))
    zone, seen = report.week.zone, section.observations
    blocks: list[Block] = [
        Paragraph(f"{_count(section, report)} {meaning}"),
        Cards(tuple(_card(o, zone) for o in seen[:CARDS])),
    ]
    if rest := seen[CARDS:]:
        blocks.append(_table(section.clause, rest[:ROWS], zone))
    if (further := len(seen) - CARDS - ROWS) > 0:
        blocks.append(Paragraph(f"{further:,} further observations are in the report's data.", Tone.NOTE))
    return Section(words.clause_title(section.clause), tuple(blocks))


def _count(section: ClauseSection, report: WeeklyReport) -> str:
    """How many are new, and how many of those are about a post of an earlier week that was found only now."""
    uses = (seen for seen in section.observations if isinstance(seen, LogoUse))
    earlier = sum(bool(use.posted_at and use.posted_at < report.week.start) for use in uses)
    count = words.counted(len(section.observations), "new observation")
    return f"{count}, {earlier:,} of them in posts of earlier weeks that were found now." if earlier else f"{count}."


def _card(seen: LogoUse | OutsideRelationship, zone: tzinfo) -> Card:
    return _logo_card(seen, zone) if isinstance(seen, LogoUse) else _relationship_card(seen, zone)


def _judged(seen: LogoUse | OutsideRelationship) -> tuple[str, str]:
    """The card's badge, and what the registry says about the moment."""
    badge, sentence = words.OUTCOMES.get(seen.judged.outcome if seen.judged else None, words.OUTCOMES[None])
    return badge, seen.judged.basis if seen.judged and seen.judged.basis else sentence


def _proof(seen: LogoUse | OutsideRelationship) -> tuple[tuple[str, str], ...]:
    return (
        ("Rule", f"{seen.rule}, version {seen.rule_version}; clause {seen.clause}"),
        ("Confidence", words.sureness(seen.confidence)),
        ("Evidence", seen.evidence or "not recorded"),
    )


def _logo_card(use: LogoUse, zone: tzinfo) -> Card:
    badge, basis = _judged(use)
    facts = (
        ("Account", _account(use)),
        ("Posted", words.moment(use.posted_at, zone)),
        ("Permission", basis),
        *_proof(use),
    )
    return Card(f"{use.mark_title} in a picture", badge, facts, words.excerpt(use.text), _logo_pictures(use))


def _logo_pictures(use: LogoUse) -> tuple[tuple[Picture, str], ...]:
    found = []
    if use.picture and (content := pictures.evidence(use.picture, use.box)):
        where = " with a box around the mark" if use.box else ""
        alt = f"Picture posted by @{use.account.handle}{where}: {use.mark_title}"
        found.append((Picture(content, "image/jpeg", alt), "As posted, the mark boxed"))
    if use.mark_picture and (content := pictures.mark(use.mark_picture)):
        found.append((Picture(content, "image/png", f"Reference mark: {use.mark_title}"), "The reference mark"))
    return tuple(found)


def _relationship_card(seen: OutsideRelationship, zone: tzinfo) -> Card:
    badge, basis = _judged(seen)
    chosen = "by the registered account" if seen.direction == "outbound" else "by the other side"
    facts = (
        ("Account", _account(seen)),
        ("Direction", f"{seen.direction}: chosen {chosen}"),
        ("First seen", words.moment(seen.first_seen_at or seen.observed_at, zone)),
        ("Roster of", words.roster_day(seen.roster_date)),
        ("Looked up", basis),
        *_proof(seen),
    )
    return Card(f"@{seen.account.handle} {_LINKS.get(seen.kind, seen.kind)} {seen.counterpart}", badge, facts)


def _account(seen: LogoUse | OutsideRelationship) -> str:
    account = seen.account
    return ", ".join(part for part in (account_name(account), account.school, account.purpose) if part)


def _table(clause: str, rest: Sequence[LogoUse | OutsideRelationship], zone: tzinfo) -> Table:
    rows = tuple(
        (account_name(o.account), _what(o), words.moment(_when(o), zone), _judged(o)[0], words.sureness(o.confidence))
        for o in rest
    )
    columns = ("Account", "What", "When", "Registry", "Confidence")
    return Table(f"{len(rows):,} more observations under clause {clause}", columns, rows)


def _what(seen: LogoUse | OutsideRelationship) -> str:
    return seen.mark_title if isinstance(seen, LogoUse) else f"{_LINKS.get(seen.kind, seen.kind)} {seen.counterpart}"


def _when(seen: LogoUse | OutsideRelationship) -> datetime | None:
    return seen.posted_at if isinstance(seen, LogoUse) else seen.first_seen_at
