"""`hallpass detector`: how well the detector does on a district's own marks and pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from hallpass.cli.desk import at_desk, listing

app = typer.Typer(help="The detector of the district's marks.", no_args_is_help=True)

Folder = Annotated[
    Path,
    typer.Argument(
        help="Holds marks/ (PNG or SVG), lookalikes/ if there are any, with/<mark>/ (pictures that show the mark) and"
        " without/ (pictures that show none)."
    ),
]


@app.callback()
def detector() -> None:
    """The detector of the district's marks."""


@app.command("evaluate")
def evaluate(folder: Folder) -> None:
    """Print recall, false positives and precision on the pictures of a folder, with 95% intervals."""
    from detectors import evaluate as evaluating

    console = Console(highlight=False)
    with console.status("Looking at the pictures"):
        report = evaluating.evaluate(folder)
    typer.echo(str(report))


@app.command("precision")
def precision() -> None:
    """Print how often people agreed with what each rule observed, with 95% intervals."""
    with at_desk() as desk:
        table = listing("Rule", "Confirmed", "Its error", "Precision", "95% interval", whole=("Rule",))
        for rule, judged in desk.registry.reviews.precision().items():
            share, (low, high) = judged.share, judged.interval
            told = "–" if share is None else f"{share:.1%}"
            table.add_row(rule, str(judged.right), str(judged.wrong), told, f"{low:.1%} to {high:.1%}")
        desk.show(table, "Nobody has confirmed or dismissed an observation yet.")
