"""Mail about requests for a permission: to the superintendent's list once one waits, to who asked once it is decided.

What is to be told is read from the requests themselves, and each mail is written down under a name of its own. So a
crash at any point costs nothing, and however often this runs, nobody is told twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog

from hallpass.pipeline.mail import Posted, deliver, new_mail
from hallpass.pipeline.office import Office, opened
from hallpass.settings import Settings
from hallpass.smtp import mail_server
from records.errors import HallpassError
from registry import References
from registry.recipients import MailList
from registry.requests import APPROVED, DENIED, WAITING, Request
from reports.labels import Labels
from reports.mail import Letter
from reports.request_mail import Desk, asked, decided

log = structlog.get_logger(__name__)
TOLD_WITHIN = timedelta(days=7)
"""A decision that could not be told for so long is not told any more: who asked has seen it in the console."""


def tell(settings: Settings) -> Posted:
    """Write down what is to be told, then hand over whatever is due.

    Raises
    ------
    Busy, Transient, TokenDead, BadInput : as :func:`hallpass.pipeline.mail.deliver`; the mails wait.
    """
    queue_requests(settings)
    return deliver(settings)


def tell_quietly(settings: Settings) -> None:
    """The same as soon as something was asked or decided: where it cannot be told now, the next run tells it."""
    try:
        tell(settings)
    except HallpassError as error:
        log.warning("a request is told later", reason=str(error))


def queue_requests(settings: Settings) -> int:
    """Write down the mails about requests that are not written down yet; how many.

    Raises
    ------
    TokenDead, BadInput : there is somebody to tell, and no sender.
    """
    with opened(settings) as office:
        now = settings.now()
        to_tell = list(_letters(office, now))
        if not to_tell:
            return 0
        sender = mail_server().sender
        mails = (new_mail(letter, sender, address, now, now) for address, letter in to_tell)
        return office.registry.mailing.queue(mails, now)


def _letters(office: Office, now: datetime) -> Iterator[tuple[str, Letter]]:
    """Each letter with its address."""
    registry = office.registry
    told = [each for each in registry.requests.all() if _to_tell(each, now)]
    if not told:
        return
    deciders = [each.address for each in registry.recipients.all() if each.list is MailList.SUPERINTENDENT]
    askers = {user.login: user.email for user in registry.users.all()}
    labels, settings = Labels(registry, References({}, {}, "")), office.settings
    desk = Desk(settings.district, settings.timezone, labels.mark, labels.account, settings.console_url)
    for request in told:
        if request.state == WAITING:
            yield from ((address, asked(request, desk)) for address in deciders)
        elif email := askers.get(request.asked_by):
            yield email, decided(request, desk)


def _to_tell(request: Request, now: datetime) -> bool:
    decided_at = request.decided_at
    lately = decided_at is not None and decided_at > now - TOLD_WITHIN
    return request.state == WAITING or (request.state in (APPROVED, DENIED) and lately)
