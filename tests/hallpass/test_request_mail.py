"""Mail about a request for a permission, through a real server: to who decides, then to who asked, each once."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from postbox import Postbox, free_port, listening, plain_connection, text_of
from roster_kit import write_roster

from hallpass.pipeline.mail import Posted
from hallpass.pipeline.request_mail import queue_requests, tell, tell_quietly
from hallpass.settings import Settings
from records.errors import TokenDead, Transient
from registry import AccountDraft, Registry
from registry.requests import RequestDraft
from registry.users import Role, UserDraft

NOW = datetime(2026, 10, 19, 11, tzinfo=UTC)
DAY = timedelta(days=1)
PURPOSE = "<b>Fair</b> poster\nSubject: forged"


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "navy").save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A district where a teacher may ask, and two people decide."""
    (tmp_path / "seal.png").write_bytes(picture())
    url = f"sqlite:///{tmp_path / 'registry.sqlite'}"
    with Registry.open(url) as registry:
        registry.import_roster(write_roster(tmp_path / "roster.zip"), "it", NOW)
        draft = AccountDraft("x", "1845", "@LarkinBiology", "t1", "high", "Biology news", "hallpass_x", NOW, NOW)
        registry.add_account(draft, "it", NOW, "asked for")
        registry.add_mark("seal", "District\nseal", tmp_path / "seal.png", "it", NOW)
        registry.users.add(UserDraft("larkin", "Ann Larkin", frozenset({Role.STAFF}), "ann@example.org"), "it", NOW)
        for who in ("sup", "deputy"):
            registry.recipients.add("superintendent", f"{who}@example.org", "it", NOW)
    return Settings(
        folder=tmp_path,
        registry_url=url,
        clock=NOW,
        district="Mill Creek Public Schools",
        console_url="https://hallpass.example.org",
        user="it",
    )


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    postbox = Postbox()
    with listening(postbox) as port:
        monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_SMTP", plain_connection(port))
        yield postbox


@pytest.fixture
def registry(settings: Settings) -> Iterator[Registry]:
    with Registry.open(settings.registry_url) as opened:
        yield opened


def ask(registry: Registry, by: str = "larkin") -> str:
    draft = RequestDraft("seal", "x:1845", PURPOSE, NOW + DAY, NOW + 11 * DAY, "draft.png", picture())
    return registry.requests.ask(draft, by, "Ann Larkin", NOW).request_id


def test_a_new_request_is_told_to_everybody_who_decides_once_however_often_it_is_looked_for(
    settings: Settings, registry: Registry, box: Postbox
) -> None:
    request = ask(registry)
    assert [tell(settings) for _ in range(2)] == [Posted(2, 0, 0), Posted(0, 0, 0)]
    mails = box.mails()
    assert {to: mail["Subject"] for to, mail in mails.items()} == dict.fromkeys(
        ("sup@example.org", "deputy@example.org"), "To decide: District seal on @LarkinBiology"
    )
    assert text_of(mails["sup@example.org"]) == (
        "Mill Creek Public Schools\n"
        "R1 waits for your decision\n"
        "==========================\n"
        "\n"
        "Ann Larkin asks for a permission: District seal on @LarkinBiology.\n"
        "\n"
        "Asked Mon 19 Oct 2026, 07:00\n"
        "\n"
        "What is asked for\n"
        "-----------------\n"
        "What: District seal on @LarkinBiology on X\n"
        "\n"
        "What for: <b>Fair</b> poster Subject: forged\n"
        "\n"
        "When: from 20 October 2026 to 30 October 2026\n"
        "\n"
        "Who asks: Ann Larkin\n"
        "\n"
        "A sample picture stands beside the request, in the console only.\n"
        "\n"
        "\n"
        "Where\n"
        "-----\n"
        "The link asks who is there and shows the page. It changes nothing by itself.\n"
        "\n"
        f"https://hallpass.example.org/superintendent/requests/{request}\n"
        "\n"
    )
    page = text_of(mails["sup@example.org"], "html")
    assert (
        "&lt;b&gt;Fair&lt;/b&gt;" in page
        and "<img" not in page
        and "image/" not in mails["sup@example.org"].as_string()
    )


