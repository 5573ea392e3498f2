"""The numbered schema: a fresh archive equals a migrated one, and columns follow the value types."""

from __future__ import annotations

from hashlib import md5
from pathlib import Path

import duckdb
import pytest

from warehouse import database
from warehouse.tables import TABLES


def layout(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    tables = connection.execute("SELECT table_name, sql FROM duckdb_tables() ORDER BY ALL").fetchall()
    views = connection.execute("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL").fetchall()
    return [*tables, *views, *connection.execute("SELECT version FROM schema_version ORDER BY version").fetchall()]


def test_migrating_step_by_step_gives_what_a_fresh_archive_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = database.migrations()
    numbers = [number for number, _ in steps]
    assert numbers == sorted(set(numbers))
    with duckdb.connect() as fresh, duckdb.connect(str(tmp_path / "old.duckdb")) as old:
        database.migrate(fresh)
        for count in range(1, len(steps) + 1):
            monkeypatch.setattr(database, "migrations", lambda count=count: steps[:count])
            database.migrate(old)
        assert layout(old) == layout(fresh)


def test_the_key_of_a_record_stays_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = database.migrations()
    keys = "SELECT record_key(id) FROM (SELECT unnest($ids) AS id)"
    ids = {"ids": ["", "x:post:1845", "facebook:post:12_34", "é🏫", *(str(n**7) for n in range(1000))]}
    with duckdb.connect() as connection:
        monkeypatch.setattr(database, "migrations", lambda: steps[:3])
        database.migrate(connection)
        before = connection.execute(keys, ids).fetchall()
        monkeypatch.setattr(database, "migrations", lambda: steps)
        database.migrate(connection)
        assert connection.execute(keys, ids).fetchall() == before
        assert before[1] == (int.from_bytes(md5(b"x:post:1845").digest()[15:11:-1], "big"),)


def test_a_failed_migration_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    with duckdb.connect() as connection:
        database.migrate(connection)
        before = layout(connection)
        broken = (9999, "CREATE TABLE half (a INTEGER); SELECT nonsense FROM nowhere;")
        monkeypatch.setattr(database, "migrations", lambda: [broken])
        with pytest.raises(duckdb.CatalogException):
            database.migrate(connection)
        assert layout(connection) == before


@pytest.mark.parametrize("table", [t for tables in TABLES.values() for t in tables], ids=lambda t: t.name)
def test_a_table_has_a_column_for_each_field_of_its_record(table: object) -> None:
    with duckdb.connect() as connection:
        database.migrate(connection)
        described = connection.execute(f"DESCRIBE {table.name}").fetchall()  # type: ignore[attr-defined]
    added = ["content", table.seen, *["last_seen_at"] * table.keeps_last, "batch_id", "line"]  # type: ignore[attr-defined]
    assert [row[0] for row in described] == [*[c.name for c in table.columns], *added]  # type: ignore[attr-defined]


def test_no_hot_table_has_an_index() -> None:
    with duckdb.connect() as connection:
        database.migrate(connection)
        assert connection.execute("SELECT * FROM duckdb_indexes()").fetchall() == []
        assert connection.execute("SELECT * FROM duckdb_constraints()").fetchall() == []
