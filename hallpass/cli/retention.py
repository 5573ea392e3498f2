"""`hallpass retention` and `hallpass hold`: how long things are kept, what must not go, and lawful disposition."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hallpass.cli.desk import By, Why, at_desk, listing
from records.errors import BadInput
from records.retention import RetentionRule, Series, Trigger

if TYPE_CHECKING:
    from records.retention import LegalHold
    from warehouse.retention import Plan

app = typer.Typer(help="How long things are kept, and lawful disposition.", no_args_is_help=True)
hold = typer.Typer(help="Legal holds: what nobody may dispose of.", no_args_is_help=True)

_PERIOD = re.compile(r"(\d{1,4})([my])")
_NOT_COVERED = (
    "Not covered: backups made before now, reports already written, and what people wrote in reviews and requests."
)

Id = Annotated[str, typer.Argument(help="The disposition, such as D3.")]


@app.command("rules")
def rules() -> None:
    """Show the retention table. What no rule names is kept for good."""
    with at_desk() as desk:
        table = listing("Series", "Months", "Counted from", "Citation", "Approved by", whole=("Series", "Months"))
        for rule in desk.registry.retention.rules():
            table.add_row(rule.series, str(rule.months), rule.trigger, rule.citation, rule.approved_by)
        desk.show(table, "No retention rule is set: everything is kept.")


@app.command("set")
def set_rule(
    series: Annotated[Series, typer.Argument(help="What is kept so long.")],
    keep: Annotated[str, typer.Option(help="How long, in years or months: 7y, 18m.")],
    citation: Annotated[str, typer.Option(help="The schedule and item that it comes from.")],
    approved_by: Annotated[str, typer.Option(help="Who approved it for the district.")],
    trigger: Annotated[Trigger, typer.Option(help="What the period is counted from.")] = Trigger.CREATED,
    by: By = "",
) -> None:
    """Set how long a series is kept, from the district's own schedule. Nothing goes by this alone."""
    with at_desk() as desk:
        rule = RetentionRule(series, _months(keep), trigger, citation, approved_by)
        desk.registry.retention.set_rule(rule, desk.decider(by), desk.now)
        desk.console.print(f"{series} are kept {keep} after they were {trigger}.")


@app.command("end")
def end_rule(
    series: Annotated[Series, typer.Argument(help="The series.")],
    why: Why = "",
    by: By = "",
) -> None:
    """Take a retention rule out of force: from now on the series is kept for good."""
    with at_desk() as desk:
        desk.registry.retention.end_rule(series, desk.decider(by), desk.now, why)
        desk.console.print(f"{series} are kept for good.")


@app.command("propose")
def propose(why: Why = "", by: By = "") -> None:
    """Propose to dispose of everything that may go by the rules and holds now. Nothing goes by this alone."""
    from hallpass.pipeline import retention

    with at_desk() as desk:
        proposed, plan = retention.propose(desk.settings, desk.decider(by), why)
        desk.console.print(f"{proposed.disposition_id}: {_extent(plan)}.")
        for reason, lines in plan.kept.items():
            desk.console.print(f"  {lines} lines stay: {reason}.")
        todo = f"`hallpass retention permit {proposed.disposition_id}`"
        desk.console.print(f"Ask the Supervisor of Records for permission, then {todo}.")


@app.command("list")
def list_dispositions() -> None:
    """Show every disposition and how far it has come."""
    with at_desk() as desk:
        table = listing("Id", "State", "Proposed", "Permission", "Approved", "Done", whole=("Id", "State"))
        for one in desk.registry.dispositions.all():
            table.add_row(
                one.disposition_id,
                one.state,
                f"{desk.date(one.proposed_at)} {one.proposed_by}",
                one.permission or "–",
                f"{desk.date(one.approved_at)} {one.approved_by}" if one.approved_by else "–",
                desk.date(one.done_at),
            )
        desk.show(table, "Nothing was ever proposed for disposition.")


@app.command("show")
def show(disposition: Id) -> None:
    """Show what a disposition would drop, line by line, for the application to the state."""
    from warehouse.retention import planned

    with at_desk() as desk:
        one = desk.registry.dispositions.get(disposition)
        plan = planned(desk.registry.dispositions.plan(disposition))
        desk.console.print(f"{one.disposition_id} ({one.state}): {_extent(plan)}. Plan SHA-256 {one.plan_sha256}.")
        for line in plan.lines:
            desk.console.print(f"batch {line.batch_id} line {line.line} commitment {line.commitment}", soft_wrap=True)
        for sha256 in plan.media:
            desk.console.print(f"picture {sha256}", soft_wrap=True)


