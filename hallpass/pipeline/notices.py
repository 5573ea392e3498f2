"""Notices: word at once to IT of what cuts the district off, once when it begins and once when it is over.

Only for an account that is disconnected (a dead key among the reasons) and for a run that failed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import structlog

from hallpass.pipeline.mail import deliver, new_mail
from hallpass.pipeline.office import Office, opened
from hallpass.settings import Settings
from hallpass.smtp import mail_server
from records.canonical import digest
from records.errors import HallpassError
from records.model import Check, Outcome
from registry.incidents import Trouble
from registry.mailing import NewMail
from registry.recipients import MailList
from reports import mail, queries, words
from reports.queries import Published

log = structlog.get_logger(__name__)
SHOWN = 5
ACCOUNT, RUN = "account ", "run "
"""What the subject of an incident begins with; the rest is the account's id or the DAG's."""


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
        return [new_mail(letter, sender, address, now, now) for address in it]

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
