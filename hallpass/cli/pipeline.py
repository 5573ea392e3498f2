"""`hallpass collect`, `detect`, `report weekly`, `status`, `doctor`: the pipeline without Airflow."""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hallpass.settings import Settings
from records.errors import BadInput, HallpassError

report = typer.Typer(help="Reports.", no_args_is_help=True)


def collect() -> None:
    """Ask the platforms about every registered account, archive what they answer, and publish it."""
    from hallpass.pipeline import archive
    from hallpass.pipeline import collect as collecting

    settings, console = Settings.load(), Console(highlight=False)
    table = Table("Account", "Outcome", "Exchanges", "Why")
    for batch in collecting.plan(settings):
        for done in collecting.collect(settings, batch):
            table.add_row(done.handle, done.outcome, str(done.envelopes), done.error or "")
    loaded = archive.archive(settings)
    console.print(table)
    console.print(f"{loaded.records} records loaded from {loaded.batches} new batches.")


def detect() -> None:
    """Look at what is new in the archive: district marks in pictures, and whom registered accounts follow."""
    from hallpass.pipeline import archive
    from hallpass.pipeline import detect as detecting

    settings, console = Settings.load(), Console(highlight=False)
    looked = sum(detecting.look_at_images(settings, batch) for batch in detecting.plan_images(settings))
    detecting.look_at_relationships(settings)
    archive.archive(settings)
    detecting.judge(settings)
    archive.archive(settings)
    console.print(f"{looked} new pictures looked at. `hallpass report weekly` shows what was observed.")


@report.command("weekly")
def weekly(
    week: Annotated[
        str | None, typer.Option(help="ISO week such as 2026-W42; the last complete one by default.")
    ] = None,
    school: Annotated[str, typer.Option(help="Write the part of this school too, and show that.")] = "",
    one_page: Annotated[bool, typer.Option("--one-page", help="Show the superintendent's page.")] = False,
    open_it: Annotated[bool, typer.Option("--open", help="Open the HTML page in the browser.")] = False,
) -> None:
    """Write the week's report as HTML, PDF, JSON and CSV, with the superintendent's page and schools' parts."""
    from hallpass.cli.summary import show
    from hallpass.pipeline import report as reporting

    settings = Settings.load()
    written = reporting.weekly(settings, week)
    html, pdf = written.html, written.pdf
    if school:
        part = reporting.school_part(written, school)
        html, pdf = part.html, part.pdf
    elif one_page:
        html, pdf = (written.folder / f"one-page.{ending}" for ending in ("html", "pdf"))
    show(Console(highlight=False), written.report, html, pdf)
    if open_it:
        webbrowser.open(html.as_uri())


@report.command("list")
def list_reports() -> None:
    """Show which reports were made, from the evidence: what each could know, and the digest of what it said."""
    from hallpass.cli.desk import listing
    from hallpass.pipeline import made
    from hallpass.pipeline.office import opened

    settings, console = Settings.load(), Console(highlight=False)
    with opened(settings) as office:
        reports = made.every(office)
    table = listing("Week", "Made", "Ledger", "SHA-256 of its JSON", whole=("Week", "Made"))
    for each in reports:
        at = f"{each.made_at.astimezone(settings.timezone):%Y-%m-%d %H:%M}"
        table.add_row(each.week, at, f"{each.ledger_size} batches", each.model_sha256)
    console.print(table if reports else "No report was made yet. `hallpass report weekly` makes one.")


def status() -> None:
    """What is captured, archived and observed in the current week, from the published copy."""
    from hallpass.cli.summary import show
    from hallpass.pipeline import report as reporting
    from reports.week import Week

    settings = Settings.load()
    show(Console(highlight=False), reporting.model(settings, Week.holding(settings.now(), settings.timezone).name))


def doctor() -> None:
    """Check the installation: settings, folder, registry, secrets, published copy; say what to do about each."""
    from hallpass.doctor import checks

    console, bad = Console(highlight=False), 0
    for name, check in checks():
        try:
            console.print(f"[green]ok[/]    {name}: {check()}")
        except HallpassError as error:
            bad += 1
            console.print(f"[red]wrong[/] {name}: {error}")
    if bad:
        raise BadInput(
            f"{bad} of the checks above went wrong", "Do what each line says, then run `hallpass doctor` again"
        )
