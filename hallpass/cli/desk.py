"""What the registry's commands share: the open registry, who decides, dates, and how an import is shown."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from hallpass.settings import Settings

if TYPE_CHECKING:
    from registry import ImportReport, Registry

By = Annotated[str, typer.Option("--by", help="Who decides this. Your own login if left out.")]
Why = Annotated[str, typer.Option("--why", help="The reason, kept with the decision.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would happen; change nothing.")]


@dataclass(frozen=True, slots=True)
class Desk:
    """One command at work: its settings, the open registry, and the terminal."""

    settings: Settings
    registry: Registry
    console: Console

    @property
    def now(self) -> datetime:
        """The current moment."""
        return self.settings.now()

    def decider(self, by: str) -> str:
        """Who decides: ``by``, or whoever runs the command."""
        return by.strip() or self.settings.user

    def moment(self, text: str, whole_day: bool = False) -> datetime | None:
        """A date or time as typed, None where empty; a date alone is the district's day. Raises BadInput."""
        from registry.moments import read_moment

        return read_moment(text, self.settings.timezone, whole_day)

    def date(self, at: datetime | None) -> str:
        """``at`` as a date in the district's time zone, or a dash."""
        return f"{at.astimezone(self.settings.timezone):%Y-%m-%d}" if at else "–"

    def last_day(self, end: datetime | None) -> str:
        """The last date that a time which stops at ``end`` touches."""
        return self.date(end - timedelta(microseconds=1)) if end else "–"

    def show(self, table: Table, empty: str) -> None:
        """The table, or the sentence ``empty`` where it has no rows."""
        self.console.print(table if table.row_count else empty)

    def show_import(self, report: ImportReport) -> None:
        """What an import did; its errors row by row, and then BadInput."""
        if report.errors:
            table = listing("Line", "What is wrong", whole=("Line",), title=report.file)
            for error in report.errors:
                table.add_row(str(error.line), error.message)
            self.console.print(table)
        report.require_clean()
        would = "would be " if report.dry_run else ""
        self.console.print(f"{report.file}: {report.added} {would}added, {report.unchanged} there already.")


def listing(*columns: str, whole: Container[str] = (), title: str | None = None) -> Table:
    """A table that loses nothing on a narrow terminal: ``whole`` columns (ids, dates) keep their width, others fold."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, no_wrap=column in whole, overflow="fold")
    return table


@contextmanager
def at_desk() -> Iterator[Desk]:
    """Settings and registry for one command."""
    from registry import Registry

    settings = Settings.load()
    with Registry.open(settings.registry_url) as registry:
        yield Desk(settings, registry, Console(highlight=False, markup=False, emoji=False))
