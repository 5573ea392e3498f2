"""What `hallpass doctor` looks at: each check says in a word what it found, or raises with what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

from hallpass.pipeline.office import Office, make_folder, opened
from hallpass.secrets import secret
from hallpass.settings import Settings
from hallpass.smtp import mail_server
from records.errors import BadInput, LandingFailed
from registry.mailing import MailState
from reports.words import counted, sentence
from warehouse.read import counts

Check = Callable[[], str]
ENOUGH_SPACE = 1 << 30


def checks() -> Iterator[tuple[str, Check]]:
    """Each check by name. A later one relies on the earlier ones."""
    settings = Settings.load()
    yield "settings", lambda: f"district {settings.district!r}, {settings.timezone.key}"
    yield "platforms", lambda: settings.platform_url or "the real hosts"
    yield "data folder", lambda: _folder(settings)
    with opened(settings) as office:
        yield "registry", lambda: _registry(office)
        yield "go-live checklist", lambda: _go_live(office)
        yield "secrets", lambda: _secrets(office)
        yield "ledger key", lambda: office.signer().verifier().text()
        yield "published copy", lambda: _published(office)
        yield "mail", lambda: _mail(office)


def _folder(settings: Settings) -> str:
    make_folder(settings)
    free = shutil.disk_usage(settings.folder).free
    if free < ENOUGH_SPACE:
        raise LandingFailed(
            f"{settings.folder} has only {free >> 20} MiB left", "Free some space before evidence is lost"
        )
    return f"{settings.folder}, {free >> 30} GiB free"


def _registry(office: Office) -> str:
    accounts = office.registry.accounts()
    if not accounts:
        raise BadInput("No account is registered", "Import the roster, then register with `hallpass account add`")
    due = [a.handle for a in accounts if not a.consent_in_force(office.settings.now())]
    return f"{len(accounts)} accounts" + (f"; without a consent in force: {', '.join(due)}" if due else "")


def _go_live(office: Office) -> str:
    office.ready_to_collect()
    return "exempt, it is the sandbox" if office.settings.sandboxed else "complete"


def _secrets(office: Office) -> str:
    names = {a.credential for a in office.registry.accounts()}
    for name in sorted(names):
        secret(name)
    office.minimise_key()
    return f"{len(names)} connections found"


def _published(office: Office) -> str:
    with office.published() as published:
        if published is None:
            raise BadInput("Nothing is published yet", "Run `hallpass collect`")
        return f"{counts(published).posts} posts"


def _mail(office: Office) -> str:
    recipients = office.registry.recipients.all()
    if not recipients:
        return "nobody is on a list; `hallpass mail add` puts somebody there"
    server = mail_server()
    if faults := office.registry.mailing.faults(office.settings.now()):
        refused = sum(each.state is MailState.REFUSED for each in faults)
        what = counted(refused, "mail was refused", "mails were refused")
        what += f" and {counted(len(faults) - refused, 'is tried again', 'are tried again')}"
        raise BadInput(f"{sentence(what)}, the newest because: {faults[0].error}", "See `hallpass mail outbox`")
    return f"{len(recipients)} recipients, by way of {server.host}:{server.port}"
