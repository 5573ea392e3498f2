"""Verify: a whole archive passes, and of a damaged one the first thing wrong is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
import zstandard
from archive_kit import NOW, hours, page, parse, post

from records.errors import EvidenceDamaged
from records.model import Decision
from records.own import to_envelope
from warehouse import database, parts
from warehouse.landing import Batch, Landing
from warehouse.ledger import Ledger
from warehouse.load import load, load_into
from warehouse.note import new_signer, verifier_from
from warehouse.publish import current, publish
from warehouse.rebuild import rebuild
from warehouse.verify import Verified, verify

SIGNER = new_signer("melrose.example/hallpass")


def capture(folder: Path, number: int) -> Batch:
    decision = to_envelope(Decision(f"e{number}", NOW, "supt", "grant.added", "g1", "asked"), NOW)
    envelopes = [page(hours(number), post(1, version=str(number)), post(10 + number)), decision]
    batch = Landing(folder).land("x", envelopes, hours(number))
    load(folder, parse, NOW)
    Ledger(folder).record(SIGNER)
    return batch


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three batches, each loaded and signed by itself, one picture, and a published copy."""
    folder = tmp_path_factory.mktemp("whole")
    for number in (1, 2, 3):
        capture(folder, number)
    Landing(folder).land_media(b"picture")
    publish(folder)
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "data"))


def check(folder: Path, **more: object) -> Verified:
    return verify(folder, parse, SIGNER.verifier(), NOW, **more)  # type: ignore[arg-type]


def test_a_whole_archive_passes_and_stays_as_it_was(folder: Path) -> None:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    verified = check(folder)
    assert replace(verified, tables={}) == Verified(3, 3, 9, 1, 0, {})
    assert verified.tables["post_version"].rows == 6
    assert sorted(p for p in folder.rglob("*") if p.is_file()) == files


def test_several_threads_find_the_same(folder: Path) -> None:
    assert check(folder, threads=2) == check(folder, threads=1)
    flip(file_of(folder, 2), 100)
    with pytest.raises(EvidenceDamaged):
        check(folder, threads=2)


def test_what_is_landed_and_not_loaded_is_waiting(folder: Path) -> None:
    Landing(folder).land("x", [page(NOW, post(99))], NOW)
    assert check(folder).waiting == 1


def test_a_checkpoint_that_was_kept_elsewhere_still_holds(folder: Path) -> None:
    notes = [step.note for step in Ledger(folder).steps()]
    assert check(folder, trusted=notes).checkpoints == 3


def file_of(folder: Path, number: int) -> Path:
    batch_id = Ledger(folder).entries()[number - 1].batch_id
    return Landing(folder).paths()[batch_id]


def writable(path: Path) -> Path:
    path.chmod(0o644)
    return path


def flip(path: Path, at: int) -> None:
    content = bytearray(writable(path).read_bytes())
    content[at] ^= 0x10
    path.write_bytes(content)


def cut(path: Path) -> None:
    writable(path).write_bytes(path.read_bytes()[:-2])


def salt(path: Path) -> None:
    content = zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    at = content.index(b'{"salt":"')
    rewrite(path, content[at : at + 41], b'{"salt":"' + b"0" * 32)


def rewrite(path: Path, old: bytes, new: bytes) -> None:
    content = zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    assert old in content
    writable(path).write_bytes(zstandard.ZstdCompressor().compress(content.replace(old, new)))


def change(path: Path, statement: str) -> None:
    with duckdb.connect(str(writable(path))) as connection:
        connection.execute(statement)


def step(folder: Path, number: int) -> Path:
    return folder / "ledger" / f"{number:06d}.json"


def edit_step(folder: Path, number: int, edit: Callable[[dict[str, Any]], object]) -> None:
    fields = json.loads(step(folder, number).read_bytes())
    edit(fields)
    writable(step(folder, number)).write_text(json.dumps(fields))


def forge(folder: Path) -> None:
    """Somebody without the key takes a batch out of the ledger and signs the rest with a key of his own."""
    shutil.rmtree(folder / "ledger")
    file_of_first = sorted(Landing(folder).paths().values())[0]
    file_of_first.unlink()
    rebuild(folder, parse, NOW)
    Ledger(folder).record(new_signer(SIGNER.name))


def leave_a_log(folder: Path) -> Path:
    """The last load's commit stands in DuckDB's log only, as an earlier version's loader left it; returns the log."""
    last = file_of(folder, 3)
    kept = last.read_bytes()
    last.unlink()
    rebuild(folder, parse, NOW)
    last.write_bytes(kept)
    archive = database.archive_path(folder)
    with closing(duckdb.connect()) as connection:
        connection.execute(f"ATTACH '{archive}' AS {parts.OPEN}")
        parts.join(connection, archive)
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        load_into(connection, Landing(folder), parse, NOW)
    return database.log_of(archive)


