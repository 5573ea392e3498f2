"""The week in a few lines that a school secretary understands."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from records.model import Completeness
from reports.model import LogoUse, Sight, WeeklyReport
from reports.words import counted

NOTHING = "nothing is shown"
SEEN = {
    Completeness.PARTIAL: "only a part is shown",
    Completeness.COUNT_ONLY: "only their number is shown",
}


def show(console: Console, report: WeeklyReport, html: Path | None = None, pdf: Path | None = None) -> None:
    """Print coverage first, then what is archived, what was observed, and where the report lies."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for name, text in _rows(report):
        table.add_row(name, Text(text))
    console.print()
    console.print(Text(f"{report.district}, week {report.week.name}", style="bold underline"))
    console.print(table)
    for path in filter(None, (html, pdf)):
        console.print(f"[bold]Report[/]          {path}", soft_wrap=True)
    console.print()


def _rows(report: WeeklyReport) -> list[tuple[str, str]]:
    coverage, archived = report.coverage, report.archived
    away = counted(sum(row.gap_hours > 0 for row in coverage.accounts), "account")
    return [
        ("Captured", f"{coverage.captured} of {len(coverage.accounts)} registered accounts"),
        ("Not captured", _not_captured(report)),
        (
            "Gap",
            f"{coverage.gap_hours:.0f} hours of the week, over {away}, that nothing vouches for",
        ),
        ("Archived", f"{archived.posts} posts, {archived.comments} comments, {archived.images} images"),
        ("Not observable", _not_observable(report)),
        ("To look at", _observed(report)),
    ]


def _not_captured(report: WeeklyReport) -> str:
    rows = [row for row in report.coverage.accounts if row.sight is not Sight.CAPTURED]
    lines = [f"{row.account.handle} ({row.account.platform}), {row.sight}: {row.todo or row.why}" for row in rows]
    return "\n".join(lines) or "none"


def _not_observable(report: WeeklyReport) -> str:
    lines = [
        f"{spot.check} on {spot.platform}, {counted(spot.accounts, 'account')}: {SEEN.get(spot.completeness, NOTHING)}"
        for spot in report.coverage.blind_spots
    ]
    if unseen := len(report.coverage.unseen_images):
        lines.append(f"{counted(unseen, 'picture')} that nobody could look at")
    return "\n".join(lines) or "nothing"


def _observed(report: WeeklyReport) -> str:
    seen = report.observations()
    marks = sum(isinstance(one, LogoUse) for one in seen)
    permitted = sum(use.uses for use in report.permitted)
    earlier = sum(waiting.count for waiting in report.waiting)
    lines = [
        f"{counted(marks, 'new use', 'new uses')} of a mark, no permission in force (clause 4.9)",
        f"{counted(len(seen) - marks, 'followed account')} that the roster does not know (clause 4.2)",
        f"{counted(earlier, 'observation')} from earlier weeks still to be looked at",
        f"besides, {counted(permitted, 'use')} of a mark that a permission covers",
    ]
    return "\n".join(lines)
