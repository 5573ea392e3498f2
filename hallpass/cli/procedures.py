"""`hallpass procedures`: the administrative procedures that staff read and acknowledge."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hallpass.cli.desk import By, at_desk, listing
from records.errors import BadInput

app = typer.Typer(help="The procedures for educational accounts, and who has read them.", no_args_is_help=True)


@app.command("publish")
def publish(
    version: Annotated[str, typer.Argument(help="What this version is called, such as 2026-27.")],
    file: Annotated[Path, typer.Argument(help="Its text: plain, in UTF-8.")],
    title: Annotated[str, typer.Option(help="The heading above the text.")],
    by: By = "",
) -> None:
    """Put a new version in force. Everybody who answers for an account is asked to read it."""
    text = _text(file)
    with at_desk() as desk:
        published = desk.registry.procedures.publish(version, title, text, desk.decider(by), desk.now)
        left = len(desk.registry.procedures.missing(published.version))
        desk.console.print(f"{published.title}, version {published.version}, is in force. To read it: {left}.")


@app.command("missing")
def missing(
    version: Annotated[str, typer.Argument(help="The version; the one in force if left out.")] = "",
) -> None:
    """Show who has not yet acknowledged the procedures."""
    with at_desk() as desk:
        published = [each.version for each in desk.registry.procedures.all()]
        if not published:
            raise BadInput("No procedures are published", "Publish them with `hallpass procedures publish`")
        asked = version or published[0]
        if asked not in published:
            raise BadInput(f"There is no version {asked}", f"Choose one of: {', '.join(published)}")
        table = listing("Id", "Name", whole=("Id",))
        for person in desk.registry.procedures.missing(asked):
            table.add_row(person.person_id, person.name)
        desk.show(table, f"Everybody who answers for an account has acknowledged version {asked}.")


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read as text", "Give a plain text file in UTF-8") from error
