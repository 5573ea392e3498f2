"""`hallpass golive`: what must be done before anything real is collected."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from hallpass.cli.desk import By, at_desk

app = typer.Typer(help="The checklist before the first real collection.", no_args_is_help=True)


@app.command("list")
def list_items() -> None:
    """Show the checklist. Until it is complete, only the sandbox can be collected."""
    with at_desk() as desk:
        table = Table("Item", "What", "Done", "By", "Reference")
        for item in desk.registry.go_live():
            table.add_row(item.item, item.title, desk.date(item.done_at), item.done_by or "", item.reference or "")
        desk.console.print(table)
        left = len(desk.registry.go_live_missing())
        desk.console.print(f"{left} still to do." if left else "Complete: real accounts may be collected.")


@app.command("done")
def done(
    item: Annotated[str, typer.Argument(help="The item, as `hallpass golive list` names it.")],
    reference: Annotated[str, typer.Option(help="Where it can be read: a date, a minute, a version.")],
    by: By = "",
) -> None:
    """Record that an item of the checklist is done."""
    with at_desk() as desk:
        step = desk.registry.go_live_done(item, desk.decider(by), desk.now, reference)
        desk.console.print(f"{step.item} is done: {step.reference}.")


@app.command("correct")
def correct(
    item: Annotated[str, typer.Argument(help="The item, as `hallpass golive list` names it.")],
    reference: Annotated[str, typer.Option(help="Where it can really be read.")],
    why: Annotated[str, typer.Option("--why", help="What was wrong with the reference so far.")],
    by: By = "",
) -> None:
    """Correct where an item that is done can be read."""
    with at_desk() as desk:
        shown = next((each.reference or "" for each in desk.registry.go_live() if each.item == item), "")
        step = desk.registry.correct_go_live(item, shown, desk.decider(by), desk.now, reference, why)
        desk.console.print(f"{step.item} can be read at: {step.reference}.")
