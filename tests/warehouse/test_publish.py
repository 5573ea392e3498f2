"""Publishing: readers see whole loads only, and never hinder the loader."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from archive_kit import NOW, hours, page, parse, post

from records.errors import BadInput, Busy
from warehouse import database
from warehouse.landing import Landing
from warehouse.load import load
from warehouse.publish import KEEP, current, open_published, publish


def capture(folder: Path, number: int) -> None:
    Landing(folder).land("x", [page(hours(number), post(number))], NOW)
    load(folder, parse, NOW)


def posts(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute("SELECT count(*) FROM post").fetchone()
    assert row is not None
    return int(row[0])


def test_a_reader_keeps_its_copy_while_newer_ones_are_published(tmp_path: Path) -> None:
    capture(tmp_path, 1)
    publish(tmp_path)
    with open_published(tmp_path) as old:
        for number in range(2, 3 + KEEP):
            capture(tmp_path, number)
            publish(tmp_path)
        assert posts(old) == 1
    with open_published(tmp_path) as new:
        assert posts(new) == 2 + KEEP


def test_what_is_loaded_but_not_published_is_not_seen(tmp_path: Path) -> None:
    capture(tmp_path, 1)
    publish(tmp_path)
    capture(tmp_path, 2)
    with open_published(tmp_path) as reader:
        assert posts(reader) == 1


def test_a_few_copies_stay_and_the_pointer_names_the_newest(tmp_path: Path) -> None:
    capture(tmp_path, 1)
    names = [publish(tmp_path).name for _ in range(5)]
    assert names == ["000001.duckdb", "000002.duckdb", "000003.duckdb", "000004.duckdb", "000005.duckdb"]
    assert sorted(p.name for p in (tmp_path / "published").iterdir()) == [*names[-KEEP:], "current"]
    assert current(tmp_path).name == names[-1]


def test_a_copy_that_was_never_pointed_to_is_not_read_nor_overwritten(tmp_path: Path) -> None:
    capture(tmp_path, 1)
    publish(tmp_path)
    (tmp_path / "published" / "000002.duckdb").write_bytes(b"left by a killed publisher")
    with open_published(tmp_path) as reader:
        assert posts(reader) == 1
    assert publish(tmp_path).name == "000003.duckdb"


def test_a_published_copy_cannot_be_written(tmp_path: Path) -> None:
    capture(tmp_path, 1)
    publish(tmp_path)
    with open_published(tmp_path) as reader:
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            reader.execute("DELETE FROM open.batch")
        with pytest.raises(duckdb.BinderException, match="base table"):
            reader.execute("DELETE FROM batch")


def test_before_the_first_publication_the_reader_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Run `hallpass collect` first"):
        open_published(tmp_path)


def test_nobody_publishes_in_the_middle_of_a_load(tmp_path: Path) -> None:
    with database.only_loader(tmp_path), pytest.raises(Busy):
        publish(tmp_path)


READER = """
import sys
from pathlib import Path
from warehouse.publish import open_published
print("ready", flush=True)
for line in sys.stdin:
    with open_published(Path(sys.argv[1])) as reader:
        counts = "SELECT (SELECT count(*) FROM post), (SELECT count(*) FROM batch)"
        print(*reader.execute(counts).fetchone(), flush=True)
"""


def test_a_reader_in_another_process_sees_each_publication_whole(tmp_path: Path) -> None:
    capture(tmp_path, 1)
    publish(tmp_path)
    command = [sys.executable, "-c", READER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdin and reader.stdout
        assert reader.stdout.readline() == "ready\n"
        for number in range(2, 6):
            capture(tmp_path, number)
            publish(tmp_path)
            print("?", file=reader.stdin, flush=True)
            assert reader.stdout.readline() == f"{number} {number}\n"
        reader.stdin.close()
