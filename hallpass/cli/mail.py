"""`hallpass mail`: who gets which mail, and what became of each."""

from __future__ import annotations

from typing import Annotated

import typer

from hallpass.cli.desk import By, Why, at_desk, listing

app = typer.Typer(help="Mail: the lists, the week's report, and the outbox.", no_args_is_help=True)
SHOWN = 50


@app.command("add")
def add(
    to: Annotated[str, typer.Argument(help="communications, superintendent, school or it.", metavar="LIST")],
    address: Annotated[str, typer.Argument(help="name@example.org")],
    school: Annotated[str, typer.Option(help="For the list school: its title or sourcedId on the roster.")] = "",
    by: By = "",
) -> None:
    """Put an address on a list.

    communications gets the week, superintendent the week on one page, school the part of its school where there is
    news, and it word at once of what is cut off.
    """
    with at_desk() as desk:
        added = desk.registry.recipients.add(to, address, desk.decider(by), desk.now, school)
        of = f" for {added.school_title}" if added.school else ""
        desk.console.print(f"{added.recipient_id}: {added.address} is on the list {added.list}{of}.")


@app.command("list")
def list_recipients() -> None:
    """Show the lists."""
    with at_desk() as desk:
        table = listing("Id", "List", "Address", "School", whole=("Id", "List"))
        for each in desk.registry.recipients.all():
            table.add_row(each.recipient_id, each.list, each.address, each.school_title)
        desk.show(table, "Nobody gets mail. `hallpass mail add --help` says how to add somebody.")


@app.command("remove")
def remove(
    recipient: Annotated[str, typer.Argument(help="The id that `hallpass mail list` shows.")],
    why: Why = "",
    by: By = "",
) -> None:
    """Take an address off its list."""
    with at_desk() as desk:
        gone = desk.registry.recipients.remove(recipient, desk.decider(by), desk.now, why)
        desk.console.print(f"{gone.address} is no longer on the list {gone.list}.")


@app.command("send")
def send(
    week: Annotated[
        str | None, typer.Option(help="Make this week's report and mail it, unless it was; 2026-W42.")
    ] = None,
) -> None:
    """Hand over the mails that are due; with --week that week's report too. Nobody gets one twice."""
    from hallpass.pipeline import mail, report, request_mail
    from hallpass.settings import Settings

    settings = Settings.load()
    if week:
        mail.queue_report(settings, report.weekly(settings, week).report)
    posted = request_mail.tell(settings)
    typer.echo(f"{posted.sent} sent, {posted.refused} refused, {posted.waiting} to be tried again.")


@app.command("outbox")
def outbox(all_of_it: Annotated[bool, typer.Option("--all", help="Not only the newest 50.")] = False) -> None:
    """Show each mail: when it is due, how often it was tried, and why it was not taken."""
    with at_desk() as desk:
        mails = desk.registry.mailing.all()
        table = listing("Message-ID", "To", "Subject", "Due", "State", "Tries", "Why", whole=("Due", "State"))
        for each in mails if all_of_it else mails[:SHOWN]:
            due = f"{each.due_at.astimezone(desk.settings.timezone):%Y-%m-%d %H:%M}"
            table.add_row(each.message_id, each.address, each.subject, due, each.state, str(each.tries), each.error)
        desk.show(table, "No mail was written yet. The weekly report writes them for the lists.")


@app.command("again")
def again(message_id: Annotated[str, typer.Argument(help="The Message-ID that the outbox shows.")]) -> None:
    """Try a mail that was refused once more."""
    with at_desk() as desk:
        mail = desk.registry.mailing.again(message_id, desk.now)
        desk.console.print(f"The mail to {mail.address} is sent with the next `hallpass mail send`.")
