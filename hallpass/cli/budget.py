"""`hallpass budget`: what a platform may cost in a month."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from hallpass.cli.desk import By, Why, at_desk
from hallpass.settings import Settings
from records.model import Platform

app = typer.Typer(help="What X may cost in a month.", no_args_is_help=True)


@app.command("show")
def show() -> None:
    """Show what X has cost this month, of what it may, and who set the limit."""
    from hallpass.pipeline.office import opened

    settings = Settings.load()
    with opened(settings) as office:
        spent, limit = office.spending(), office.registry.budgets.limit(Platform.X)
        told = f"X has cost ${spent.spent_usd:,.2f} of the ${spent.cap_usd:,.2f} that it may in {spent.month}."
        day = f"{limit.set_at.astimezone(settings.timezone):%Y-%m-%d}" if limit else ""
        by = f"{limit.set_by}, {day}: {limit.why}" if limit else "HALLPASS_X_BUDGET_USD"
        Console(highlight=False, markup=False).print(f"{told}\nThe limit was set by {by}.", soft_wrap=True)


@app.command("set")
def set_limit(
    platform: Annotated[Platform, typer.Argument(help="The platform; only X costs anything.")],
    usd: Annotated[str, typer.Argument(help="The most that a calendar month (UTC) may cost, in US dollars.")],
    why: Why = "",
    by: By = "",
) -> None:
    """Set the limit: it holds from the next collection on, in place of HALLPASS_X_BUDGET_USD."""
    with at_desk() as desk:
        seen = desk.registry.budgets.limit(platform)
        version = seen.version if seen else 0
        limit = desk.registry.budgets.set_limit(platform, usd, version, desk.decider(by), desk.now, why)
        desk.console.print(f"{platform} may cost ${limit.usd:,.2f} a month.")
