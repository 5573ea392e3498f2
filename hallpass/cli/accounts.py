"""`hallpass account`: which accounts are collected, who answers for them, and their consent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hallpass.cli.desk import By, Desk, DryRun, Why, at_desk, listing

app = typer.Typer(help="The register of the district's educational accounts.", no_args_is_help=True)

Named = Annotated[str, typer.Argument(help="The account's handle, or its id such as x:1845.")]


@app.command("add")
def add(
    platform: Annotated[str, typer.Option(help="x or facebook.")],
    platform_id: Annotated[str, typer.Option(help="The number that the platform knows the account by.")],
    handle: Annotated[str, typer.Option(help="The name as the platform shows it, with or without @.")],
    owner: Annotated[str, typer.Option(help="Who answers for it: the roster's sourcedId of a member of staff.")],
    school: Annotated[str, typer.Option(help="The roster's sourcedId of the school, or of the district.")],
    purpose: Annotated[str, typer.Option(help="What the account is for.")],
    credential: Annotated[
        str, typer.Option(help="Name of the Airflow connection that holds its access; the usual one if left out.")
    ] = "",
    by: By = "",
    why: Why = "",
) -> None:
    """Register an account. It is collected once `account verify` has recorded that it is its owner's."""
    from registry import AccountDraft

    with at_desk() as desk:
        draft = AccountDraft(
            platform=platform,
            platform_id=platform_id,
            handle=handle,
            owner_id=owner,
            school=school,
            purpose=purpose,
            credential=credential or _usual_credential(platform, platform_id),
        )
        account = desk.registry.add_account(draft, desk.decider(by), desk.now, why)
        desk.console.print(
            f"{account.account_id} (@{account.handle}) is registered, and collected once it is verified:"
        )
        desk.console.print(f"hallpass account verify {account.account_id} --method letter")


@app.command("list")
def list_accounts(
    every: Annotated[bool, typer.Option("--all", help="Deactivated accounts too.")] = False,
) -> None:
    """Show the registered accounts and whether each may be collected."""
    with at_desk() as desk:
        whole = ("Account", "Consent's\nlast day")
        table = listing("Account", "School", "Owner", "Consent's\nlast day", "Collected", whole=whole)
        for item in desk.registry.registered(include_inactive=every):
            account = item.account
            collected = "yes" if account.consent_in_force(desk.now) else "no: verify it"
            table.add_row(
                f"@{account.handle}\n{account.account_id}",
                item.school_title,
                item.owner_name,
                desk.last_day(account.consent_expires_at),
                collected if item.state == "active" else "no: deactivated",
            )
        desk.show(table, "No account is registered. `hallpass account add --help` says how.")
        _show_proposals(desk)


@app.command("verify")
def verify(
    account: Named,
    method: Annotated[str, typer.Option(help="How ownership was proven: code-in-bio, oauth or letter.")],
    until: Annotated[str, typer.Option(help="Last day of the consent, such as 2027-08-31; a year if left out.")] = "",
    by: By = "",
    why: Why = "",
) -> None:
    """Record that an account is its owner's and may be collected; to be repeated each year."""
    with at_desk() as desk:
        ends = desk.moment(until, whole_day=True)
        done = desk.registry.verify_account(account, method, desk.decider(by), desk.now, why, ends)
        desk.console.print(
            f"{done.account_id} is collected up to and including {desk.last_day(done.consent_expires_at)}."
        )


@app.command("deactivate")
def deactivate(
    account: Named,
    why: Annotated[str, typer.Option("--why", help="The reason, kept with the decision.")],
    by: By = "",
) -> None:
    """Stop collecting an account. What was archived stays."""
    with at_desk() as desk:
        done = desk.registry.deactivate_account(account, desk.decider(by), desk.now, why)
        desk.console.print(f"{done.account_id} is no longer collected; its archive stays.")


@app.command("import")
def import_accounts(
    file: Annotated[Path, typer.Argument(help="A CSV file with the columns below.")],
    dry_run: DryRun = False,
    by: By = "",
) -> None:
    """Register the accounts of a spreadsheet: all of them, or none if a row is wrong.

    Columns: platform, platform_id, handle, owner, school, purpose, credential, registered_at,
    consent_verified_at, consent_expires_at. Owner and school are the roster's sourcedIds.
    """
    with at_desk() as desk:
        who, zone = desk.decider(by), desk.settings.timezone
        desk.show_import(desk.registry.import_accounts(file, who, desk.now, dry_run, zone))


def _usual_credential(platform: str, platform_id: str) -> str:
    """One connection for all of X, one for each Page."""
    return "hallpass_x" if platform.lower() in ("x", "twitter") else f"hallpass_facebook_{platform_id}"


def _show_proposals(desk: Desk) -> None:
    for proposal in desk.registry.deactivation_proposals():
        desk.console.print(
            f"The owner of @{proposal.handle} left the roster on {desk.date(proposal.left_at)}: "
            f"hallpass account deactivate {proposal.account_id} --why ..."
        )
