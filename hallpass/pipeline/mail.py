"""Mail: the week's report to its lists, word at once to IT, and the way of both through the outbox.

A mail is written down before it is sent and marked after: a crash in between sends it once more, under the same
Message-ID. What a server does not take for now waits in the outbox for the next run, of this DAG or of another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from smtplib import SMTP

import structlog

from hallpass.pipeline.office import Office, opened
from hallpass.pipeline.report import folder_of
from hallpass.settings import Settings
from hallpass.smtp import MailServer, connected, hand_over, mail_server
from records.canonical import digest
from records.errors import BadInput, HallpassError, Terminal, TokenDead, Transient
from records.model import Check, Outcome
from registry.closures import first_open_day
from registry.incidents import Trouble
from registry.mailing import MailState, NewMail, Outgoing
from registry.recipients import MailList, Recipient
from reports import mail, queries, words
from reports.mail import Letter
from reports.model import WeeklyReport
from reports.parts import schools
from reports.queries import Published
from reports.week import Week
from warehouse.database import alone

log = structlog.get_logger(__name__)
MORNING = time(7)
SHOWN = 5
ACCOUNT, RUN = "account ", "run "
"""What the subject of an incident begins with; the rest is the account's id or the DAG's."""


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
            (_new(letter, sender, each.address, now, due) for each, letter in letters if letter), now
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


def tell_it(settings: Settings) -> int:
    """Word at once of accounts that were cut off since the last run, or are seen again: one mail for all of them.

    Returns how many mails were written down.
    """
    with opened(settings) as office:
        accounts = {account.account_id: account for account in office.registry.accounts()}
        with office.published() as published:
            checks = queries.latest_checks(Published(published), settings.now()) if published else []
        posts = {row.account_id: row for row in checks if row.check == Check.POSTS}
        began, over = {}, []
        for key, row in posts.items():
            if row.outcome == Outcome.OK or key not in accounts:
                over.append(f"{ACCOUNT}{key}")
            elif row.outcome == Outcome.DISCONNECTED:
                began[f"{ACCOUNT}{key}"] = f"{accounts[key].credential}: {row.error}. {row.todo or ''}".strip()
        return _note(office, began, over)


def run_failed(settings: Settings, run: str, why: str) -> int:
    """Word at once that ``run`` failed, once until it succeeds again; how many mails were written down."""
    with opened(settings) as office:
        return _note(office, {f"{RUN}{run}": words.reason(why, 300)}, [])


def run_succeeded(settings: Settings, run: str) -> int:
    """Word that ``run`` goes again, where it had failed; how many mails were written down."""
    with opened(settings) as office:
        return _note(office, {}, [f"{RUN}{run}"])


def notify(settings: Settings) -> int:
    """Word at once of what changed with the accounts, and whatever else is due; how many mails were taken.

    What cannot be written down or sent is logged and shown by `hallpass doctor`: no collection fails for a mail.
    """
    return _quietly(settings, tell_it)


def notify_of_failure(settings: Settings, run: str, why: str) -> int:
    """Word at once that ``run`` failed, as :func:`notify`."""
    return _quietly(settings, lambda at: run_failed(at, run, why))


def notify_of_recovery(settings: Settings, run: str) -> int:
    """Word that ``run`` goes again, where it had failed, as :func:`notify`."""
    return _quietly(settings, lambda at: run_succeeded(at, run))


def _quietly(settings: Settings, note: Callable[[Settings], int]) -> int:
    try:
        note(settings)
        return deliver(settings).sent
    except HallpassError as error:
        log.warning("no mail", why=str(error))
        return 0


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


def _note(office: Office, noticed: Mapping[str, str], gone: Sequence[str]) -> int:
    """Note incidents and write the mails about them, in one transaction."""
    it = [each.address for each in office.registry.recipients.all() if each.list is MailList.IT]
    if not it:  # whoever comes onto the list later hears of what goes on then
        return 0
    settings, now = office.settings, office.settings.now()
    handles = {each.account.account_id: each.account.handle for each in office.registry.registered(True)}

    def tell(new: Sequence[Trouble], ended: Sequence[Trouble]) -> list[NewMail]:
        told = [[trouble.incident_id for trouble in troubles] for troubles in (new, ended)]
        began = [f"{_named(subjects, handles)}: {detail}" for detail, subjects in _by_detail(new).items()]
        over = [f"{_named([each.subject for each in ended], handles)}: no longer so."] if ended else []
        about = f"incidents {digest(told)[:16]}"
        at = words.moment(now, settings.timezone)
        letter = mail.trouble(settings.district, about, began, over, settings.console_url or None, at)
        sender = mail_server().sender
        return [_new(letter, sender, address, now, now) for address in it]

    return office.registry.incidents.note(noticed, gone, now, tell)


def _by_detail(troubles: Sequence[Trouble]) -> dict[str, list[str]]:
    """The subjects of each fault, so that one dead key is one line however many accounts hang on it."""
    found: dict[str, list[str]] = {}
    for trouble in troubles:
        found.setdefault(trouble.detail, []).append(trouble.subject)
    return found


def _named(subjects: Sequence[str], handles: Mapping[str, str]) -> str:
    """``@larkin_biology, @larkin_band and 10 more accounts``; a run by its name."""
    runs = [subject for subject in subjects if subject.startswith(RUN)]
    accounts = [subject.removeprefix(ACCOUNT) for subject in subjects if subject.startswith(ACCOUNT)]
    shown = [f"@{handles.get(account, account)}" for account in accounts[:SHOWN]]
    rest = len(accounts) - SHOWN
    more = [words.counted(rest, "more account", "more accounts")] if rest > 0 else []
    return words.listed([*runs, *shown, *more])


def _new(letter: Letter, sender: str, address: str, now: datetime, due: datetime) -> NewMail:
    content = mail.message(letter, sender, address, now).as_bytes()
    return NewMail(mail.message_id(letter, sender, address), letter.about, address, letter.subject, content, due)


def _console(settings: Settings) -> str:
    if not settings.console_url:
        raise BadInput(
            "A mail cannot link to the report: nobody said where the console is reached",
            "Set HALLPASS_CONSOLE_URL, for example to https://hallpass.example.org",
        )
    return settings.console_url