def cut_the_log(folder: Path) -> None:
    """100 bytes of the log are lost."""
    log = leave_a_log(folder)
    log.write_bytes(log.read_bytes()[:-100])


ARCHIVE = database.archive_path
DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a flipped byte in landing": (lambda f: flip(file_of(f, 2), 100), "landing/x/.*Restored data doesn't match"),
    "a flipped byte in the last checksum": (lambda f: flip(file_of(f, 2), -1), "landing/x/.*doesn't match checksum"),
    "a landing file cut short": (lambda f: cut(file_of(f, 1)), "did not decompress full frame"),
    "a changed body": (lambda f: rewrite(file_of(f, 1), b"hello", b"jello"), "not the ones that were landed"),
    "a changed header": (lambda f: rewrite(file_of(f, 1), b'T12:00:00Z","r', b'T13:00:00Z","r'), "its header differs"),
    "a changed salt": (lambda f: salt(file_of(f, 1)), "a salt or its header differs"),
    "a removed batch": (lambda f: file_of(f, 2).unlink(), "is in the ledger and not in landing"),
    "a changed picture": (lambda f: flip(next(f.glob("media/*/*")), 0), "the picture .* is not the one that was"),
    "a changed row": (
        lambda f: change(ARCHIVE(f), "UPDATE post_version SET text = 'jello' WHERE version_id = '2'"),
        "the archive .* in table post_version, row added or changed: x:post:1 2 .*jello",
    ),
    "a deleted row": (
        lambda f: change(ARCHIVE(f), "DELETE FROM decision WHERE event_id = 'e1'"),
        "in table decision, row missing: e1",
    ),
    "a changed state": (
        lambda f: change(ARCHIVE(f), "UPDATE record_current SET state = 'deleted'"),
        "in table record_current",
    ),
    "a changed published copy": (
        lambda f: change(current(f), "UPDATE decision SET reason = 'none'"),
        "the published copy .* in table decision",
    ),
    "an invented batch in the archive": (
        lambda f: change(ARCHIVE(f), "INSERT INTO batch SELECT 'ffff', * EXCLUDE batch_id FROM batch LIMIT 1"),
        "holds batch ffff, which is not in landing",
    ),
    "a truncated log": (cut_the_log, "the archive has lost batch .*its log was cut"),
    "a removed step of the ledger": (lambda f: step(f, 2).unlink(), "step 2 of the ledger .* is missing"),
    "a damaged step of the ledger": (lambda f: cut(step(f, 2)), "000002.json cannot be read"),
    "a swapped entry of the ledger": (
        lambda f: edit_step(f, 2, lambda s: s["entries"][0].update(root="00" * 32)),
        "not those that checkpoint 2",
    ),
    "a changed checkpoint": (
        lambda f: edit_step(f, 3, lambda s: s.update(note=s["note"].replace("3\n", "4\n"))),
        "checkpoint 3 of the ledger is not signed",
    ),
    "a rewritten history": (forge, "checkpoint 1 of the ledger is not signed by melrose"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_first_thing_wrong_is_named(folder: Path, damage: str) -> None:
    do, says = DAMAGES[damage]
    do(folder)
    with pytest.raises(EvidenceDamaged, match=says) as caught:
        check(folder)
    assert caught.value.todo
    assert "\n" not in str(caught.value)


def test_a_shortened_history_is_caught_by_a_checkpoint_that_was_kept_elsewhere(folder: Path) -> None:
    kept = Ledger(folder).steps()[-1].note
    step(folder, 3).unlink()
    check(folder)
    with pytest.raises(EvidenceDamaged, match="not those that trusted checkpoint 1 was signed over"):
        check(folder, trusted=[kept])


def test_the_log_of_an_earlier_version_is_taken_in(folder: Path) -> None:
    leave_a_log(folder)
    assert load(folder, parse, NOW).batches == 0
    assert check(folder).batches == 3


def test_a_load_mends_a_truncated_log(folder: Path) -> None:
    cut_the_log(folder)
    assert load(folder, parse, NOW).batches == 1
    assert check(folder).batches == 3


def test_the_public_key_is_all_that_a_stranger_needs(folder: Path) -> None:
    published_key = SIGNER.verifier().text()
    assert verify(folder, parse, verifier_from(published_key), NOW).batches == 3


def test_what_a_killed_verify_left_is_cleared_away(folder: Path) -> None:
    left = folder / "warehouse" / "verifying-left"
    left.mkdir()
    (left / "fresh.duckdb").write_bytes(b"half")
    check(folder)
    assert not left.exists()
