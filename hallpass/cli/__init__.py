"""The `hallpass` command. Errors are one line on the standard error, with an exit code by type."""

from __future__ import annotations

import logging
import sys

import structlog
import typer

from hallpass.cli import (
    accounts,
    budget,
    closures,
    console,
    detector,
    evidence,
    export,
    golive,
    grants,
    mail,
    marks,
    organisations,
    pipeline,
    procedures,
    retention,
    roster,
    sandbox,
    users,
)
from records.errors import HallpassError

app = typer.Typer(
    help="Keeps a school district's registered educational accounts as a public record.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(sandbox.demo)
app.command()(sandbox.up)
app.command()(console.console)
app.command()(pipeline.collect)
app.command()(pipeline.detect)
app.command()(pipeline.status)
app.command()(pipeline.doctor)
app.command()(evidence.search)
app.command()(evidence.verify)
app.command()(evidence.backup)
app.command()(evidence.restore)
app.command()(export.export)
app.add_typer(evidence.ledger, name="ledger")
app.add_typer(evidence.warehouse, name="warehouse")
app.add_typer(pipeline.report, name="report")
app.add_typer(detector.app, name="detector")
app.add_typer(accounts.app, name="account")
app.add_typer(roster.app, name="roster")
app.add_typer(marks.app, name="mark")
app.add_typer(marks.photographs, name="photograph")
app.add_typer(marks.lookalikes, name="lookalike")
app.add_typer(grants.app, name="grant")
app.add_typer(organisations.app, name="organisation")
app.add_typer(budget.app, name="budget")
app.add_typer(golive.app, name="golive")
app.add_typer(procedures.app, name="procedures")
app.add_typer(closures.app, name="closure")
app.add_typer(mail.app, name="mail")
app.add_typer(retention.app, name="retention")
app.add_typer(retention.hold, name="hold")
app.add_typer(users.app, name="user")


def main() -> None:
    """Run the command line; a mistake ends with one line that says what to do, never with a traceback."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        app()
    except HallpassError as error:
        typer.echo(f"hallpass: {error}", err=True)
        sys.exit(error.exit_code)
