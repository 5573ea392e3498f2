"""Mail: the week's report to its lists, and the way of all mail through the outbox.

A mail is written down before it is sent and marked after: a crash in between sends it once more, under the same
Message-ID. What a server does not take for now waits in the outbox for the next run, of this DAG or of another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from smtplib import SMTP

import structlog

from hallpass.pipeline.office import Office, opened
from hallpass.pipeline.report import folder_of
from hallpass.settings import Settings
from hallpass.smtp import MailServer, connected, hand_over, mail_server
from records.errors import BadInput, Terminal, TokenDead, Transient
from registry.closures import first_open_day
from registry.mailing import MailState, NewMail, Outgoing
from registry.recipients import MailList, Recipient
from reports import mail
from reports.mail import Letter
from reports.model import WeeklyReport
from reports.parts import schools
from reports.week import Week
from warehouse.database import alone

log = structlog.get_logger(__name__)
MORNING = time(7)


@dataclass(frozen=True, slots=True)
class Posted:
    """What one delivery did: mails that were taken, refused for good, and those that wait for another try."""

    sent: int
    refused: int
    waiting: int


def queue_report(settings: Settings, report: WeeklyReport) -> int:
    """Write down the mails about ``report`` for its lists, due on the first open morning after its week; how many.

    Nothing where a later report of a week says nothing new, and nothing twice. Where the first one's mails were
    never written down (a crash came first), the later one is sent in its place.

    Raises
    ------
    BadInput : somebody is on a list, and no link or no sender can be written.
    """
    with opened(settings) as office:
        to = [each for each in office.registry.recipients.all() if each.list is not MailList.IT]
        if f"week {report.week.name}" not in {each.about for each in office.registry.mailing.all()}:
            report = replace(report, since=None)
        if not to or not mail.worth_sending(report):
            return 0
        sender, now = mail_server().sender, settings.now()
        due = due_at(report.week, office.registry.closures.days())
        console = _console(settings)
        letters = ((each, _letter(each, report, console)) for each in to)
        return office.registry.mailing.queue(
            (new_mail(letter, sender, each.address, now, due) for each, letter in letters if letter), now
        )


def deliver(settings: Settings) -> Posted:
    """Hand over what is due; what is not taken for now waits for the next call.

    Raises
    ------
    Busy : another process is sending.
    Transient : the server cannot be used; the mails wait.
    TokenDead, BadInput : the connection to the server is missing or wrong; the mails wait.
    """
    with opened(settings) as office, alone(settings.folder / "mail.lock", "sending mail"):
        now, mailing = settings.now(), office.registry.mailing
        due = mailing.due(now)
        if not due:
            return Posted(0, 0, 0)
        try:
            server = mail_server()
            with connected(server) as client:
                states = Counter(_hand_over(office, client, server, each) for each in due)
        except (Transient, TokenDead, BadInput) as error:
            for each in mailing.due(now):
                mailing.postponed(each.message_id, now, str(error))
            raise
    posted = Posted(states[MailState.SENT], states[MailState.REFUSED], states[MailState.WAITING])
    log.info("posted", sent=posted.sent, refused=posted.refused, waiting=posted.waiting)
    return posted


def due_at(week: Week, closed: Container[date]) -> datetime:
    """When the report of ``week`` is sent: at seven by the district's clocks, on the first open day after it."""
    day = first_open_day(week.monday + timedelta(days=7), closed)
    return datetime.combine(day, MORNING, week.zone)


def _hand_over(office: Office, client: SMTP, server: MailServer, each: Outgoing) -> MailState:
    """What became of one mail, noted as soon as the server has answered."""
    mailing, now = office.registry.mailing, office.settings.now()
    try:
        hand_over(client, server, each.address, mailing.content(each.message_id))
    except Terminal as error:
        mailing.refused(each.message_id, now, error.what)
        return MailState.REFUSED
    except Transient as error:
        mailing.postponed(each.message_id, now, error.what)
        return MailState.WAITING
    mailing.sent(each.message_id, now)
    return MailState.SENT


def _letter(to: Recipient, report: WeeklyReport, console: str) -> Letter | None:
    """What ``to`` gets; the links lead to the console, which asks who is there before it shows anything."""
    if to.list is MailList.SCHOOL:
        return mail.school(report, to.school_title, console) if to.school_title in schools(report) else None
    place = f"{console}/communications/reports/{folder_of(report)}"
    if to.list is MailList.SUPERINTENDENT:
        return mail.one_page(report, f"{place}/one-page.html")
    return mail.weekly(report, f"{place}/weekly.html")


def new_mail(letter: Letter, sender: str, address: str, now: datetime, due: datetime) -> NewMail:
    """``letter`` to one address, as the outbox keeps it."""
    content = mail.message(letter, sender, address, now).as_bytes()
    return NewMail(mail.message_id(letter, sender, address), letter.about, address, letter.subject, content, due)


def _console(settings: Settings) -> str:
    if not settings.console_url:
        raise BadInput(
            "A mail cannot link to the report: nobody said where the console is reached",
            "Set HALLPASS_CONSOLE_URL, for example to https://hallpass.example.org",
        )
    return settings.console_url
