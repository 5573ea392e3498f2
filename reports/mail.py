"""The report by mail: counts and links, no pictures, no names of posts' people; then the way to a mail server."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from records.errors import BadInput, Transient
from reports import text, words
from reports.compose import digest
from reports.html import mail_page
from reports.model import WeeklyReport

TRIES = 3


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. A user and password are used over TLS only."""

    host: str
    port: int = 25
    starttls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 20.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """Who the server took the mail for; ``refused`` says by address why not."""

    accepted: tuple[str, ...]
    refused: Mapping[str, str]


def message(report: WeeklyReport, sender: str, recipients: Sequence[str], link: str) -> EmailMessage:
    """The digest of a week as text and HTML; ``link`` leads to the report itself.

    Raises
    ------
    BadInput : an address or the link cannot be used in a mail.
    """
    if not recipients or any(_unfit(address) for address in (sender, *recipients)):
        raise BadInput("The mail's addresses cannot be used", "Give each as name@example.org")
    if not link.startswith(("https://", "http://127.0.0.1")) or any(c.isspace() for c in link):
        raise BadInput(f"{link!r} cannot stand in a mail", "Give the https address where the report is read")
    document = digest(report, link)
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject(report)
    mail["From"], mail["To"] = sender, ", ".join(recipients)
    mail["Date"] = format_datetime(report.made_at)
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text.render(document))
    mail.add_alternative(mail_page(document), subtype="html")
    return mail


def subject(report: WeeklyReport) -> str:
    """``Week 42: 6 to look at, 22 of 24 accounts seen``; a quiet week says so."""
    new = len(report.observations())
    coverage = report.coverage
    seen = f"{coverage.captured:,} of {words.counted(len(coverage.accounts), 'account')} seen"
    return f"Week {report.week.number}: {f'{new:,} to look at' if new else 'all quiet'}, {seen}"


def send(mail: EmailMessage, server: MailServer, sleep: Callable[[float], None] = time.sleep) -> Delivery:
    """Hand ``mail`` over; a passing fault is tried again twice, one refused address does not stop the others.

    Raises
    ------
    Transient : the server could not be reached, or took it for nobody.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return _hand_over(mail, server)
        except (OSError, smtplib.SMTPException) as error:
            fault = error
        if attempt < TRIES:
            sleep(2.0**attempt)
    raise Transient(
        f"The mail server {server.host}:{server.port} did not take the report after {TRIES} tries: {_reason(fault)}",
        "The report lies in the reports folder; it is sent again with the next run",
    ) from fault


def _hand_over(mail: EmailMessage, server: MailServer) -> Delivery:
    addresses = [address.strip() for address in mail["To"].split(",")]
    with smtplib.SMTP(server.host, server.port, timeout=server.timeout) as client:
        if server.starttls:
            client.starttls()
        if server.user:
            client.login(server.user, server.password)
        refused = client.send_message(mail, to_addrs=addresses)
    reasons = {address: f"{code} {_text(reply)}" for address, (code, reply) in refused.items()}
    return Delivery(tuple(address for address in addresses if address not in reasons), reasons)


def _reason(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{address}: {code} {_text(reply)}" for address, (code, reply) in fault.recipients.items())
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{fault.smtp_code} {_text(fault.smtp_error)}"
    return str(fault) or type(fault).__name__


def _text(reply: bytes | str) -> str:
    return reply.decode(errors="replace") if isinstance(reply, bytes) else reply


def _unfit(address: str) -> bool:
    name, at, domain = address.rpartition("@")
    return not (name and at and domain) or any(c.isspace() or c in ',;<>"' for c in address)
