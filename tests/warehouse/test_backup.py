"""Backup and restore: everything that cannot be made again, taken while it grows, whole on an empty machine."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from archive_kit import NOW, hours, page, parse, post, tables

from records.errors import BadInput, EvidenceDamaged
from warehouse import durable
from warehouse.backup import MANIFEST, backup, restore
from warehouse.cursors import Cursors
from warehouse.landing import Landing
from warehouse.ledger import Ledger
from warehouse.load import load
from warehouse.note import new_signer
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
    assert top == {"landing", "media", "ledger", "cursors", "registry.sqlite", MANIFEST}
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
