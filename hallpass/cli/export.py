"""`hallpass export`: what an account published, as a bag with its proofs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hallpass.cli.desk import By, Why, at_desk


def export(
    target: Annotated[Path, typer.Argument(help="The folder to be made.")],
    account: Annotated[str, typer.Option(help="The account's handle or id; all if left out.")] = "",
    starts: Annotated[str, typer.Option("--from", help="First day of creation.")] = "",
    ends: Annotated[str, typer.Option("--to", help="Last day of creation.")] = "",
    why: Why = "",
    by: By = "",
) -> None:
    """Write posts, comments, pictures and their proofs as a bag (BagIt) that can be checked offline. Unredacted."""
    from hallpass.pipeline.export import export_bag
    from warehouse.export import Wanted

    with at_desk() as desk:
        account_id = desk.registry.account(account).account_id if account else None
        wanted = Wanted(account_id, desk.moment(starts), desk.moment(ends, whole_day=True))
        done = export_bag(desk.settings, wanted, target, desk.decider(by), why)
        desk.console.print(
            f"{target}: {done.posts} versions of posts and {done.comments} of comments, {done.media} pictures, "
            f"{done.proofs} landed lines with their proofs. Nothing in it is redacted."
        )
        if done.missing:
            desk.console.print(f"{done.missing} pictures are not there: media.csv says why.")
