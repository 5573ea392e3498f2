"""What changed in the public record and around the accounts, and permissions as a table and as counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import tzinfo

from reports import words
from reports.document import Block, Paragraph, Section, Table
from reports.model import Edit, Permission, Removal, WeeklyReport
from reports.sections.coverage import account_name
from reports.sections.tables import said_once

ROWS = 100
NO_PERMISSION = "No permission was given, refused or revoked, and none ends in the next 30 days."

_CLASSES = {
    "staff": ("member of staff", "members of staff"),
    "school": ("school", "schools"),
    "organisation": ("accepted organisation", "accepted organisations"),
    "guardian": ("guardian", "guardians"),
    "student": ("student", "students"),
    "unknown": ("not known on the roster", "not known on the roster"),
}
_STATES = {
    "deleted": "deleted, confirmed twice",
    "missing": "not found once; asked again next time",
    "private": "made private",
    "suspended": "account suspended",
    "forbidden": "no longer permitted to see",
    "unknown": "gone, the platform does not say why",
}


def changes(report: WeeklyReport) -> Section:
    """Edits and deletions of public records, and new relationships as counts."""
    blocks = edited_or_gone(report.changes.edits, report.changes.removals, report.week.zone)
    if not blocks:
        blocks.append(Paragraph(words.nothing("No edit and no deletion was found", report.coverage)))
    if report.school is None:
        blocks.append(Paragraph(_relationships(report)))
    return Section("What changed", tuple(blocks))


def edited_or_gone(edits: Sequence[Edit], removals: Sequence[Removal], zone: tzinfo, when: str = "") -> list[Block]:
    """A table of the edits and one of the removals, as far as there are any; ``when`` ends their captions."""
    return [*_edits(edits, zone, when), *_removals(removals, zone, when)]


def _edits(edits: Sequence[Edit], zone: tzinfo, when: str) -> list[Block]:
    if not edits:
        return []
    rows = tuple(
        (
            f"{edit.kind.title()}, {account_name(edit.account)}",
            words.day(edit.posted_at, zone),
            *words.difference(edit.before, edit.after),
        )
        for edit in edits[:ROWS]
    )
    return [
        Table(
            _caption(len(edits), f"edit found{when}", f"edits found{when}"),
            ("Record", "Posted", "Before", "After"),
            rows,
        )
    ]


def _removals(removals: Sequence[Removal], zone: tzinfo, when: str) -> list[Block]:
    if not removals:
        return []
    rows = tuple(
        (
            f"{gone.kind.title()}, {account_name(gone.account)}",
            words.day(gone.posted_at, zone),
            _STATES.get(gone.state, gone.state),
            words.moment(gone.gone_at, zone),
            words.excerpt(gone.text),
        )
        for gone in removals[:ROWS]
    )
    columns = ("Record", "Posted", "State", "Found gone", "Text kept in the archive")
    table = Table(_caption(len(removals), f"record found gone{when}", f"records found gone{when}"), columns, rows)
    return [*said_once(table, "State", "Found gone")]


def _caption(number: int, one: str, many: str = "") -> str:
    shown = f", the newest {ROWS} shown" if number > ROWS else ""
    return words.counted(number, one, many) + shown


def counted(report: WeeklyReport) -> tuple[Paragraph, ...]:
    """How many edits and removals were found; none found is not worth a line where it cannot say what was not seen."""
    if not (report.changes.edits or report.changes.removals):
        return ()
    edits = words.counted(len(report.changes.edits), "edit")
    gone = words.counted(len(report.changes.removals), "removal")
    return (Paragraph(f"In the public record {edits} and {gone} were found."),)


def _relationships(report: WeeklyReport) -> str:
    followed = words.counted(report.changes.new_followed, "account was", "accounts were")
    outbound = words.sentence(f"{followed} newly seen as followed or liked by registered accounts.")
    total = sum(count for _, count in report.changes.new_followers)
    inbound = words.sentence(words.counted(total, "follower was", "followers were"))
    by_class = words.listed(words.counted(n, *_CLASSES[kind]) for kind, n in report.changes.new_followers)
    shown = f", as counts only: {by_class}." if total else " where the platform shows followers."
    return f"{outbound} {inbound} newly seen{shown}"


def permissions_table(report: WeeklyReport, most: int = ROWS) -> tuple[Block, ...]:
    """At most ``most`` permissions, or the sentence that there is none."""
    zone = report.week.zone
    if not report.permissions:
        return (Paragraph(NO_PERMISSION),)
    rows = tuple(
        (
            each.mark_title,
            each.what,
            account_name(each.account) if each.account else "all accounts",
            each.purpose,
            f"{words.day(each.starts, zone)} {_until(each, zone)}",
            each.by,
        )
        for each in report.permissions[:most]
    )
    columns = ("Mark", "What happened", "Account", "For", "Time", "Decided by")
    table = Table("Permissions given, refused, revoked or ending within 30 days", columns, rows)
    rest = len(report.permissions) - most
    more = words.counted(rest, "more is", "more are")
    return (table, Paragraph(f"{more} in the registry.")) if rest > 0 else (table,)


def permissions_counted(report: WeeklyReport) -> Paragraph:
    """How many permissions were given, taken back, refused and end soon; not which."""
    told = Counter(each.what for each in report.permissions)
    parts = [f"{number:,} {what}" for what, number in sorted(told.items())]
    return Paragraph(f"Permissions: {words.listed(parts)}." if parts else NO_PERMISSION)


def _until(permission: Permission, zone: tzinfo) -> str:
    """A permission's end is not included: shown is the last day that it covers."""
    return f"to {words.last_day(permission.ends, zone)}" if permission.ends else "until revoked"
