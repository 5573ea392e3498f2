"""What could be seen: always the first section."""

from __future__ import annotations

from collections.abc import Sequence

from reports import words
from reports.document import Block, Paragraph, Section, Table, Tile, Tiles, Tone
from reports.model import AccountCoverage, AccountLabel, Archived, Sight, WeeklyReport
from reports.sections.tables import without

ROWS = 200
REASON = 160
"""Characters of a reason that are shown: it may quote what a platform answered."""
CUT_OFF = (Sight.DISCONNECTED, Sight.INTERRUPTED, Sight.NOT_CHECKED)


def coverage(report: WeeklyReport) -> Section:
    """Accounts, gaps and blind spots, each with why and what to do."""
    return Section(
        "What could be seen",
        (_sight(report), *cut_off(report), *_refused(report), *_gaps(report), *_money(report), *_mail(report)),
        (Section("What could not be observed, and why", tuple(_blind_spots(report))),),
    )


def _sight(report: WeeklyReport) -> Paragraph:
    seen = report.coverage
    return Paragraph(f"{words.could_be_seen(seen)}." if seen.accounts else "No account is registered yet.")


def account_name(account: AccountLabel | None) -> str:
    """``@handle on X``, or what stands for an account that is not ours."""
    return f"@{account.handle} on {words.PLATFORMS[account.platform]}" if account else "not a registered account"


def tiles(report: WeeklyReport, archive: bool = True) -> Tiles:
    """The numbers of coverage, and for the district those of the archive where ``archive``."""
    seen = report.coverage
    cut_off = len(seen.with_sight(*CUT_OFF))
    refused = len(seen.with_sight(Sight.REFUSED))
    unseen = len(seen.unseen_images) + seen.images_waiting
    hours, noun = words.hours_of(seen.gap_hours).rsplit(" ", 1)
    return Tiles(
        (
            Tile(
                f"{seen.captured:,} of {len(seen.accounts):,}",
                f"{words.noun(len(seen.accounts), 'account')} captured",
                alert=bool(seen.accounts) and not seen.captured,
            ),
            Tile(f"{cut_off:,}", "disconnected or interrupted", alert=bool(cut_off)),
            Tile(f"{refused:,}", "refused: no consent in force", alert=bool(refused)),
            Tile(hours, f"{noun} of gap in the week", alert=bool(seen.gap_hours)),
            Tile(f"{unseen:,}", f"{words.noun(unseen, 'picture')} not looked at", alert=bool(unseen)),
            *(_archived(report.archived) if archive and report.school is None else ()),
        )
    )


def _archived(archive: Archived) -> tuple[Tile, ...]:
    return (
        Tile(
            f"{archive.posts_in_week:,}",
            f"{words.noun(archive.posts_in_week, 'post')} in the week, {archive.posts:,} archived",
        ),
        Tile(
            f"{archive.comments_in_week:,}",
            f"{words.noun(archive.comments_in_week, 'comment')} in the week, {archive.comments:,} archived",
        ),
        Tile(
            f"{archive.images_in_week:,}",
            f"{words.noun(archive.images_in_week, 'picture')} in the week, {archive.images:,} archived",
        ),
    )


def to_act_on(report: WeeklyReport, most: int) -> list[Block]:
    """At most ``most`` of the accounts that somebody has to look after, with what to do and without why."""
    rows = report.coverage.with_sight(*CUT_OFF)
    table = _accounts("Accounts to act on", rows[:most], report)
    return [without(table, "Why"), *_more(len(rows), most)] if rows else []


def cut_off(report: WeeklyReport) -> list[Block]:
    """The accounts that somebody has to look after, with why."""
    rows = report.coverage.with_sight(*CUT_OFF)
    return [_accounts("Accounts that need somebody to act", rows[:ROWS], report), *_more(len(rows))] if rows else []


def _refused(report: WeeklyReport) -> list[Block]:
    rows = report.coverage.with_sight(Sight.REFUSED)
    caption = "Accounts refused for lack of consent"
    return [_accounts(caption, rows[:ROWS], report), *_more(len(rows))] if rows else []


