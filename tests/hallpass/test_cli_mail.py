"""`hallpass mail` and `hallpass closure` as somebody types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from postbox import Postbox, free_port, listening, plain_connection
from roster_kit import write_roster
from typed_command import Hallpass

from hallpass.settings import Settings
from registry import Registry
from registry.mailing import NewMail


def test_recipients_come_and_go(hallpass: Hallpass, tmp_path: Path) -> None:
    assert hallpass("mail", "list")[1] == "Nobody gets mail. `hallpass mail add --help` says how to add somebody."
    assert hallpass("mail", "add", "it", "It@Example.org")[1] == "M1: it@example.org is on the list it."
    code, _, err = hallpass("mail", "add", "school", "head@example.org", "--school", "high")
    assert (code, err) == (2, "hallpass: 'high' is no school on the roster. Import the roster first.\n")
    assert hallpass("roster", "import", write_roster(tmp_path / "roster.zip"))[0] == 0
    code, said, _ = hallpass("mail", "add", "school", "head@example.org", "--school", "high")
    assert (code, said.startswith("M2: head@example.org is on the list school for ")) == (0, True)
    assert hallpass("mail", "remove", "M1", "--why", "left")[1] == "it@example.org is no longer on the list it."
    assert "it@example.org" not in hallpass("mail", "list")[1]


def test_closed_days_come_from_a_calendar_and_go_one_by_one(hallpass: Hallpass, tmp_path: Path) -> None:
    file = tmp_path / "closed.csv"
    file.write_text("date,title\n2026-11-26,Thanksgiving\n2026-11-27,Day after it\n")
    assert hallpass("closure", "import", file, "--dry-run")[1] == "closed.csv: 2 would be added, 0 there already."
    assert hallpass("closure", "list")[1].startswith("No closed day is noted.")
    assert hallpass("closure", "import", file)[1] == "closed.csv: 2 added, 0 there already."
    assert hallpass("closure", "remove", "2026-11-27")[1] == "2026-11-27 (Day after it) is an open day."
    shown = hallpass("closure", "list")[1]
    assert "2026-11-26" in shown and "Thursday" in shown and "2026-11-27" not in shown


def queued(settings: Settings, address: str) -> None:
    mail = NewMail(f"<{address}>", "week 2026-W42", address, "Week 42", b"Subject: x\r\n\r\n", settings.now())
    with Registry.open(settings.registry_url) as registry:
        registry.mailing.queue([mail], settings.now())


def test_the_outbox_and_the_doctor_tell_what_became_of_each_mail(
    hallpass: Hallpass, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.load()
    hallpass("mail", "add", "it", "gone@example.org")
    queued(settings, "gone@example.org")
    queued(settings, "office@example.org")
    box = Postbox(answers=["451 4.3.0 later"])
    with listening(box) as port:
        monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_SMTP", plain_connection(port))
        assert hallpass("mail", "send")[1] == "0 sent, 1 refused, 1 to be tried again."
        shown = " ".join(hallpass("mail", "outbox")[1].split())
        assert "refused" in shown and "waiting" in shown
        assert "1 mail was refused and 1 is tried again, the newest because:" in hallpass("doctor")[1]
        said = hallpass("mail", "again", "<gone@example.org>")[1]
        assert said == "The mail to gone@example.org is sent with the next `hallpass mail send`."


def test_a_server_that_is_not_there_is_one_line(hallpass: Hallpass, monkeypatch: pytest.MonkeyPatch) -> None:
    queued(Settings.load(), "office@example.org")
    monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_SMTP", plain_connection(free_port()))
    code, _, err = hallpass("mail", "send")
    assert (code, err.count("\n")) == (1, 1)
    assert "It is tried again by itself." in err
