"""The console over one district's rooms: what its pages may read and ask for, and a server for them on loopback."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import uvicorn

from connectors import connector, parse
from connectors.base import Scope
from connectors.sign_in import SIGN_INS, App, PlatformSignIn
from connectors.transport import Transport
from console.app import create_app
from console.archive import Archive
from console.context import Console, Landed, Profile, RecordsWork
from console.security.oidc import Provider, provider
from console.security.vault import Vault
from hallpass.pipeline import archive, deposit, detect, ledger, release, request_mail, retention
from hallpass.pipeline.office import Office, opened
from hallpass.secrets import CONSOLE, OIDC, SIGN_IN, connection, platform_secret, secret
from hallpass.settings import Settings
from records.errors import BadInput, TokenDead, UnexpectedAnswer
from records.model import Account, Check, Envelope, Platform, ProfileSnapshot
from reports import charts

LOOPBACK = "127.0.0.1"
PATIENCE = 10.0
"""Seconds that somebody waits at most for a platform's answer to their sign-in there."""

_WHO = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
"""A number, a handle of X or a Page's username: nothing that would lead elsewhere in the path of a request."""


@contextmanager
def opened_console(settings: Settings, url: str, key: bytes) -> Iterator[Console]:
    """The console's rooms under ``settings``, reached at ``url``; ``key`` seals its second factors."""
    with opened(settings) as office:
        shown = Archive(settings.folder)
        try:
            yield Console(
                folder=settings.folder,
                registry=office.registry,
                archive=shown,
                district=settings.district,
                zone=settings.timezone,
                now=settings.now,
                clock=settings.clock_time,
                url=url,
                vault=Vault(key),
                look_up_profile=lambda platform, who, credential: look_up_profile(settings, platform, who, credential),
                rejudge=lambda: rejudge(settings),
                write_report=lambda week: write_report(settings, week),
                hand_in=lambda name, content, note, by: hand_in(settings, name, content, note, by),
                records_work=records_work(settings),
                spending=office.spending,
                tell_requests=lambda: request_mail.tell_quietly(settings),
                sandboxed=settings.sandboxed,
                public_page=settings.public_page,
                provider=sign_in_provider(settings),
                sign_ins=platform_sign_ins(office),
            )
        finally:
            shown.close()


def vault_key() -> bytes:
    """The district's key for what the console seals; TokenDead where none is kept, BadInput where it is no key."""
    try:
        key = bytes.fromhex(secret(CONSOLE))
    except ValueError:
        key = b""
    if len(key) < 32:
        todo = f"Put 64 hexadecimal digits into the Airflow connection {CONSOLE}: `openssl rand -hex 32`"
        raise BadInput("The key that the console seals second factors with is not one", todo)
    return key


def sign_in_provider(settings: Settings) -> Provider | None:
    """The district's own sign-in, where it is set."""
    if not settings.oidc:
        return None
    return provider(settings.oidc, settings.oidc_client_id, secret(OIDC))


def platform_sign_ins(office: Office) -> Mapping[Platform, PlatformSignIn]:
    """The platforms that know the district's app; on the others an account is proven by a code in its bio."""
    wait = min(office.settings.timeout, PATIENCE)
    transport = Transport(office.settings.platform_url, office.settings.now, wait, PATIENCE)
    found: dict[Platform, PlatformSignIn] = {}
    for platform, sign_in in SIGN_INS.items():
        name = SIGN_IN.format(platform)
        try:
            kept = connection(name)
        except TokenDead:
            continue
        if not (kept.login and kept.password):
            todo = "Give both: login is the client id, password its secret"
            raise BadInput(f"The Airflow connection {name} lacks its client id or its secret", todo)
        found[platform] = sign_in(App(name, kept.login, kept.password), transport, office.budget)
    return found


def rejudge(settings: Settings) -> None:
    """Hold all observations against the permissions as they are now, and publish what came of it.

    Raises
    ------
    Busy : a load is under way; the next detection judges as well.
    """
    detect.judge(settings)
    archive.archive(settings)