def _accounts(caption: str, rows: Sequence[AccountCoverage], report: WeeklyReport) -> Table:
    zone = report.week.zone
    return Table(
        caption,
        ("Account", "School", "State", "Why", "What to do", "Gap, hours"),
        tuple(
            (
                account_name(row.account),
                row.account.school,
                words.state(row, zone),
                words.reason(row.why, REASON),
                words.reason(row.todo, REASON),
                words.hours(row.gap_hours) if row.gap_hours or row.sight is not Sight.REFUSED else "not due",
            )
            for row in rows
        ),
        numeric=(5,),
    )


def _gaps(report: WeeklyReport) -> list[Block]:
    """The captured accounts that have a gap all the same."""
    captured = report.coverage.with_sight(Sight.CAPTURED)
    rows = [row for row in captured if row.gap_hours]
    if not captured:
        return []
    if not rows:
        return [Paragraph("No account that is captured has a gap in this week.", Tone.NOTE)]
    rows.sort(key=lambda row: (-row.gap_hours, row.account.handle))
    cells = tuple((account_name(r.account), r.account.school, words.hours(r.gap_hours)) for r in rows[:ROWS])
    table = Table("Captured accounts with a gap in the week", ("Account", "School", "Gap, hours"), cells, numeric=(2,))
    return [table, *_more(len(rows))]


def _money(report: WeeklyReport) -> list[Block]:
    """What the month has cost so far: a budget that is used up is a gap to come."""
    if (spent := report.coverage.spending) is None:
        return []
    of = f"{words.dollars(spent.spent_usd)} of the {words.dollars(spent.cap_usd)} that it may"
    if not spent.cap_usd:
        return [Paragraph(f"X has cost {words.dollars(spent.spent_usd)} in {spent.month}; its budget is nothing.")]
    left = words.share(max(0.0, 1 - spent.spent_usd / spent.cap_usd))
    return [Paragraph(f"X has cost {of} cost in {spent.month} so far: {left} of the budget is left.", Tone.NOTE)]


def _mail(report: WeeklyReport) -> list[Block]:
    """Mails that did not arrive: somebody may have read nothing of this."""
    faults = report.coverage.mail
    if faults is None or not (faults.refused or faults.waiting):
        return []
    refused = words.counted(faults.refused, "mail of the last seven days was", "mails of the last seven days were")
    waiting = words.counted(faults.waiting, "waits", "wait")
    told = f"{refused} refused by the recipient's server, {waiting} for another try."
    return [Paragraph(f"{words.sentence(told)} IT sees which in the outbox of mails.")]


def _more(rows: int, shown: int = ROWS) -> list[Block]:
    more = words.counted(rows - shown, "more is", "more are")
    return [Paragraph(f"{more} in the report's data.", Tone.NOTE)] if rows > shown else []


def _blind_spots(report: WeeklyReport) -> list[Block]:
    spots = report.coverage.blind_spots
    blocks: list[Block] = []
    if spots:
        rows = tuple(
            (
                f"{words.PLATFORMS[spot.platform]}: {words.CHECKS[spot.check]}",
                words.SEEN[spot.completeness],
                f"{spot.accounts:,}",
                words.why_unseen(spot),
            )
            for spot in spots
        )
        caption = "Checks that saw only a part, on captured accounts"
        blocks.append(Table(caption, ("Check", "What was seen", "Accounts", "Why"), rows, numeric=(2,)))
    elif report.coverage.captured:
        blocks.append(Paragraph("Every check of the captured accounts saw all that it looked for."))
    else:
        blocks.append(Paragraph("No account could be seen, for the reasons above."))
    return [*blocks, *_pictures(report)]


def _pictures(report: WeeklyReport) -> list[Block]:
    seen, zone = report.coverage, report.week.zone
    blocks: list[Block] = []
    if seen.unseen_images:
        rows = tuple(
            (account_name(i.account), words.moment(i.posted_at, zone), words.reason(i.reason, REASON))
            for i in seen.unseen_images[:ROWS]
        )
        caption = "Pictures that could not be looked at; none of them counts as clean"
        blocks += [Table(caption, ("Account", "Posted", "Why"), rows), *_more(len(seen.unseen_images))]
    if seen.images_waiting:
        waiting = words.counted(seen.images_waiting, "archived picture has", "archived pictures have")
        blocks.append(Paragraph(f"{waiting} not been looked at yet; the next run does it."))
    if seen.videos:
        blocks.append(Paragraph(f"{words.counted(seen.videos, 'video')} of the week: detectors look at pictures only."))
    return blocks
