"""`hallpass detector`: how well the detector does on a district's own marks and pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

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
    """Print recall and false positives on the pictures of a folder, with 95% intervals."""
    from detectors import evaluate as evaluating

    console = Console(highlight=False)
    with console.status("Looking at the pictures"):
        report = evaluating.evaluate(folder)
    typer.echo(str(report))
