"""The week in a few lines that a school secretary understands."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from reports.model import LogoUse, Sight, WeeklyReport


def show(console: Console, report: WeeklyReport, html: Path | None = None, pdf: Path | None = None) -> None:
    """Print coverage first, then what is archived, what was observed, and where the report lies."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for name, text in _rows(report):
        table.add_row(name, Text(text))
    if html and pdf:
        table.add_row("Report", Text(f"{html}\n{pdf}", overflow="fold"))
    console.print(Panel(table, title=f"{report.district}, week {report.week.name}", title_align="left", expand=False))


def _rows(report: WeeklyReport) -> list[tuple[str, str]]:
    coverage, archived = report.coverage, report.archived
    return [
        ("Captured", f"{coverage.captured} of {len(coverage.accounts)} registered accounts"),
        ("Not captured", _not_captured(report)),
        ("Gap", f"{coverage.gap_hours:.0f} hours of the week that nothing vouches for"),
        ("Archived", f"{archived.posts} posts, {archived.comments} comments, {archived.images} images"),
        ("Not observable", _not_observable(report)),
        ("To look at", _observed(report)),
    ]


def _not_captured(report: WeeklyReport) -> str:
    rows = [row for row in report.coverage.accounts if row.sight is not Sight.CAPTURED]
    return "\n".join(f"{row.account.handle} ({row.account.platform}): {row.why}" for row in rows) or "none"


def _not_observable(report: WeeklyReport) -> str:
    spots = [
        f"{spot.check} on {spot.platform}: {str(spot.completeness).replace('_', ' ')}, {spot.accounts} accounts"
        for spot in report.coverage.blind_spots
    ]
    unseen = len(report.coverage.unseen_images)
    return "\n".join([*spots, *([f"{unseen} images that cannot be decoded"] if unseen else [])]) or "nothing"


def _observed(report: WeeklyReport) -> str:
    kinds = Counter(
        "use of a district mark without a permission in force (clause 4.9)"
        if isinstance(seen, LogoUse)
        else "relationship outside the educational community (clause 4.2)"
        for seen in report.observations()
    )
    permitted = sum(use.uses for use in report.permitted)
    lines = [f"{number} × {kind}" for kind, number in kinds.most_common()]
    return "\n".join([*lines, f"{permitted} × use of a mark that a permission covers: nothing to do"])
