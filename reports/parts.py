"""A school's own part of the week."""

from __future__ import annotations

from dataclasses import replace

from records.errors import BadInput
from reports.model import AccountLabel, BlindSpot, ClauseSection, WeeklyReport


def schools(report: WeeklyReport) -> tuple[str, ...]:
    """The titles of the schools that have a registered account, each once."""
    return tuple(sorted({row.account.school for row in report.coverage.accounts}))


def school_part(report: WeeklyReport, school: str) -> WeeklyReport:
    """What of ``report`` concerns the accounts of ``school``; what only the district knows is left out.

    Raises
    ------
    BadInput : no registered account belongs to that school.
    """
    if school not in schools(report):
        raise BadInput(f"No registered account belongs to {school!r}", f"Name one of: {', '.join(schools(report))}")

    def ours(account: AccountLabel | None) -> bool:
        return account is not None and account.school == school

    coverage = report.coverage
    ids = {row.account.account_id for row in coverage.accounts if ours(row.account)}
    sections = [
        ClauseSection(section.clause, tuple(seen for seen in section.observations if ours(seen.account)))
        for section in report.clauses
    ]
    return replace(
        report,
        school=school,
        coverage=replace(
            coverage,
            accounts=tuple(row for row in coverage.accounts if ours(row.account)),
            blind_spots=_of(coverage.blind_spots, ids),
            unseen_images=tuple(image for image in coverage.unseen_images if ours(image.account)),
            images_waiting=0,
            videos=0,
            spending=None,
            mail=None,
        ),
        clauses=tuple(section for section in sections if section.observations),
        permitted=(),
        withdrawn=0,
        waiting=(),
        permissions=tuple(p for p in report.permissions if p.account is None or ours(p.account)),
        changes=replace(
            report.changes,
            edits=tuple(edit for edit in report.changes.edits if ours(edit.account)),
            removals=tuple(gone for gone in report.changes.removals if ours(gone.account)),
            new_followers=(),
            new_followed=0,
        ),
        trend=(),
        decided=(),
        settled=0,
        pending=None,
        accuracy=(),
        found_later=((), ()),
        since=None,
    )


def _of(spots: tuple[BlindSpot, ...], ids: set[str]) -> tuple[BlindSpot, ...]:
    narrowed = [replace(spot, account_ids=tuple(each for each in spot.account_ids if each in ids)) for spot in spots]
    return tuple(spot for spot in narrowed if spot.account_ids)
