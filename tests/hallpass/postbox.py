"""A real SMTP server on loopback that keeps what it is given, and answers as a test tells it to."""

from __future__ import annotations

import email
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

SENDER = "hallpass@example.org"


@dataclass
class Postbox:
    """``answers`` are the replies to the next mails, one each; ``cut`` closes the next connections in the middle of a
    mail; an address that begins with ``gone`` is refused."""

    received: list[tuple[str, bytes]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    cut: int = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("gone@"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.cut:
            self.cut -= 1
            assert server.transport is not None
            server.transport.abort()
            return "421 never read"
        if self.answers and not (answer := self.answers.pop(0)).startswith("250"):
            return answer
        self.received.append((envelope.rcpt_tos[0], envelope.content))
        return "250 OK"

    def mails(self) -> dict[str, EmailMessage]:
        """The newest mail of each recipient."""
        return {address: _parsed(content) for address, content in self.received}


def _parsed(content: bytes) -> EmailMessage:
    mail = email.message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    """The mail's text as its reader sees it."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def listening(box: Postbox, tls: ssl.SSLContext | None = None, password: str = "") -> Iterator[int]:
    """The port on which ``box`` gets mail; with ``tls`` over STARTTLS only, with a ``password`` after a login only."""

    def known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password.decode() == password, handled=False)

    port = free_port()
    secured = {"tls_context": tls, "require_starttls": True} if tls else {}
    login = {"authenticator": known, "auth_required": True, "auth_require_tls": True} if password else {}
    controller = Controller(box, hostname="127.0.0.1", port=port, **secured, **login)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def plain_connection(port: int) -> str:
    """The Airflow connection of a server on loopback without TLS."""
    extra = {"disable_ssl": True, "disable_tls": True, "from_email": SENDER, "timeout": 5}
    return json.dumps({"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": extra})
