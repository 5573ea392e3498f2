"""The way to the district's mail server, from the Airflow connection ``hallpass_smtp``.

Python's own smtplib and not Airflow's SmtpNotifier: that one sends from inside a task only, and does not tell
which recipient was refused with which code, on which the decision to try again rests (RFC 5321, section 4.2.1).
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from hallpass.secrets import SMTP, connection
from records.errors import BadInput, Terminal, TokenDead, Transient

_TRUE = (True, "true", "True", "1", 1)
_LATER = "It is tried again by itself"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over; ``sender`` is the address that it comes from. Without TLS nobody logs in."""

    host: str
    port: int
    sender: str
    ssl: bool = False
    starttls: bool = False
    login: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 20.0


def mail_server() -> MailServer:
    """The server that the connection names, by the options of Airflow's own SMTP connections.

    These are ``disable_ssl`` (then port 587), ``disable_tls`` (then no STARTTLS either), ``from_email``, ``timeout``:
    https://airflow.apache.org/docs/apache-airflow-providers-smtp/stable/connections/smtp.html

    Raises
    ------
    TokenDead : there is no such connection.
    BadInput : it lacks the host or the sender, or would send a password in the clear.
    """
    found = connection(SMTP)
    over_ssl, starttls = (not _on(found.extra, name) for name in ("disable_ssl", "disable_tls"))
    sender = str(found.extra.get("from_email") or found.login)
    if not found.host or "@" not in sender:
        raise BadInput(
            f"The Airflow connection {SMTP} lacks its host or from_email", "Give the host, and from_email in its extras"
        )
    if found.password and not (over_ssl or starttls):
        raise BadInput(f"The Airflow connection {SMTP} would send its password in the clear", "Allow it SSL or TLS")
    return MailServer(
        host=found.host,
        port=found.port or (465 if over_ssl else 587),
        sender=sender,
        ssl=over_ssl,
        starttls=starttls and not over_ssl,
        login=found.login if found.password else "",
        password=found.password,
        timeout=float(found.extra.get("timeout") or 20),
    )


@contextmanager
def connected(server: MailServer, trust: ssl.SSLContext | None = None) -> Iterator[smtplib.SMTP]:
    """A session with the server; ``trust`` holds whose certificates are believed, the system's by default.

    Raises
    ------
    TokenDead : it does not know the login.
    Transient : it cannot be reached, or will not speak as it must; also where it goes away in the middle.
    """
    try:
        client = _opened(server, trust or ssl.create_default_context())
    except smtplib.SMTPAuthenticationError as error:
        what = f"The mail server {server.host} does not accept the login: {_told(error.smtp_code, error.smtp_error)}"
        raise TokenDead(what, f"Correct the Airflow connection {SMTP}; the mails wait") from error
    except (OSError, smtplib.SMTPException) as error:
        raise _away(server, error) from error
    try:
        yield client
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        raise _away(server, error) from error
    finally:
        with suppress(OSError, smtplib.SMTPException):
            client.quit()


def hand_over(client: smtplib.SMTP, server: MailServer, address: str, content: bytes) -> None:
    """Give one mail to the server, for one recipient.

    Raises
    ------
    Terminal : it was refused for good (5xx).
    Transient : it was not taken for now (4xx).
    OSError, smtplib.SMTPServerDisconnected : the server went away; nobody knows whether it took the mail.
    """
    try:
        client.sendmail(server.sender, [address], content)
    except smtplib.SMTPRecipientsRefused as error:
        ((code, reply),) = error.recipients.values()
        raise _refusal(code, reply) from error
    except smtplib.SMTPSenderRefused as error:
        what = f"The mail server does not let {server.sender} send: {_told(error.smtp_code, error.smtp_error)}"
        raise Transient(what, f"Correct from_email of the Airflow connection {SMTP}") from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error


def _opened(server: MailServer, trust: ssl.SSLContext) -> smtplib.SMTP:
    if server.ssl:
        client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=trust)
    else:
        client = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    try:
        if server.starttls:
            client.starttls(context=trust)
        if server.login:
            client.login(server.login, server.password)
    except BaseException:
        client.close()
        raise
    return client


def _refusal(code: int, reply: bytes | str) -> Terminal | Transient:
    told = _told(code, reply)
    if code >= 500:
        return Terminal(told, "Correct the address, then run `hallpass mail again`")
    return Transient(told, _LATER)


def _away(server: MailServer, error: Exception) -> Transient:
    why = _told(error.smtp_code, error.smtp_error) if isinstance(error, smtplib.SMTPResponseException) else str(error)
    what = f"The mail server {server.host}:{server.port} cannot be used: {why or type(error).__name__}"
    return Transient(" ".join(what.split()), _LATER)


def _told(code: int, reply: bytes | str) -> str:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return " ".join(f"{code} {text}".split())[:300]


def _on(extra: Mapping[str, Any], name: str) -> bool:
    return extra.get(name, False) in _TRUE
