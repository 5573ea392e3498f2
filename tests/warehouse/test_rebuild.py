"""Rebuilding: landing alone gives the same archive, whatever became of the old file."""

from __future__ import annotations

from pathlib import Path

import pytest
from archive_kit import NOW, hours, page, parse, post, tables

from records.errors import EvidenceError
from warehouse import database
from warehouse.landing import Landing
from warehouse.load import load
from warehouse.rebuild import rebuild


def loaded(folder: Path) -> Path:
    for n in range(3):
        Landing(folder).land("x", [page(hours(n), post(1, version=str(n + 1)), post(10 + n))], NOW)
        load(folder, parse, NOW)
    return database.archive_path(folder)


def test_a_rebuilt_archive_equals_the_loaded_one(tmp_path: Path) -> None:
    archive = loaded(tmp_path)
    before = tables(tmp_path)
    archive.unlink()
    assert rebuild(tmp_path, parse, hours(9)).batches == 3
    assert tables(tmp_path) == before


def test_an_unreadable_archive_says_to_rebuild_and_a_rebuild_mends_it(tmp_path: Path) -> None:
    archive = loaded(tmp_path)
    before = tables(tmp_path)
    archive.write_bytes(b"\x00" * 9000)
    with pytest.raises(EvidenceError, match="hallpass warehouse rebuild"):
        load(tmp_path, parse, NOW)
    rebuild(tmp_path, parse, NOW)
    assert tables(tmp_path) == before


def test_the_log_of_the_old_file_is_never_replayed_over_the_new_one(tmp_path: Path) -> None:
    archive = loaded(tmp_path)
    before = tables(tmp_path)
    archive.with_name("archive.duckdb.wal").write_bytes(b"left by a killed loader")
    rebuild(tmp_path, parse, NOW)
    assert tables(tmp_path) == before


def test_what_a_killed_rebuild_left_is_no_hindrance(tmp_path: Path) -> None:
    archive = loaded(tmp_path)
    before = tables(tmp_path)
    archive.with_name("rebuilding.duckdb").write_bytes(b"half")
    archive.with_name("rebuilding.duckdb.wal").write_bytes(b"half")
    rebuild(tmp_path, parse, NOW)
    assert tables(tmp_path) == before
    assert sorted(p.name for p in archive.parent.iterdir()) == ["archive.duckdb", "loader.lock"]
