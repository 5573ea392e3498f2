"""`hallpass roster`: who belongs to the district."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hallpass.cli.desk import By, DryRun, at_desk, listing

app = typer.Typer(help="The district's people, from the student information system.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """The district's people, from the student information system."""


@app.command("import")
def import_roster(
    file: Annotated[Path, typer.Argument(help="The OneRoster 1.1 or 1.2 zip that your student system exports.")],
    dry_run: DryRun = False,
    by: By = "",
) -> None:
    """Bring the roster up to date: all of it, or nothing if something in it is wrong.

    Kept of students and guardians: that they belong, and the handles that the roster states. No names.
    """
    with at_desk() as desk:
        report = desk.registry.import_roster(file, desk.decider(by), desk.now, dry_run)
        would = (
            "Nothing was changed; this would be the outcome:" if dry_run else f"OneRoster {report.version} imported."
        )
        desk.console.print(would)
        table = listing("People", "Count")
        for kind, count in report.people.items():
            table.add_row(kind, str(count))
        desk.console.print(table)
        desk.console.print(
            f"{report.added} added, {report.updated} updated, {report.removed} removed, {report.unchanged} unchanged; "
            f"{report.identities} handles known."
        )
        for proposal in report.proposals:
            desk.console.print(
                f"The owner of @{proposal.handle} has left: hallpass account deactivate {proposal.account_id} --why ..."
            )