def write_report(settings: Settings, week: str) -> None:
    """Write the report of ``week``; raises as :func:`hallpass.pipeline.report.weekly`."""
    from hallpass.pipeline.report import weekly

    weekly(settings, week)


def hand_in(settings: Settings, name: str, content: bytes, note: str, by: str) -> Landed:
    """Land a file of the staff's; raises as :func:`hallpass.pipeline.deposit.deposit`."""
    receipt = deposit.deposit(settings, name, content, note, by)
    return Landed(receipt.evidence.batch_id, receipt.evidence.line, receipt.sha256, receipt.size)


def records_work(settings: Settings) -> RecordsWork:
    """What the records officer has done; raises as the functions behind it."""

    def permit(disposition_id: str, number: str, name: str, content: bytes, by: str) -> None:
        retention.permit(settings, disposition_id, number, name, content, by)

    return RecordsWork(
        answer=lambda request_id, why, by: release.answer(settings, request_id, by, why),
        propose=lambda why, by: retention.propose(settings, by, why)[0].disposition_id,
        permit=permit,
        verify=lambda by: ledger.verify_all(settings, by),
    )


def look_up_profile(settings: Settings, platform: Platform, who: str, credential: str) -> Profile:
    """What the platform says of the account ``who`` (its number or handle). Nothing of the answer is landed.

    Raises
    ------
    BadInput : ``who`` is neither a number nor a handle.
    PlatformError : the platform does not say.
    """
    if not _WHO.fullmatch(who.removeprefix("@")):
        raise BadInput(f"'{who}' is no handle and no number", "Type the handle as the platform shows it")
    answers: list[Envelope] = []
    number, handle = (who, "") if who.isdigit() else ("", who.removeprefix("@"))
    with opened(settings) as office:
        asked = connector(platform, platform_secret(credential), office.transport(), office.budget())
        account = _asked_for(platform, number, handle, credential, settings)
        asked.check(Check.PROFILE, account, Scope(settings.now(), None), answers.append)
    found = [record for answer in answers for record in parse(answer) if isinstance(record, ProfileSnapshot)]
    if not found:
        raise UnexpectedAnswer(f"{platform} answered nothing about {who}", "Check the handle, then try again")
    profile = found[-1]
    return Profile(
        profile.record_id.rpartition(":")[2], profile.handle or handle, profile.name or "", profile.bio or ""
    )


def _asked_for(platform: Platform, number: str, handle: str, credential: str, settings: Settings) -> Account:
    """An account as a connector takes it; it is not registered, so nothing more than its profile is ever asked."""
    return Account(
        account_id=f"{platform}:{number or handle}",
        platform=platform,
        platform_id=number,
        handle=handle,
        owner_id="",
        school="",
        purpose="",
        credential=credential,
        registered_at=settings.now(),
        consent_verified_at=None,
        consent_expires_at=None,
    )


def serve(console: Console, listening: socket.socket) -> None:
    """Answer on ``listening`` until Ctrl-C."""
    server_of(console).run(sockets=[listening])


class Server(uvicorn.Server):
    """Loads what draws once the pages are there: not before, so that they are not there later."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer; then load, in a thread that the process waits for at its end."""
        await super().startup(sockets)
        threading.Thread(target=charts.make_ready).start()


def server_of(console: Console) -> uvicorn.Server:
    """A server that says nothing of itself and logs nothing of what is asked."""
    config = uvicorn.Config(
        create_app(console), log_level="warning", access_log=False, server_header=False, lifespan="off"
    )
    return Server(config)


def listening_on(port: int) -> socket.socket:
    """A loopback socket; 0 takes any free port. BadInput where the port is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
    except (OSError, OverflowError) as error:
        listening.close()
        raise BadInput(f"Port {port} of this machine cannot be used ({error})", "Choose another with --port") from error
    listening.listen(128)
    return listening
