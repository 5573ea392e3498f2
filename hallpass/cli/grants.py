"""`hallpass grant`: permissions to use a mark."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hallpass.cli.desk import By, Desk, DryRun, Why, at_desk, listing
from records.errors import BadInput

if TYPE_CHECKING:
    from registry import Grant

app = typer.Typer(help="The superintendent's permissions to use a mark.", no_args_is_help=True)


@app.command("add")
def add(
    asset: Annotated[str, typer.Option(help="The mark, as `hallpass mark list` names it.")],
    account: Annotated[str, typer.Option(help="The account's handle or id, or all.")],
    purpose: Annotated[str, typer.Option(help="What it may be used for.")],
    starts: Annotated[str, typer.Option("--from", help="First day, such as 2026-09-01.")],
    decided_by: Annotated[str, typer.Option(help="Who decided: the superintendent.")],
    ends: Annotated[str, typer.Option("--to", help="Last day; until revoked if left out.")] = "",
    by: By = "",
    why: Why = "",
) -> None:
    """Permit the use of a mark for a time."""
    with at_desk() as desk:
        begins = desk.moment(starts)
        if begins is None:
            raise BadInput("The permission has no first day", "Give it with --from, for example --from 2026-09-01")
        grant = desk.registry.add_grant(
            asset,
            None if account.lower() == "all" else account,
            purpose,
            begins,
            desk.moment(ends, whole_day=True),
            decided_by,
            desk.now,
            why,
            by=desk.decider(by),
        )
        desk.console.print(f"{grant.grant_id}: {_who(desk, grant)} may use {grant.asset}.")


@app.command("list")
def list_grants() -> None:
    """Show all permissions, ended and revoked ones too."""
    with at_desk() as desk:
        whole = ("Id", "First and\nlast day")
        table = listing("Id", "Mark", "Account", "Purpose", "First and\nlast day", "Decided by", whole=whole)
        for grant in desk.registry.grants():
            table.add_row(
                grant.grant_id,
                grant.asset,
                _who(desk, grant),
                grant.purpose,
                _days(desk, grant),
                grant.decided_by,
            )
        desk.show(table, "No permission is on record. `hallpass grant add --help` says how to add one.")


@app.command("revoke")
def revoke(
    grant_id: Annotated[str, typer.Argument(help="The permission, such as G3.")],
    why: Annotated[str, typer.Option("--why", help="The reason, kept with the decision.")],
    by: By = "",
) -> None:
    """End a permission from now on. What was posted before stays permitted."""
    with at_desk() as desk:
        grant = desk.registry.revoke_grant(grant_id, desk.decider(by), desk.now, why)
        desk.console.print(f"{grant.grant_id} is revoked.")


@app.command("import")
def import_grants(
    file: Annotated[Path, typer.Argument(help="A CSV file with the columns below.")],
    dry_run: DryRun = False,
    by: By = "",
) -> None:
    """Record the permissions of a spreadsheet: all of them, or none if a row is wrong.

    Columns: asset, account, platform, purpose, starts, ends, decided_by, why. The account is a handle, or all.
    """
    with at_desk() as desk:
        who, zone = desk.decider(by), desk.settings.timezone
        desk.show_import(desk.registry.import_grants(file, who, desk.now, dry_run, zone))


def _who(desk: Desk, grant: Grant) -> str:
    """Whom the permission is for, as a person calls them."""
    if grant.account_id is None:
        return "all accounts"
    account = desk.registry.account(grant.account_id)
    return f"@{account.handle} ({account.platform})"


def _days(desk: Desk, grant: Grant) -> str:
    """The first and the last day as they were given, and the day of a revocation, one below the other."""
    revoked = ("revoked", desk.date(grant.revoked_at)) if grant.revoked_at else ()
    return "\n".join((desk.date(grant.starts), desk.last_day(grant.ends), *revoked))
