"""The mail as a real server on loopback receives it, and what happens where the server does not."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from report_scene import Scene, account

from records.errors import BadInput, Transient
from reports.mail import Delivery, MailServer, message, send
from reports.model import WeeklyReport

LINK = "https://hallpass.example.org/reports/2026-W42"
OFFICE = "communications@example.org"
SENDER = "hallpass@example.org"


class Postbox:
    """Keeps what it is given; refuses one address for good, and the first ``busy`` mails for now."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.busy = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("gone@"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.busy:
            self.busy -= 1
            return "451 4.3.0 try again later"
        self.received.append(envelope.content)
        return "250 OK"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture()
def postbox() -> Iterator[tuple[Postbox, MailServer]]:
    box = Postbox()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, MailServer("127.0.0.1", port)
    finally:
        controller.stop()


def never(seconds: float) -> None:
    """Waits not at all."""


def received(box: Postbox) -> EmailMessage:
    (content,) = box.received
    mail = email.message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_the_mail_arrives_with_the_same_numbers_as_text_and_as_html(
    busy_report: WeeklyReport, postbox: tuple[Postbox, MailServer]
) -> None:
    box, server = postbox
    delivery = send(message(busy_report, SENDER, [OFFICE], LINK), server)
    assert delivery == Delivery((OFFICE,), {})
    mail = received(box)
    assert mail["Subject"] == "Week 42: 6 to look at, 7 of 9 accounts seen"
    for text in ("7 of 9", "hours of gap in the week", "109", "Clause 4.9", LINK):
        assert text in part(mail, "plain")
        assert text.replace("'", "&#39;") in part(mail, "html")


def test_the_mail_names_no_account_and_shows_no_picture(busy_report: WeeklyReport) -> None:
    mail = message(busy_report, SENDER, [OFFICE], LINK)
    everything = part(mail, "plain") + part(mail, "html")
    assert "mill_creek_" not in everything
    assert "Teacher" not in everything
    assert "<img" not in everything
    assert [p.get_content_type() for p in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_a_quiet_week_is_a_mail_that_says_what_could_be_seen(quiet_report: WeeklyReport) -> None:
    mail = message(quiet_report, SENDER, [OFFICE], LINK)
    assert mail["Subject"] == "Week 42: all quiet, 3 of 3 accounts seen"
    assert "Nothing needs a person in what could be seen: 3 of 3 registered accounts" in part(mail, "plain")


def test_one_refused_address_does_not_stop_the_others(
    quiet_report: WeeklyReport, postbox: tuple[Postbox, MailServer]
) -> None:
    box, server = postbox
    delivery = send(message(quiet_report, SENDER, [OFFICE, "gone@example.org"], LINK), server)
    assert delivery == Delivery((OFFICE,), {"gone@example.org": "550 5.1.1 no such mailbox"})
    assert len(box.received) == 1


def test_a_busy_server_is_asked_again_and_gets_the_mail_once(
    quiet_report: WeeklyReport, postbox: tuple[Postbox, MailServer]
) -> None:
    box, server = postbox
    box.busy = 2
    waits: list[float] = []
    send(message(quiet_report, SENDER, [OFFICE], LINK), server, sleep=waits.append)
    assert (len(box.received), waits) == (1, [2.0, 4.0])


def test_a_server_that_stays_busy_is_named_with_its_reason(
    quiet_report: WeeklyReport, postbox: tuple[Postbox, MailServer]
) -> None:
    box, server = postbox
    box.busy = 9
    with pytest.raises(Transient, match=r"did not take the report after 3 tries: 451 4\.3\.0 try again later"):
        send(message(quiet_report, SENDER, [OFFICE], LINK), server, sleep=never)
    assert box.received == []


def test_no_server_at_all_is_one_clear_line(quiet_report: WeeklyReport) -> None:
    with pytest.raises(Transient, match=r"The mail server 127\.0\.0\.1:1 did not take the report after 3 tries"):
        send(message(quiet_report, SENDER, [OFFICE], LINK), MailServer("127.0.0.1", 1), sleep=never)


@pytest.mark.parametrize("address", ["", "office", "a@b\r\nBcc: x@y.org", "a@b, c@d", "<a@b>"])
def test_an_address_that_could_carry_more_than_an_address_is_refused(quiet_report: WeeklyReport, address: str) -> None:
    with pytest.raises(BadInput, match="addresses cannot be used"):
        message(quiet_report, SENDER, [address], LINK)


def test_a_link_that_is_no_web_address_is_refused(quiet_report: WeeklyReport) -> None:
    with pytest.raises(BadInput, match="cannot stand in a mail"):
        message(quiet_report, SENDER, [OFFICE], "javascript:alert(1)")


def test_the_servers_password_is_in_no_repr() -> None:
    assert "hunter2" not in repr(MailServer("mail.example.org", user="hallpass", password="hunter2"))


def test_an_unregistered_district_gets_a_mail_that_says_so(scene: Scene) -> None:
    scene.checked(account(1))
    mail = message(scene.report(), SENDER, [OFFICE], LINK)
    assert "No account is registered yet" in part(mail, "plain")