@app.command("permit")
def permit(
    disposition: Id,
    number: Annotated[str, typer.Option(help="The number that the state gave the permission.")],
    file: Annotated[Path, typer.Option(help="The permission itself; it is kept as evidence.")],
    by: By = "",
) -> None:
    """Keep the state's permission for a disposition. It is still to be approved, by somebody else than proposed it."""
    from hallpass.pipeline import retention

    with at_desk() as desk:
        one = retention.permit(desk.settings, disposition, number, file.name, _content(file), desk.decider(by))
        desk.console.print(f"{disposition} is permitted as {number}; {one.permission_name} is {one.permission_sha256}.")


@app.command("approve")
def approve(disposition: Id, by: By = "") -> None:
    """Approve a permitted disposition. Who proposed it cannot."""
    with at_desk() as desk:
        desk.registry.dispositions.approve(disposition, desk.decider(by), desk.now)
        desk.console.print(f"{disposition} is approved: `hallpass retention run {disposition}` carries it out.")


@app.command("withdraw")
def withdraw(disposition: Id, why: Why = "", by: By = "") -> None:
    """Give up a disposition that has not begun."""
    with at_desk() as desk:
        desk.registry.dispositions.withdraw(disposition, desk.decider(by), desk.now, why)
        desk.console.print(f"{disposition} is withdrawn.")


@app.command("run")
def run(disposition: Id, by: By = "") -> None:
    """Carry an approved disposition out: payloads go, their proofs stay. Run again after a crash, it goes on."""
    from hallpass.pipeline import retention

    with at_desk() as desk:
        plan = retention.run(desk.settings, disposition, desk.decider(by))
        desk.console.print(f"{disposition}: {_extent(plan)} are gone; `hallpass verify` says so, and still holds.")
        desk.console.print(_NOT_COVERED)


@hold.command("add")
def add_hold(
    reason: Annotated[str, typer.Option(help="The request, claim or investigation that needs it.")],
    account: Annotated[str, typer.Option(help="An account's handle or id.")] = "",
    record: Annotated[
        str, typer.Option(help="A post or comment, such as x:post:1845; its comments and pictures too.")
    ] = "",
    starts: Annotated[str, typer.Option("--from", help="First day.")] = "",
    ends: Annotated[str, typer.Option("--to", help="Last day.")] = "",
    by: By = "",
) -> None:
    """Hold what fits all that is given, in the past and in the future, until the hold is released."""
    from registry.holds import HoldDraft

    with at_desk() as desk:
        draft = HoldDraft(account or None, record or None, desk.moment(starts), desk.moment(ends, whole_day=True))
        placed = desk.registry.holds.place(draft, desk.decider(by), desk.now, reason)
        desk.console.print(f"{placed.hold_id} stands.")


@hold.command("release")
def release(
    hold_id: Annotated[str, typer.Argument(help="The hold, such as H2.")],
    why: Annotated[str, typer.Option("--why", help="The reason, kept with the decision.")],
    by: By = "",
) -> None:
    """Release a hold. What it held may be proposed for disposition again."""
    with at_desk() as desk:
        desk.registry.holds.release(hold_id, desk.decider(by), desk.now, why)
        desk.console.print(f"{hold_id} is released.")


@hold.command("list")
def list_holds() -> None:
    """Show every hold, released ones too."""
    with at_desk() as desk:
        table = listing("Id", "What", "First and\nlast day", "Reason", "Placed", "Released", whole=("Id",))
        for placed in desk.registry.holds.all():
            held = placed.hold
            table.add_row(
                held.hold_id,
                _what(held),
                f"{desk.date(held.starts)}\n{desk.last_day(held.ends)}",
                held.reason,
                f"{desk.date(placed.placed_at)} {placed.placed_by}",
                f"{desk.date(placed.released_at)} {placed.released_by}" if placed.released_by else "–",
            )
        desk.show(table, "Nothing is held.")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        what = f"{file} cannot be read ({os.strerror(error.errno or 0)})"
        raise BadInput(what, "Give the file of the state's permission") from None


def _what(held: LegalHold) -> str:
    return " and ".join(filter(None, (held.account_id, held.record_id))) or "everything"


def _extent(plan: Plan) -> str:
    records = ", ".join(f"{count} {series}" for series, count in plan.records.items())
    span = f" from {plan.earliest:%Y-%m-%d} to {plan.latest:%Y-%m-%d}" if plan.earliest and plan.latest else ""
    return f"{len(plan.lines)} landed lines ({records}{span}) and {len(plan.media)} pictures"


def _months(text: str) -> int:
    match = _PERIOD.fullmatch(text.strip().lower())
    if match is None:
        raise BadInput(f"'{text}' is no period", "Write years or months, such as 7y or 18m")
    return int(match[1]) * (12 if match[2] == "y" else 1)
