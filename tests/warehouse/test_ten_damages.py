"""Ten kinds of damage to an archive as the demo leaves it, and some more: the first thing wrong is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import zstandard
from archive_kit import ACCOUNT, NOW, hours, page, parse, post
from authority_kit import time_authority
from test_verify import cut_the_log

from records.actions import STAMPED
from records.errors import EvidenceDamaged
from records.model import Decision, Evidence, MediaFile, MediaItem, Observation, Platform
from records.own import to_envelope
from warehouse import database
from warehouse.envelopes import stub
from warehouse.landing import Landing, all_lines_of, header_of, packed
from warehouse.ledger import Ledger
from warehouse.load import load
from warehouse.note import Signer, new_signer
from warehouse.publish import publish
from warehouse.rebuild import rebuild
from warehouse.timestamp import stamp
from warehouse.verify import Verified, verify

SIGNER = new_signer("melrose.example/hallpass")
THIEF = new_signer("melrose.example/hallpass")


def settle(folder: Path, signer: Signer = SIGNER) -> None:
    load(folder, parse, NOW)
    Ledger(folder).record(signer)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Posts with a picture, an observation, a decision, a stamped checkpoint, each step signed, and published."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    landing = Landing(folder)
    picture = landing.land_media(b"a picture")
    item = MediaItem("x:media:1", Platform.X, ACCOUNT, "photo", "https://x/1")
    file = to_envelope(MediaFile("x:media:1", picture, 9, "image/png"), NOW, ACCOUNT)
    posts = landing.land("x", [page(NOW, post(1, media_ids=("x:media:1",)), item), file], NOW)
    settle(folder)
    seen = Evidence(posts.batch_id, 1)
    observed = Observation("o1", "logo", 1, "4.9", ACCOUNT, "x:post:1", "seal", 0.9, True, seen, NOW)
    landing.land("observations", [to_envelope(observed, hours(1))], hours(1))
    settle(folder)
    with time_authority(tmp_path_factory.mktemp("authority")) as authority:
        made = stamp(folder, authority.ask, authority.roots)
    assert made is not None
    granted = Decision("e1", hours(2), "supt", "grant.given", "G1", "asked")
    stamped = Decision("e2", hours(2), "it", STAMPED, str(made.number), "", {"sha256": made.sha256})
    landing.land("decisions", [to_envelope(each, each.at) for each in (granted, stamped)], hours(2))
    settle(folder)
    publish(folder)
    return folder


@pytest.fixture
def folder(demo: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo, tmp_path / "data"))


def check(folder: Path) -> Verified:
    return verify(folder, parse, SIGNER.verifier(), NOW, threads=1)


def file_of(folder: Path, source: str) -> Path:
    (path,) = Landing(folder).paths(source).values()
    path.chmod(0o644)
    return path


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.chmod(0o644)
    path.write_bytes(content)


def change_row(folder: Path) -> None:
    with duckdb.connect(str(database.archive_path(folder))) as connection:
        connection.execute("UPDATE post_version SET text = 'jello'")


def sign_anew(folder: Path) -> None:
    """Every checkpoint signed again, over the same tree, by somebody without the key."""
    shutil.rmtree(folder / "ledger")
    Ledger(folder).record(THIEF)


def shrink(folder: Path) -> None:
    """The last checkpoint is taken back, and the batch that it was over with it."""
    file_of(folder, "decisions").unlink()
    (folder / "ledger" / "000003.json").unlink()


def double(folder: Path) -> None:
    path = file_of(folder, "x")
    elsewhere = path.parent.with_name("2026-01-01")
    elsewhere.mkdir()
    shutil.copy(path, elsewhere)


def half_write(folder: Path) -> None:
    """A batch that nobody has loaded yet is only half there, as after a copy that broke off."""
    landing = Landing(folder)
    path = landing.land("x", [page(hours(3), post(3))], hours(3)).path
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-20])


def rename(folder: Path) -> None:
    path = file_of(folder, "x")
    path.rename(path.with_name(f"{'0' * 32}.jsonl.zst"))


def swap_stamp(folder: Path) -> None:
    """A stamp that another authority made over another checkpoint."""
    path = folder / "ledger" / "000002.tsr"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")


def without(folder: Path, word: bytes) -> None:
    """The decisions again, less the one that has ``word`` in it."""
    path = file_of(folder, "decisions")
    content = zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    kept = [line for line in content.splitlines(keepends=True) if word not in line]
    path.write_bytes(zstandard.ZstdCompressor().compress(b"".join(kept)))


def drop_unlawfully(folder: Path) -> None:
    """A payload is dropped as the law would drop it, without anybody's permission: every root is the same."""
    path = file_of(folder, "x")
    header, *lines = all_lines_of(header_of(path))
    path.write_bytes(packed([header, stub(lines[0], "D1"), *lines[1:]]))


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a flipped byte in landing": (lambda f: flip(file_of(f, "x")), "landing/x/.*doesn't match checksum"),
    "a changed row in DuckDB": (change_row, "archive.duckdb differs from landing in table post_version, row .*jello"),
    "a removed batch": (lambda f: file_of(f, "x").unlink(), "is in the ledger and not in landing"),
    "a checkpoint signed by another key": (sign_anew, "checkpoint 1 of the ledger is not signed by melrose"),
    "a shrunk history": (shrink, "the archive holds batch .*, which is not in landing"),
    "a truncated log": (cut_the_log, "the archive has lost batch .*its log was cut"),
    "a duplicated batch": (double, "is the same batch as .*landing/x/"),
    "a half-written batch": (half_write, "landing/x/.*cut short"),
    "a renamed batch": (rename, "is in the ledger and not in landing"),
    "a changed picture": (lambda f: flip(next(f.glob("media/*/*"))), "the picture .* is not the one that was landed"),
    "a removed picture": (lambda f: next(f.glob("media/*/*")).unlink(), "the picture .* is missing"),
    "a forged stamp": (swap_stamp, "the time stamp of checkpoint 2 is another one"),
    "a removed stamp": (lambda f: (f / "ledger" / "000002.tsr").unlink(), "the time stamp of checkpoint 2 is missing"),
    "a removed decision": (lambda f: without(f, b"grant.given"), "landing/decisions/.*not the ones that were landed"),
    "a payload dropped unlawfully": (drop_unlawfully, "line 1 of .*landing/x/.* was dropped without a permission"),
}


