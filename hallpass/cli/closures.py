"""`hallpass closure`: the days on which the district is closed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hallpass.cli.desk import By, DryRun, Why, at_desk, listing

app = typer.Typer(help="Closed days: nothing is mailed on them.", no_args_is_help=True)


@app.command("import")
def import_closures(
    file: Annotated[Path, typer.Argument(help="A CSV file with the columns date and title.")],
    dry_run: DryRun = False,
    by: By = "",
) -> None:
    """Note the closed days of a calendar: all of them, or none if a row is wrong. Weekends need not be named."""
    with at_desk() as desk:
        desk.show_import(desk.registry.closures.import_csv(file, desk.decider(by), desk.now, dry_run))


@app.command("list")
def list_closures() -> None:
    """Show the closed days."""
    with at_desk() as desk:
        table = listing("Date", "Day", "Title", whole=("Date", "Day"))
        for closed in desk.registry.closures.all():
            table.add_row(closed.day.isoformat(), f"{closed.day:%A}", closed.title)
        desk.show(table, "No closed day is noted. `hallpass closure import --help` says how.")


@app.command("remove")
def remove(
    day: Annotated[str, typer.Argument(help="The date, such as 2026-11-26.")], why: Why = "", by: By = ""
) -> None:
    """The district is open on that day after all."""
    with at_desk() as desk:
        opened = desk.registry.closures.remove(day, desk.decider(by), desk.now, why)
        desk.console.print(f"{opened.day.isoformat()} ({opened.title}) is an open day.")
