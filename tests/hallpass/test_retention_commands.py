"""From a retention rule to a permission and a disposition, as a records officer types it; and the ledger's keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from authority_kit import time_authority
from roster_kit import write_roster
from test_cli_registry import ADD
from typed_command import AT, Hallpass

from hallpass.pipeline.archive import archive
from hallpass.settings import Settings
from records.model import Envelope
from registry import Registry
from warehouse.landing import Landing
from warehouse.note import new_signer

RULES = ("--keep", "7y", "--citation", "Schedule 06-18, A1-2", "--approved-by", "School Committee")


def exchange(post_id: str, year: int, text: str) -> Envelope:
    """X's answer with one post of the registered account's."""
    post = {"id": post_id, "text": text, "created_at": f"{year}-03-04T12:00:00.000Z", "author_id": "1845"}
    return answer({"data": [post]})


def answer(body: dict[str, object]) -> Envelope:
    """X's page of the registered account's posts."""
    url = "https://api.twitter.com/2/users/1845/tweets"
    return Envelope("x.users_tweets", json.dumps(body).encode(), AT, "x:1845", url=url)


def use_key(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_LEDGER", json.dumps({"password": secret}))


@pytest.fixture
def filed(hallpass: Hallpass, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hallpass:
    """An archive with a post of 2015 and one of 2026, signed; and a letter of the state."""
    use_key(monkeypatch, new_signer("larkin.example").secret_text())
    hallpass("roster", "import", write_roster(tmp_path / "roster.zip"))
    assert hallpass(*ADD)[0] == 0
    Landing(tmp_path).land("x", [exchange("1", 2015, "of long ago"), exchange("2", 2026, "of today")], AT)
    archive(Settings.load())
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7 The Supervisor permits")
    return hallpass


@pytest.fixture
def permitted(filed: Hallpass, tmp_path: Path) -> Hallpass:
    """D1, proposed by dana and permitted by the state as 12-345."""
    assert filed("retention", "set", "posts", *RULES)[0] == 0
    code, out, _ = filed("retention", "propose", "--why", "yearly")
    assert (code, "D1: 1 landed lines (1 posts from 2015-03-04 to 2015-03-04) and 0 pictures." in out) == (0, True)
    letter = tmp_path / "letter.pdf"
    assert filed("retention", "permit", "D1", "--number", "12-345", "--file", letter)[0] == 0
    return filed


def events() -> list[tuple[str, str, str]]:
    with Registry.open(Settings.load().registry_url) as registry:
        return [(e.action, e.subject, e.by) for e in registry.outbox()]


def test_nothing_is_proposed_without_a_rule(filed: Hallpass) -> None:
    assert filed("retention", "rules")[1] == "No retention rule is set: everything is kept."
    code, _, err = filed("retention", "propose")
    assert (code, "Nothing may be disposed of (no retention rule is set)" in err) == (2, True)


def test_a_permitted_disposition_drops_the_text_everywhere_and_verify_says_so(
    permitted: Hallpass, tmp_path: Path
) -> None:
    assert permitted("search", "ago")[1].endswith("1 found.")
    assert permitted("retention", "approve", "D1", "--by", "lee")[0] == 0
    code, out, err = permitted("retention", "run", "D1")
    assert (code, err) == (0, "")
    assert "are gone" in out and "Not covered: backups made before now" in out
    assert permitted("search", "ago")[1] == "0 found."
    assert permitted("search", "today")[1].endswith("1 found.")
    code, out, err = permitted("verify")
    assert (code, err) == (0, "")
    assert "1 lines and 0 pictures were disposed of under permission 12-345 on 7 September 2026 (D1)" in out
    copies = [path.read_bytes() for path in (tmp_path / "published").glob("*.duckdb")]
    assert [b"of long ago" in copy for copy in copies] == [False] * len(copies)
    assert "done" in permitted("retention", "list")[1]
    assert permitted("retention", "run", "D1")[0] == 0


def test_who_proposed_cannot_approve_and_the_attempt_is_on_record(permitted: Hallpass) -> None:
    code, _, err = permitted("retention", "approve", "D1", "--by", " Dana ")
    assert (code, "who cannot approve it too. Ask somebody else." in err) == (3, True)
    code, _, err = permitted("retention", "run", "D1")
    assert (code, "D1 is permitted, and this needs it approved or running or done" in err) == (3, True)
    assert [(action, subject) for action, subject, _ in events()][-3:] == [
        ("disposition.proposed", "D1"),
        ("disposition.permitted", "D1"),
        ("disposition.refused", "D1"),
    ]


def test_a_hold_placed_after_the_approval_blocks_the_run_until_it_is_released(permitted: Hallpass) -> None:
    permitted("retention", "approve", "D1", "--by", "lee")
    assert permitted("hold", "add", "--account", "LarkinBiology", "--reason", "claim 7")[0] == 0
    code, _, err = permitted("retention", "run", "D1")
    assert (code, "1 of the lines and pictures of D1 may not go now (held by H1)" in err) == (3, True)
    assert permitted("search", "ago")[1].endswith("1 found.")
    code, _, err = permitted("retention", "propose")
    assert (code, "2 lines: held by H1" in err) == (2, True)
    assert permitted("hold", "release", "H1", "--why", "settled")[0] == 0
    assert permitted("retention", "run", "D1")[0] == 0
    assert permitted("search", "ago")[1] == "0 found."


def test_every_step_stands_in_the_ledger(permitted: Hallpass, tmp_path: Path) -> None:
    permitted("retention", "approve", "D1", "--by", "lee")
    permitted("retention", "run", "D1", "--by", "sam")
    from warehouse.publish import open_published

    with open_published(tmp_path) as reader:
        said = reader.execute(
            """SELECT action, "by" FROM decision WHERE subject IN ('D1', 'posts') ORDER BY batch_id, line"""
        ).fetchall()
        disposal = reader.execute("SELECT disposition_id, permission, evidence_line FROM disposal").fetchall()
    assert set(said) == {
        ("retention.set", "dana"),
        ("disposition.proposed", "dana"),
        ("disposition.permitted", "dana"),
        ("disposition.approved", "lee"),
        ("disposition.begun", "sam"),
        ("disposition.done", "sam"),
    }
    assert disposal == [("D1", "12-345", 1)]


def test_without_the_ledgers_key_nothing_is_dropped(permitted: Hallpass, monkeypatch: pytest.MonkeyPatch) -> None:
    permitted("retention", "approve", "D1", "--by", "lee")
    monkeypatch.delenv("AIRFLOW_CONN_HALLPASS_LEDGER")
    code, _, err = permitted("retention", "run", "D1")
    assert (code, "hallpass_ledger" in err) == (1, True)
    assert permitted("search", "ago")[1].endswith("1 found.")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("retention", "set", "posts", *RULES[:1], "soon", *RULES[2:]), "'soon' is no period"),
        (("retention", "set", "posts", "--keep", "200y", *RULES[2:]), "2400 months are no retention period"),
        (("retention", "set", "posts", *RULES[:3], " ", *RULES[4:]), "The rule has no citation"),
        (("retention", "end", "comments"), "There is no retention rule for comments"),
        (("retention", "show", "D9"), "There is no disposition 'D9'"),
        (("retention", "permit", "D1", "--number", "1", "--file", "/nowhere"), "/nowhere cannot be read"),
        (("hold", "add", "--reason", "claim"), "The hold names nothing"),
        (("hold", "add", "--account", "nobody", "--reason", "claim"), "nobody"),
        (("hold", "add", "--from", "2026-02-01", "--to", "2026-01-01", "--reason", "c"), "end before it begins"),
        (("hold", "release", "H9", "--why", "settled"), "There is no hold 'H9'"),
    ],
)
def test_a_mistake_says_what_to_do_and_changes_nothing(hallpass: Hallpass, command: tuple[str, ...], says: str) -> None:
    code, _, err = hallpass(*command)
    assert (code, says in err, len(err.splitlines())) == (2, True, 1)
    assert events() == []


def test_a_lost_key_is_replaced_and_the_history_still_verifies(
    hallpass: Hallpass, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def collected(number: str) -> tuple[int, str, str]:
        Landing(tmp_path).land("x", [exchange(number, 2026, f"post {number}")], AT)
        archive(Settings.load())
        return hallpass("verify")

    use_key(monkeypatch, hallpass("ledger", "init", "larkin.example")[1].split()[-1])
    assert collected("1")[0] == 0
    lost = (tmp_path / "ledger" / "public-key").read_text()
    assert hallpass("ledger", "rotate", "--why", " ")[0] == 2
    secret = hallpass("ledger", "rotate", "--why", "the secret is lost")[1].split()[-1]
    with pytest.raises(Exception, match="holds another key than the ledger is signed with"):
        collected("2")
    use_key(monkeypatch, secret)
    code, out, err = collected("3")
    assert (code, err) == (0, "")
    assert "under 2 signed checkpoints" in out
    keys = (tmp_path / "ledger" / "public-key").read_text()
    assert keys.startswith(lost) and len(keys.splitlines()) == 2
    (tmp_path / "old-key").write_text(lost)
    assert "checkpoint 2 of the ledger is not signed by larkin" in hallpass("verify", "--key", tmp_path / "old-key")[2]
    new = keys.splitlines()[1]
    (tmp_path / "both").write_text(f"{new}\n{lost}")
    assert "signed by a key that had been replaced" in hallpass("verify", "--key", tmp_path / "both")[2]


def test_a_key_that_no_decision_announced_is_named(
    filed: Hallpass, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thief = new_signer("larkin.example")
    with (tmp_path / "ledger" / "public-key").open("a") as keys:
        keys.write(f"{thief.verifier().text()}\n")
    use_key(monkeypatch, thief.secret_text())
    Landing(tmp_path).land("x", [exchange("3", 2026, "forged")], AT)
    archive(Settings.load())
    assert "no decision in the ledger made" in filed("verify")[2]


def test_a_stamp_is_made_once_and_verify_misses_it_where_it_is_gone(filed: Hallpass, tmp_path: Path) -> None:
    (tmp_path / "tsa").mkdir()
    assert "certificates are not known here" in filed("ledger", "stamp", "--tsa", "http://127.0.0.1:1")[2]
    with time_authority(tmp_path / "tsa") as authority:
        roots = tmp_path / "tsa" / "ca.pem"
        for _ in range(2):
            code, out, err = filed("ledger", "stamp", "--tsa", authority.url, "--roots", roots)
            assert (code, out[:31], err) == (0, "Checkpoint 1 is time-stamped at", "")
        archive(Settings.load())
        assert filed("ledger", "stamp", "--tsa", authority.url)[1].startswith("Checkpoint 2 is")
    assert filed("ledger", "stamp", "--tsa", "127.0.0.1")[2].startswith("hallpass: '127.0.0.1' is no web address")
    archive(Settings.load())
    assert "2 of the checkpoints are time-stamped" in filed("verify")[1]
    (tmp_path / "ledger" / "000001.tsr").unlink()
    assert "the time stamp of checkpoint 1 is missing" in filed("verify")[2]


def test_an_authority_that_cannot_be_reached_is_one_line(filed: Hallpass, tmp_path: Path) -> None:
    (tmp_path / "roots.pem").write_bytes(b"not asked for")
    code, _, err = filed("ledger", "stamp", "--tsa", "http://127.0.0.1:1", "--roots", tmp_path / "roots.pem")
    assert (code, "The time-stamping authority did not answer" in err, len(err.splitlines())) == (1, True, 1)
