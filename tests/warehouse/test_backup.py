"""Backup and restore: everything that cannot be made again, taken while it grows, whole on an empty machine."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from archive_kit import NOW, hours, page, parse, post, tables

from records.errors import BadInput, Busy, EvidenceDamaged, EvidenceError
from records.model import Disposal, Evidence
from records.own import to_envelope
from warehouse import database, durable
from warehouse.backup import MANIFEST, backup, restore
from warehouse.cursors import Cursors
from warehouse.landing import Landing
from warehouse.ledger import Ledger
from warehouse.load import load
from warehouse.note import new_signer
from warehouse.retention import drop
from warehouse.verify import verify

SIGNER = new_signer("melrose.example/hallpass")


def capture(folder: Path, number: int) -> None:
    landing = Landing(folder)
    batch = landing.land("x", [page(hours(number), post(number))], hours(number))
    landing.land_media(f"picture {number}".encode())
    Cursors(folder).move("x:1", {"batch": batch.batch_id})
    load(folder, parse, NOW)
    Ledger(folder).record(SIGNER)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    capture(folder, 1)
    with closing(sqlite3.connect(folder / "registry.sqlite")) as registry, registry:
        registry.execute("CREATE TABLE account (id TEXT)")
        registry.execute("INSERT INTO account VALUES ('x:1')")
    return folder


def test_a_restored_folder_rebuilds_to_the_same_archive_and_verifies(data: Path, tmp_path: Path) -> None:
    made = backup(data, tmp_path / "backup")
    restored = tmp_path / "restored"
    assert restore(tmp_path / "backup", restored).files == made.files
    load(restored, parse, NOW)
    assert tables(restored) == tables(data)
    assert verify(restored, parse, SIGNER.verifier(), NOW).media == 1
    assert Cursors(restored).get("x:1") == Cursors(data).get("x:1")
    with closing(sqlite3.connect(restored / "registry.sqlite")) as registry:
        assert registry.execute("SELECT * FROM account").fetchall() == [("x:1",)]


def test_a_second_backup_copies_only_what_is_new(data: Path, tmp_path: Path) -> None:
    first = backup(data, tmp_path / "backup")
    assert backup(data, tmp_path / "backup").copied == 0
    capture(data, 2)
    second = backup(data, tmp_path / "backup")
    assert (second.files - first.files, second.copied) == (3, 4)  # a batch, a picture, a step; and the moved cursor


def test_a_backup_taken_during_a_collection_is_consistent(data: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def collect() -> None:
        for number in range(2, 500):
            if stop.is_set():
                return
            batch = Landing(data).land("x", [page(hours(number), post(number))], hours(number))
            Cursors(data).move("x:1", {"batch": batch.batch_id})

    collector = threading.Thread(target=collect)
    collector.start()
    try:
        for number in range(3):
            backup(data, tmp_path / "backup")
            restored = tmp_path / f"restored{number}"
            restore(tmp_path / "backup", restored)
            assert Cursors(restored).get("x:1")["batch"] in Landing(restored).paths()
    finally:
        stop.set()
        collector.join()


def test_what_can_be_made_again_and_half_written_files_are_left_out(data: Path, tmp_path: Path) -> None:
    (data / "landing" / "x" / f".half{durable.TEMPORARY}").write_bytes(b"half")
    backup(data, tmp_path / "backup")
    top = {p.name for p in (tmp_path / "backup").iterdir()}
    assert top == {"landing", "media", "ledger", "changing", "backup.lock", MANIFEST}
    assert list((tmp_path / "backup").rglob("*half*")) == []


def test_a_damaged_backup_is_named_and_restores_nothing(data: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "backup")
    picture = next((tmp_path / "backup" / "media").glob("*/*"))
    picture.chmod(0o644)
    picture.write_bytes(b"swapped ")
    with pytest.raises(EvidenceDamaged, match=f"{picture.name} is not what was backed up. Use another backup"):
        restore(tmp_path / "backup", tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


def test_a_file_that_the_backup_lost_is_copied_again_or_named(data: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "backup")
    picture = next((tmp_path / "backup" / "media").glob("*/*"))
    picture.unlink()
    with pytest.raises(EvidenceDamaged, match="is not what was backed up"):
        restore(tmp_path / "backup", tmp_path / "restored")
    backup(data, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "restored")


@pytest.mark.parametrize("inside", [".", "landing", "copies/today"])
def test_a_backup_inside_the_data_folder_is_refused(data: Path, inside: str) -> None:
    with pytest.raises(BadInput, match="Choose a folder on another disk"):
        backup(data, data / inside)


def test_restoring_over_something_or_from_nothing_is_refused(data: Path, tmp_path: Path) -> None:
    backup(data, tmp_path / "backup")
    before = tables(data)
    with pytest.raises(BadInput, match="Restore into an empty folder"):
        restore(tmp_path / "backup", data)
    assert tables(data) == before
    with pytest.raises(BadInput, match="is not a backup of hallpass"):
        restore(data, tmp_path / "restored")
    with pytest.raises(BadInput, match="there is nothing to back up"):
        backup(tmp_path / "nowhere", tmp_path / "backup2")


def test_a_former_backup_stays_whole_until_the_next_one_is(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever write of the second backup is the last one, the first can be restored."""
    backup(data, tmp_path / "backup")
    first = tables(data)
    capture(data, 2)
    with closing(sqlite3.connect(data / "registry.sqlite")) as registry, registry:
        registry.execute("INSERT INTO account VALUES ('x:2')")
    write = durable.write
    for done in range(6):
        left = [done]

        def failing(*arguments: Any, left: list[int] = left, **options: Any) -> None:
            if not left[0]:
                raise OSError(28, "No space left on device")
            left[0] -= 1
            write(*arguments, **options)

        monkeypatch.setattr(durable, "write", failing)
        with pytest.raises(EvidenceError, match=r"No space left on device.*Free some space there, then run again"):
            backup(data, tmp_path / "backup")
        monkeypatch.setattr(durable, "write", write)
        restored = tmp_path / f"restored{done}"
        restore(tmp_path / "backup", restored)
        with closing(sqlite3.connect(restored / "registry.sqlite")) as registry:
            assert registry.execute("SELECT * FROM account").fetchall() == [("x:1",)]
    load(restored, parse, NOW)
    assert tables(restored) == first
    backup(data, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "whole")
    load(tmp_path / "whole", parse, NOW)
    assert tables(tmp_path / "whole") == tables(data)
    assert len(list((tmp_path / "backup" / "changing").iterdir())) == 2  # the registry and the cursor


