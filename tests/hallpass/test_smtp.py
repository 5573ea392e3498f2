"""The way to the mail server: which connection is believed, what is encrypted, and what each answer means."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from postbox import SENDER, Postbox, free_port, listening

from hallpass.smtp import MailServer, connected, hand_over, mail_server
from records.errors import BadInput, HallpassError, Terminal, TokenDead, Transient

MAIL = b"Subject: Week 42\r\n\r\nall quiet\r\n"
OFFICE = "office@example.org"


def send(server: MailServer, address: str = OFFICE, trust: ssl.SSLContext | None = None) -> None:
    with connected(server, trust) as client:
        hand_over(client, server, address, MAIL)


@pytest.mark.parametrize(
    ("said", "server"),
    [
        (
            '{"host": "mail.example.org", "login": "hp", "password": "pw", "extra": {"from_email": "h@example.org"}}',
            MailServer("mail.example.org", 465, "h@example.org", ssl=True, login="hp", password="pw"),
        ),
        (
            "smtp://h%40example.org:pw@mail.example.org:2525/?disable_ssl=true&timeout=7",
            MailServer("mail.example.org", 2525, "h@example.org", False, True, "h@example.org", "pw", 7.0),
        ),
        (
            '{"host": "relay", "extra": "{\\"disable_ssl\\": true, \\"from_email\\": \\"h@example.org\\"}"}',
            MailServer("relay", 587, "h@example.org", starttls=True),
        ),
    ],
)
def test_a_server_is_an_airflow_connection_in_either_form(
    said: str, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_SMTP", said)
    assert mail_server() == server
    assert "pw" not in repr(mail_server())


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ('{"extra": {"from_email": "h@example.org"}}', "lacks its host or from_email"),
        ('{"host": "mail.example.org"}', "lacks its host or from_email"),
        (
            "smtp://h%40example.org:pw@relay/?disable_ssl=true&disable_tls=true",
            "would send its password in the clear",
        ),
    ],
)
def test_a_connection_that_cannot_be_used_says_why(said: str, complaint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_SMTP", said)
    with pytest.raises(BadInput, match=complaint):
        mail_server()


@pytest.mark.parametrize(
    ("answer", "address", "error", "told"),
    [
        ("451 4.3.0 later", OFFICE, Transient, "451 4.3.0 later"),
        ("554 5.7.1 not\x1b[2J wanted", OFFICE, Terminal, "554 5.7.1 not"),
        ("250 OK", "gone@example.org", Terminal, "550 5.1.1 no such mailbox"),
    ],
)
def test_the_first_digit_of_the_answer_decides_whether_it_is_tried_again(
    answer: str, address: str, error: type[HallpassError], told: str
) -> None:
    box = Postbox(answers=[answer])
    with listening(box) as port, pytest.raises(error) as raised:
        send(MailServer("127.0.0.1", port, SENDER), address)
    assert raised.value.what.startswith(told)
    assert box.received == []


def test_a_server_that_goes_away_in_the_middle_of_a_mail_is_a_passing_fault() -> None:
    with listening(Postbox(cut=1)) as port, pytest.raises(Transient, match=r"The mail server 127\.0\.0\.1:\d+ cannot"):
        send(MailServer("127.0.0.1", port, SENDER))


def test_no_server_at_all_is_one_clear_line() -> None:
    with pytest.raises(Transient) as raised:
        send(MailServer("127.0.0.1", free_port(), SENDER))
    assert "cannot be used" in str(raised.value) and "\n" not in str(raised.value)


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server shows, and what a client believes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = built.add_extension(here, critical=False).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.pem")
    return server, ssl.create_default_context(cadata=signed.public_bytes(serialization.Encoding.PEM).decode())


def test_a_login_travels_over_starttls_to_a_server_that_is_who_it_says(tmp_path: Path) -> None:
    shown, believed = certificate(tmp_path)
    box = Postbox()
    with listening(box, shown, password="hunter2") as port:
        server = MailServer("127.0.0.1", port, SENDER, starttls=True, login="hallpass", password="hunter2")
        send(server, trust=believed)
        with pytest.raises(Transient, match="certificate verify failed"):
            send(server)
        wrong = MailServer("127.0.0.1", port, SENDER, starttls=True, login="hallpass", password="hunter3")
        with pytest.raises(TokenDead, match="does not accept the login: 535") as raised:
            send(wrong, trust=believed)
    assert [address for address, _ in box.received] == [OFFICE]
    assert "hunter" not in str(raised.value)
