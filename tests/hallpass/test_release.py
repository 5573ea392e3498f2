"""The answer to a public records request holds what was decided to be handed out, and nothing of what was not."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import bagit
import pytest
from roster_kit import write_roster
from test_export_command import pictured
from test_retention_commands import answer, exchange, use_key
from typed_command import AT

from hallpass.pipeline.archive import archive
from hallpass.pipeline.release import answer as answered
from hallpass.settings import Settings
from records.errors import BadInput, Refused
from records.model import Envelope, MediaFile
from records.own import to_envelope
from registry import AccountDraft, Registry
from registry.public_items import WHOLE, WITHHELD, Ruling
from warehouse.landing import Landing
from warehouse.note import new_signer

GRETA, OTTO = "Greta Whitlock", "Otto Brandt"
SECRETS = (b"555-0100", b"greta_w11", b"Whitlock", b"Otto", b"otters", b"not asked for", b"pbs.twimg.com", b"a picture")


def two_comments() -> Envelope:
    """X's answer to a search: two strangers under post 2."""
    reply = {"created_at": "2026-03-05T12:00:00.000Z", "conversation_id": "2", "in_reply_to_user_id": "1845"}
    under = {"referenced_tweets": [{"type": "replied_to", "id": "2"}]}
    first = {"id": "11", "author_id": "91", "text": "Call me at 555-0100, greta_w11 is my name", **reply, **under}
    second = {"id": "12", "author_id": "92", "text": "otters", **reply, **under}
    users = [{"id": "91", "username": "greta_w11", "name": GRETA}, {"id": "92", "username": "otto", "name": OTTO}]
    url = "https://api.twitter.com/2/tweets/search/all?query=conversation_id%3A2"
    body = json.dumps({"data": [first, second], "includes": {"users": users}}).encode()
    return Envelope("x.search", body, AT, "x:1845", url=url)


@pytest.fixture(scope="module")
def environment() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        use_key(monkeypatch, new_signer("larkin.example").secret_text())
        monkeypatch.setenv("HALLPASS_CLOCK", AT.isoformat())
        monkeypatch.delenv("HALLPASS_REGISTRY_URL", raising=False)
        yield monkeypatch