def test_two_backups_into_one_folder_take_turns(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    with database.alone(target / "backup.lock", "backing up"), pytest.raises(Busy, match="another hallpass process"):
        backup(data, target)
    assert backup(data, target).copied == backup(data, tmp_path / "another").copied


def test_a_key_that_was_replaced_goes_into_the_next_backup(data: Path, tmp_path: Path) -> None:
    key = data / "ledger" / "public-key"
    key.write_text("first\n")
    backup(data, tmp_path / "backup")
    key.write_text("first\nsecond\n")
    backup(data, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "restored")
    assert (tmp_path / "restored" / "ledger" / "public-key").read_text() == "first\nsecond\n"


def test_what_was_disposed_of_goes_from_the_next_backup(data: Path, tmp_path: Path) -> None:
    target, landing = tmp_path / "backup", Landing(data)
    backup(data, target)
    (batch,) = landing.batches()
    picture = next((target / "media").glob("*/*"))
    common = ("D1", "12-345", "ab" * 32, NOW)
    line = Disposal(*common, Evidence(batch.batch_id, 1), Ledger(data).prove(Evidence(batch.batch_id, 1)).commitment)
    of = [line, Disposal(*common, media_sha256=picture.name)]
    landing.land("disposals", [to_envelope(each, NOW) for each in of], NOW)
    load(data, parse, NOW)
    Ledger(data).record(SIGNER)
    drop(data, of)
    backup(data, target)
    assert not picture.exists()
    assert not (target / batch.path.relative_to(data)).exists()
    restore(target, tmp_path / "restored")
    load(tmp_path / "restored", parse, NOW)
    (disposed,) = verify(tmp_path / "restored", parse, SIGNER.verifier(), NOW).disposed
    assert (disposed.lines, disposed.media, disposed.waiting) == (1, 1, 0)
