"""`hallpass organisation`: outside accounts that count as part of the educational community."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hallpass.cli.desk import By, DryRun, at_desk, listing

app = typer.Typer(help="Organisations that the superintendent accepts: PTO, city, state.", no_args_is_help=True)


@app.command("add")
def add(
    platform: Annotated[str, typer.Option(help="x or facebook.")],
    title: Annotated[str, typer.Option(help="Which organisation it is.")],
    why: Annotated[str, typer.Option("--why", help="Why it belongs to the educational community.")],
    handle: Annotated[str, typer.Option(help="Its handle; this or the platform id is needed.")] = "",
    platform_id: Annotated[str, typer.Option(help="The number that the platform knows it by.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who accepts it. Your own login if left out.")] = "",
) -> None:
    """Accept an organisation: following it is no longer shown for review."""
    with at_desk() as desk:
        added = desk.registry.add_organisation(
            platform, title, desk.decider(by), desk.now, why, handle=handle, platform_id=platform_id
        )
        desk.console.print(f"{added.organisation_id}: {added.title} is accepted.")


@app.command("take-back")
def take_back(
    organisation: Annotated[str, typer.Argument(help="Its id, as `hallpass organisation list` shows it.")],
    why: Annotated[str, typer.Option("--why", help="Why it belongs to the community no longer.")],
    by: Annotated[str, typer.Option("--by", help="Who takes it back. Your own login if left out.")] = "",
) -> None:
    """Accept an organisation no longer: following it is shown for review again."""
    with at_desk() as desk:
        taken = desk.registry.take_back_organisation(organisation, desk.decider(by), desk.now, why)
        desk.console.print(f"{taken.organisation_id}: {taken.title} is accepted no longer.")


@app.command("list")
def list_organisations() -> None:
    """Show the accepted organisations."""
    with at_desk() as desk:
        table = listing(
            "Id", "Platform", "Handle", "Title", "Accepted", "By", "Why", whole=("Id", "Platform", "Accepted")
        )
        for item in desk.registry.organisations():
            table.add_row(
                item.organisation_id,
                item.platform,
                f"@{item.handle}" if item.handle else item.platform_id,
                item.title,
                desk.date(item.accepted_at),
                item.accepted_by,
                item.why,
            )
        desk.show(table, "No organisation is accepted. `hallpass organisation add --help` says how to add one.")


@app.command("import")
def import_organisations(
    file: Annotated[Path, typer.Argument(help="A CSV file with the columns below.")],
    dry_run: DryRun = False,
    by: By = "",
) -> None:
    """Accept the organisations of a spreadsheet: all of them, or none if a row is wrong.

    Columns: platform, platform_id, handle, title, accepted_by, why.
    """
    with at_desk() as desk:
        desk.show_import(desk.registry.import_organisations(file, desk.decider(by), desk.now, dry_run))