def test_the_whole_archive_passes(folder: Path) -> None:
    found = check(folder)
    assert (found.checkpoints, found.batches, found.media, found.stamps, found.waiting) == (3, 3, 1, 1, 0)


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_first_thing_wrong_is_named_with_what_to_do(folder: Path, damage: str) -> None:
    do, says = DAMAGES[damage]
    do(folder)
    with pytest.raises(EvidenceDamaged, match=says) as caught:
        check(folder)
    assert caught.value.todo
    assert "\n" not in str(caught.value)


def test_a_stamp_that_no_decision_names_yet_is_checked_all_the_same(folder: Path) -> None:
    shutil.copy(folder / "ledger" / "000002.tsr", folder / "ledger" / "000003.tsr")
    with pytest.raises(EvidenceDamaged, match="the time stamp of checkpoint 3 does not hold"):
        check(folder)


def test_a_stamp_is_checked_against_the_certificates_that_a_stranger_brings(folder: Path, tmp_path: Path) -> None:
    with time_authority(tmp_path) as other, pytest.raises(EvidenceDamaged, match="checkpoint 2 does not hold"):
        verify(folder, parse, SIGNER.verifier(), NOW, threads=1, stamp_roots=other.roots)


def test_steps_that_were_taken_back_with_a_stamp_are_missed(folder: Path) -> None:
    """Whoever takes back a stamped checkpoint must rewrite the decision that names it too."""
    notes = [json.loads(path.read_bytes())["note"] for path in sorted((folder / "ledger").glob("*.json"))]
    shrink(folder)
    rebuild(folder, parse, NOW)
    publish(folder)
    assert check(folder).batches == 2
    with pytest.raises(EvidenceDamaged, match="trusted checkpoint 1 was signed over"):
        verify(folder, parse, SIGNER.verifier(), NOW, trusted=notes[-1:], threads=1)