def test_who_asked_is_told_what_was_decided_and_why_once(settings: Settings, registry: Registry, box: Postbox) -> None:
    granted, refused = ask(registry), ask(registry)
    registry.requests.approve(granted, "sup", NOW, 1, "Small, and in black")
    registry.requests.deny(refused, "sup", NOW, 1, "The seal is not for sale")
    assert [tell(settings) for _ in range(2)] == [Posted(2, 0, 0), Posted(0, 0, 0)]
    assert [to for to, _ in box.received] == ["ann@example.org", "ann@example.org"]
    told = b"".join(content for _, content in box.received).decode()
    for words in (
        "Subject: Approved: District seal on @LarkinBiology",
        "On the condition: Small, and in black",
        "Subject: Denied: District seal on @LarkinBiology",
        "Why: The seal is not for sale",
        f"https://hallpass.example.org/staff/requests#{granted}",
    ):
        assert words in told


def test_without_an_address_of_the_console_the_mail_says_where_to_look(
    settings: Settings, registry: Registry, box: Postbox
) -> None:
    ask(registry)
    tell(replace(settings, console_url=""))
    told = text_of(box.mails()["sup@example.org"])
    assert "Open the district's console and sign in; it stands under “To decide”." in told
    assert "http" not in told


def test_who_has_no_address_and_what_was_taken_back_or_is_long_decided_is_told_to_nobody(
    settings: Settings, registry: Registry
) -> None:
    withdrawn, by_nobody, old = ask(registry), ask(registry, "gone"), ask(registry)
    registry.requests.withdraw(withdrawn, "larkin", NOW, 1)
    registry.requests.deny(by_nobody, "sup", NOW, 1, "No")
    registry.requests.deny(old, "sup", NOW - 8 * DAY, 1, "No")
    assert queue_requests(settings) == 0


def test_whoever_comes_onto_the_list_later_is_told_what_still_waits(
    settings: Settings, registry: Registry, box: Postbox
) -> None:
    ask(registry)
    tell(settings)
    registry.recipients.add("superintendent", "new@example.org", "it", NOW)
    assert (tell(settings), box.received[-1][0]) == (Posted(1, 0, 0), "new@example.org")


KILLED = """
import os, signal
from hallpass.pipeline import request_mail
from hallpass.settings import Settings
request_mail.deliver = lambda settings: os.kill(os.getpid(), signal.SIGKILL)
request_mail.tell(Settings.load())
"""


def test_a_kill_after_the_request_or_after_the_mail_was_written_down_costs_no_mail_and_doubles_none(
    settings: Settings, registry: Registry, box: Postbox
) -> None:
    ask(registry)
    environ = {**os.environ, **settings.variables()}
    killed = subprocess.run([sys.executable, "-c", KILLED], env=environ, check=False, timeout=60)
    assert (killed.returncode, box.received) == (-signal.SIGKILL, [])
    assert tell(settings) == Posted(2, 0, 0)
    assert len({mail["Message-ID"] for mail in box.mails().values()}) == len(box.received) == 2


def test_a_server_that_is_away_or_not_named_makes_the_request_wait_and_breaks_no_page(
    settings: Settings, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(registry)
    monkeypatch.delenv("AIRFLOW_CONN_HALLPASS_SMTP", raising=False)
    with pytest.raises(TokenDead):
        tell(settings)
    monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_SMTP", plain_connection(free_port()))
    with pytest.raises(Transient):
        tell(settings)
    tell_quietly(settings)
    postbox = Postbox()
    with listening(postbox) as port:
        monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_SMTP", plain_connection(port))
        assert tell(replace(settings, clock=NOW + timedelta(minutes=5))) == Posted(2, 0, 0)