@pytest.fixture(scope="module")
def office(environment: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """R1 with six records: posts 1 to 4 (3 with a picture; 4 was landed beside 5) and two comments."""
    folder = tmp_path_factory.mktemp("release")
    environment.setenv("HALLPASS_FOLDER", str(folder))
    with Registry.open(Settings.load().registry_url) as registry:
        registry.import_roster(write_roster(folder / "roster.zip"), "it", AT)
        draft = AccountDraft("x", "1845", "LarkinBiology", "t1", "high", "Biology news", "hallpass_x")
        registry.add_account(draft, "it", AT, "asked for")
        _land(folder)
        archive(Settings.load())
        registry.public_requests.receive("A paper", "Everything on the fair", date(2026, 9, 1), "rae", AT)
        ids = ("x:post:1", "x:post:2", "x:post:3", "x:post:4", "x:comment:11", "x:comment:12")
        registry.public_requests.items.choose("R1", dict.fromkeys(ids, AT), "rae", AT)
        yield registry


def _land(folder: Path) -> None:
    landing = Landing(folder)
    file = to_envelope(MediaFile("x:media:3_7", landing.land_media(b"a picture"), 9, "image/png"), AT, "x:1845")
    beside = {"created_at": "2026-04-04T12:00:00.000Z", "author_id": "1845"}
    pair = [{"id": "4", "text": "chosen", **beside}, {"id": "5", "text": "not asked for", **beside}]
    posts = [exchange("1", 2025, "last year"), exchange("2", 2026, "=SUM(1)"), pictured("3", "At the FAIR with Greta")]
    landing.land("x", [*posts, answer({"data": pair}), two_comments(), file], AT)


def ruled(office: Registry) -> str:
    items = office.public_requests.items
    items.rule("R1", {1: 1, 2: 1, 4: 1}, Ruling(WHOLE), "rae", AT)
    redacted = ("redacted", ("fair with greta",), False, True, "c", "A child's name")
    items.rule("R1", {3: 1}, Ruling(*redacted), "rae", AT)
    words = ("555-0100", "greta_w11")
    items.rule("R1", {5: 1}, Ruling("redacted", words, True, False, "c", "A parent's number"), "rae", AT)
    items.rule("R1", {6: 1}, Ruling(WITHHELD, exemption="a", reason="A pupil"), "rae", AT)
    return answered(Settings.load(), "R1", "rae", "The first part")


@pytest.fixture(scope="module")
def bag(office: Registry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The answer, unpacked."""
    name, out = ruled(office), tmp_path_factory.mktemp("out")
    with zipfile.ZipFile(Settings.load().folder / "exports" / name) as packed:
        packed.extractall(out)
    return out / "R1-1"


def rows(bag: Path, name: str) -> list[dict[str, str]]:
    with (bag / "data" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_kept_back_is_nowhere_in_the_answer(bag: Path) -> None:
    bagit.Bag(str(bag)).validate()
    content = {path: path.read_bytes() for path in bag.rglob("*") if path.is_file()}
    assert [(path.name, secret) for path, held in content.items() for secret in SECRETS if secret in held] == []
    assert (bag / "data" / "records.pdf").read_bytes().startswith(b"%PDF")


def test_each_record_leaves_as_it_was_decided(bag: Path) -> None:
    posts = json.loads((bag / "data" / "posts.json").read_text())
    assert [(post["record_id"], post["text"], post["permalink"] is None) for post in posts] == [
        ("x:post:1", "last year", False),
        ("x:post:2", "=SUM(1)", False),
        ("x:post:4", "chosen", False),
        ("R1-3", "At the [redacted (c)]", True),
    ]
    (comment,) = json.loads((bag / "data" / "comments.json").read_text())
    assert {name: comment[name] for name in ("record_id", "post_id", "author_name", "author_id", "text")} == {
        "record_id": "R1-5",
        "post_id": "x:post:2",
        "author_name": "[redacted (c)]",
        "author_id": "[redacted (c)]",
        "text": "Call me at [redacted (c)], [redacted (c)] is my name",
    }
    log = [(row["record"], row["kept_back"], row["exemption"], row["reason"]) for row in rows(bag, "exemptions.csv")]
    assert log == [
        ("R1-3", "words of its text, its pictures", "M.G.L. c. 4, s. 7(26)(c)", "A child's name"),
        ("R1-5", "words of its text, its author", "M.G.L. c. 4, s. 7(26)(c)", "A parent's number"),
        ("R1-6", "all of it", "M.G.L. c. 4, s. 7(26)(a)", "A pupil"),
    ]


def test_lines_that_show_more_are_left_out_and_their_proofs_hold(bag: Path) -> None:
    done = subprocess.run([sys.executable, "-I", "verify.py"], cwd=bag, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (
        0,
        """3 of the lines are not handed out: their proofs say that they were landed
5 lines under 1 signed checkpoint: nothing wrong
""",
    )
    shown = b"".join(path.read_bytes() for path in (bag / "data" / "evidence").iterdir())
    assert b"last year" in shown and b"chosen" not in shown


def test_the_answer_is_on_record_and_a_second_one_has_its_own_name(office: Registry, bag: Path) -> None:
    assert answered(Settings.load(), "R1", "rae", "Again") == "R1-2.zip"
    again, first = office.exports.of("R1")
    assert (first.by, first.why, first.data["file"], again.data["file"]) == (
        "rae",
        "The first part",
        bag.name + ".zip",
        "R1-2.zip",
    )
    counts = {name: count for name, count in first.data.items() if name not in ("file", "manifest")}
    assert counts == {"whole": "3", "redacted": "2", "withheld": "1"}


def test_nothing_leaves_before_everything_is_decided(office: Registry) -> None:
    office.public_requests.receive("Another paper", "Everything", date(2026, 9, 1), "rae", AT)
    with pytest.raises(BadInput, match="No records were chosen for R2"):
        answered(Settings.load(), "R2", "rae", "")
    office.public_requests.items.choose("R2", {"x:post:1": AT, "x:post:404": None}, "rae", AT)
    with pytest.raises(Refused, match="2 of the records of R2 are not decided, the first is record 1"):
        answered(Settings.load(), "R2", "rae", "")
    office.public_requests.items.rule("R2", {1: 1, 2: 1}, Ruling(WHOLE), "rae", AT)
    with pytest.raises(BadInput, match="The archive no longer has record 2 of R2"):
        answered(Settings.load(), "R2", "rae", "")
    assert [
        path.name for path in (Settings.load().folder / "exports").iterdir() if path.name.startswith(("R2", "."))
    ] == []
    assert office.exports.of("R2") == []
