"""An export is a bag that bagit's own validator passes, and whose proofs anybody checks without hallpass."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import bagit
import pytest
from roster_kit import write_roster
from test_cli_registry import ADD
from test_retention_commands import answer, exchange, use_key
from typed_command import AT, Hallpass

from hallpass.pipeline.archive import archive
from hallpass.settings import Settings
from records.model import Envelope, MediaFile
from records.own import to_envelope
from registry import Registry
from warehouse.landing import Landing
from warehouse.note import new_signer


def pictured(post_id: str, text: str) -> Envelope:
    """X's answer with one post that shows a picture."""
    post = {
        "id": post_id,
        "text": text,
        "created_at": "2026-05-05T12:00:00.000Z",
        "author_id": "1845",
        "attachments": {"media_keys": ["3_7"]},
    }
    media = {"media_key": "3_7", "type": "photo", "url": "https://pbs.twimg.com/media/7.png", "alt_text": "The fair"}
    return answer({"data": [post], "includes": {"media": [media]}})


@pytest.fixture
def filed(hallpass: Hallpass, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hallpass:
    """An archive with posts of 2025 and 2026, one of them a formula to a spreadsheet, one with a picture."""
    use_key(monkeypatch, new_signer("larkin.example").secret_text())
    hallpass("roster", "import", write_roster(tmp_path / "roster.zip"))
    assert hallpass(*ADD)[0] == 0
    landing = Landing(tmp_path)
    sha256 = landing.land_media(b"a picture")
    file = to_envelope(MediaFile("x:media:3_7", sha256, 9, "image/png"), AT, "x:1845")
    posts = [exchange("1", 2025, "last year"), exchange("2", 2026, "=HYPERLINK(1)"), pictured("3", "the fair")]
    landing.land("x", [*posts, file], AT)
    archive(Settings.load())
    return hallpass


@pytest.fixture
def bag(filed: Hallpass, tmp_path: Path) -> Path:
    """The account's posts of 2026."""
    target = tmp_path / "out" / "larkin"
    arguments = ("--account", "LarkinBiology", "--from", "2026-01-01", "--to", "2026-12-31", "--why", "request 7")
    code, out, err = filed("export", target, *arguments)
    assert (code, err) == (0, "")
    assert "2 versions of posts and 0 of comments, 1 pictures, 3 landed lines with their proofs" in out
    return target


def verified(bag: Path, *arguments: object) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", *map(str, arguments)], cwd=bag, capture_output=True, text=True
    )
    return done.returncode, done.stdout


def test_the_bag_is_valid_and_holds_what_was_asked_for(bag: Path) -> None:
    opened = bagit.Bag(str(bag))
    opened.validate()
    assert opened.info["Bagging-Date"] == "2026-09-07"
    posts = json.loads((bag / "data" / "posts.json").read_text())
    assert [(post["record_id"], post["text"], post["state"], post["current"]) for post in posts] == [
        ("x:post:2", "=HYPERLINK(1)", "present", True),
        ("x:post:3", "the fair", "present", True),
    ]
    with (bag / "data" / "posts.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["text"] for row in csv.DictReader(file)] == ["'=HYPERLINK(1)", "the fair"]
    with (bag / "data" / "media.csv").open(encoding="utf-8-sig", newline="") as file:
        (item,) = csv.DictReader(file)
    assert (bag / "data" / item["file"]).read_bytes() == b"a picture"
    assert b"last year" not in b"".join(path.read_bytes() for path in bag.rglob("*") if path.is_file())


def test_a_changed_file_is_no_longer_the_bag(bag: Path) -> None:
    (bag / "data" / "posts.json").write_text("[]")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(bag)).validate()


def test_anybody_checks_the_proofs_offline(bag: Path, tmp_path: Path) -> None:
    assert verified(bag) == (0, "3 lines under 1 signed checkpoint: nothing wrong\n")
    stranger = tmp_path / "stranger"
    stranger.write_text(new_signer("larkin.example").verifier().text())
    code, said = verified(bag, stranger)
    assert (code, said.splitlines()[0]) == (1, f"the checkpoint is not signed by a key in {stranger}")


@pytest.mark.parametrize(
    ("where", "old", "new", "says"),
    [
        ("evidence", b"HYPERLINK", b"HYPERLINX", "the line is not the one that was landed"),
        ("proofs", b'"line":2', b'"line":3', "the line is not in its batch"),
        ("proofs", b'"index":', b'"index":1', "the batch is not in the ledger"),
    ],
)
def test_a_forged_line_or_proof_is_named(bag: Path, where: str, old: bytes, new: bytes, says: str) -> None:
    (path,) = (path for path in (bag / "data" / where).iterdir() if path.stem.endswith("-2"))
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))
    code, said = verified(bag)
    assert (code, said.splitlines()[0]) == (1, f"{path.stem}: {says}")


def test_an_export_is_on_record_with_its_manifest(bag: Path) -> None:
    with Registry.open(Settings.load().registry_url) as registry:
        event = registry.outbox()[-1]
    assert (event.action, event.subject, event.by, event.reason) == ("export.made", "x:1845", "dana", "request 7")
    assert len(event.data["manifest"]) == 64


def test_a_mistake_leaves_nothing_behind(filed: Hallpass, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    for arguments, says in (
        (("there",), "exists. Give a folder that does not"),
        (("new", "--from", "2031-01-01"), "Nothing fits what is to be exported"),
        (("new", "--account", "nobody"), "nobody"),
    ):
        code, _, err = filed("export", tmp_path / arguments[0], *arguments[1:])
        assert (code, says in err) == (2, True)
    assert not (tmp_path / "new").exists()
    shutil.rmtree(tmp_path / "there")
