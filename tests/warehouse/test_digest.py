"""A table's digest: the same for the same rows in any order, another one for any other content."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import duckdb
import pytest
from archive_kit import NOW, hours, page, parse, post
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse import database
from warehouse.digest import TableDigest, table_digests
from warehouse.landing import Landing
from warehouse.load import load
from warehouse.rebuild import rebuild

Row = tuple[str | None, str | None]
cells = st.none() | st.text(st.characters(codec="utf-8"), max_size=3)


def digest_of(rows: Sequence[Row]) -> TableDigest:
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS open; CREATE TABLE open.t (a VARCHAR, b VARCHAR); USE open")
        connection.executemany("INSERT INTO t VALUES (?, ?)", [list(r) for r in rows] or [["", ""]])
        if not rows:
            connection.execute("DELETE FROM t")
        return table_digests(connection)["t"]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(cells, cells), max_size=4), st.lists(st.tuples(cells, cells), max_size=4))
def test_two_tables_have_one_digest_exactly_when_their_rows_are_the_same(a: list[Row], b: list[Row]) -> None:
    order = lambda rows: sorted(rows, key=repr)  # noqa: E731
    assert (digest_of(a) == digest_of(b)) == (order(a) == order(b))
    assert digest_of(a) == digest_of(a[::-1])


def of_archive(folder: Path) -> dict[str, TableDigest]:
    with closing(database.joined(database.archive_path(folder))) as connection:
        return table_digests(connection)


def test_a_rebuild_is_proven_by_the_digests_of_all_tables(tmp_path: Path) -> None:
    for n in range(3):
        Landing(tmp_path).land("x", [page(hours(n), post(1, version=str(n + 1)), post(10 + n))], NOW)
        load(tmp_path, parse, NOW)
    before = of_archive(tmp_path)
    rebuild(tmp_path, parse, hours(5))
    assert of_archive(tmp_path) == before
    assert before["post_version"].rows == 6


@pytest.mark.parametrize(
    ("change", "table"),
    [
        ("UPDATE post_version SET text = 'hellp' WHERE record_id = 'x:post:1'", "post_version"),
        ("DELETE FROM envelope WHERE line = 1", "envelope"),
        ("INSERT INTO batch SELECT * FROM batch", "batch"),
    ],
)
def test_a_changed_row_changes_the_digest_of_its_table_alone(tmp_path: Path, change: str, table: str) -> None:
    Landing(tmp_path).land("x", [page(NOW, post(1), post(2))], NOW)
    load(tmp_path, parse, NOW)
    before = of_archive(tmp_path)
    with duckdb.connect(str(database.archive_path(tmp_path))) as connection:
        connection.execute(change)
    after = of_archive(tmp_path)
    assert {name for name in before if before[name] != after[name]} == {table}
