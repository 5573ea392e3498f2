"""Staged rows into tables by set operations, and the current state of the records that they touch.

Rows of sealed years that are seen again are recalled first: copied into the open file, where they are changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from warehouse.parts import OPEN, in_years
from warehouse.tables import BY_NAME, Table

_INCOMING = "incoming"
_VERSIONS = ("post_version", "comment_version", "profile_version")
_TOUCHING = (*_VERSIONS, "tombstone")


def merge(connection: duckdb.DuckDBPyConnection, staged: Mapping[str, pa.Table]) -> None:
    """Add staged rows to their tables, by name, and bring ``record_current`` up to date."""
    for name, rows in staged.items():
        _merge(connection, BY_NAME[name], rows)
    if touching := {name: rows for name, rows in staged.items() if name in _TOUCHING}:
        _refresh(connection, touching)


def append(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Add ``rows`` to ``table`` as they are."""
    with _incoming(connection, rows):
        connection.execute(f"INSERT INTO {OPEN}.{table} BY NAME SELECT * FROM {_INCOMING}")  # noqa: S608 - a name of ours


@contextmanager
def _incoming(connection: duckdb.DuckDBPyConnection, rows: pa.Table) -> Iterator[None]:
    connection.register(_INCOMING, rows)
    yield
    connection.unregister(_INCOMING)


def _merge(connection: duckdb.DuckDBPyConnection, table: Table, rows: pa.Table) -> None:
    with _incoming(connection, rows):
        if not table.each_sighting:
            _recall(connection, table.name)
        insert = f"INSERT INTO {OPEN}.{table.name} BY NAME SELECT * FROM {_INCOMING}"  # noqa: S608 - a name of ours
        if _any(connection, f"FROM {OPEN}.{table.name} SEMI JOIN {_INCOMING} USING (content)"):
            if not table.each_sighting:
                connection.execute(_update(table))
            insert += f" ANTI JOIN {OPEN}.{table.name} USING (content)"
        connection.execute(insert)


def _any(connection: duckdb.DuckDBPyConnection, rows: str) -> bool:
    return connection.execute(f"SELECT 1 {rows} LIMIT 1").fetchone() is not None


def _recall(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Copy the rows of sealed years that are seen again into the open file, where alone they show from now on."""
    seen = BY_NAME[table].seen
    again = in_years(connection, table, f"content IN (SELECT content FROM {_INCOMING})")  # noqa: S608 - ours
    if not again:
        return
    connection.execute(f"CREATE OR REPLACE TEMP TABLE again AS SELECT content, {seen} FROM ({again})")  # noqa: S608
    if within := _within(connection, "again", seen, seen):  # whole rows only where there are any: they cost most
        rows = in_years(connection, table, f"{within} AND content IN (SELECT content FROM again)")  # noqa: S608
        connection.execute(f"INSERT INTO {OPEN}.{table} BY NAME {rows}")
        connection.execute(f"INSERT INTO {OPEN}.recalled SELECT '{table}', content FROM again")  # noqa: S608


def _within(connection: duckdb.DuckDBPyConnection, found: str, first: str, last: str) -> str | None:
    """The condition that a row was first seen when those in ``found`` were; None where there are none."""
    bounds = connection.execute(f"SELECT min({first}), max({last}) FROM {found}").fetchall()[0]  # noqa: S608
    return f"{first} BETWEEN '{bounds[0]}' AND '{bounds[1]}'" if bounds[0] else None


def _update(table: Table) -> str:
    """Rows that are there already: an earlier sighting becomes the first, a later one the last."""
    earlier = f"(i.{table.seen}, i.batch_id, i.line) < (t.{table.seen}, t.batch_id, t.line)"
    later = f"{_rank('i', table)} > {_rank('t', table)}"
    moves = dict.fromkeys((table.seen, "batch_id", "line", *table.first), earlier)
    if table.keeps_last:
        moves |= dict.fromkeys(("last_seen_at", *table.latest), later)
    sets = [f'"{name}" = CASE WHEN {when} THEN i."{name}" ELSE t."{name}" END' for name, when in moves.items()]
    sets += [f"{name} = greatest(t.{name}, i.{name})" for name in table.known_once]
    changed = [earlier, *([later] if table.keeps_last else [])]
    changed += [f"i.{name} > coalesce(t.{name}, '')" for name in table.known_once]
    return (
        f"UPDATE {OPEN}.{table.name} AS t SET {', '.join(sets)} FROM {_INCOMING} AS i "  # noqa: S608 - names of ours
        f"WHERE t.content = i.content AND ({' OR '.join(changed)})"
    )


def _rank(alias: str, table: Table) -> str:
    return f"row({', '.join(f'{alias}.{name}' for name in ('last_seen_at', *table.latest))})"


def _refresh(connection: duckdb.DuckDBPyConnection, touching: Mapping[str, pa.Table]) -> None:
    """Derive ``record_current`` anew for the touched records, from their versions and tombstones alone.

    Most are new: all of their versions are in ``touching``, and the archive is not asked for others.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE seen ({_SEEN_COLUMNS})")
    connection.execute("CREATE OR REPLACE TEMP TABLE touched (key UINTEGER, record_id VARCHAR)")
    for name, rows in touching.items():
        with _incoming(connection, rows):
            key = f"{OPEN}.record_key(record_id)"
            if name in _VERSIONS:
                connection.execute(f"INSERT INTO seen SELECT {key}, {_SEEN[name]} FROM {_INCOMING}")  # noqa: S608 - ours
            else:
                connection.execute(f"INSERT INTO touched SELECT DISTINCT {key}, record_id FROM {_INCOMING}")  # noqa: S608
    connection.execute("INSERT INTO touched SELECT DISTINCT key, record_id FROM seen")
    _gather(connection)
    connection.execute(_CURRENT.format(open=OPEN))
    connection.execute("DROP TABLE seen")
    connection.execute("DROP TABLE touched")


def _gather(connection: duckdb.DuckDBPyConnection) -> None:
    """Into ``seen``, in place of what came in, every version of the touched records that were known before.

    Their states of until now are taken away. Sealed files are read where and when they know them only.
    """
    here = f"FROM {OPEN}.record_current SEMI JOIN touched USING (key, record_id)"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE known AS SELECT record_id {here}")
    old = None
    if sealed := in_years(connection, "record_current", _IS_TOUCHED, hidden=True):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE known_in_years AS {sealed}")
        old = _within(connection, "known_in_years", "first_seen_at", "last_seen_at")
        overtaken = in_years(connection, "record_current", _IS_TOUCHED)
        connection.execute(f"INSERT INTO {OPEN}.recalled SELECT 'record_current', content FROM ({overtaken})")  # noqa: S608
        connection.execute("INSERT INTO known SELECT record_id FROM known_in_years")
    if not _any(connection, "FROM known"):
        return
    connection.execute(f"DELETE FROM {OPEN}.record_current WHERE {_IS_TOUCHED}")  # noqa: S608 - names of ours
    connection.execute("DELETE FROM seen WHERE record_id IN (FROM known)")
    for name in _VERSIONS:
        parts = [f"FROM {OPEN}.{name} SEMI JOIN known USING (record_id)"]
        if old:
            within = f"{old} AND record_id IN (FROM known)"
            parts.append(f"FROM ({in_years(connection, name, within)})")
        for part in parts:
            connection.execute(f"INSERT INTO seen SELECT {OPEN}.record_key(record_id), {_SEEN[name]} {part}")


_IS_TOUCHED = "(key, record_id) IN (FROM touched)"
_VERSION = "record_id, platform, account_id, version_id, created_at, first_seen_at, last_seen_at, content"
_SEEN = {
    "post_version": f"'post', {_VERSION}",
    "comment_version": f"'comment', {_VERSION}",
    "profile_version": "'profile', record_id, platform, account_id, content::VARCHAR, NULL,"
    " first_seen_at, last_seen_at, content",
}
"""What counts of a version, by its table, in the order of ``seen``; ``key`` stands before it."""
_SEEN_COLUMNS = """key UINTEGER, kind VARCHAR, record_id VARCHAR, platform VARCHAR, account_id VARCHAR,
    version_id VARCHAR, created_at TIMESTAMPTZ, first_seen_at TIMESTAMPTZ, last_seen_at TIMESTAMPTZ, content UUID"""
_CURRENT = """
INSERT INTO {open}.record_current BY NAME
WITH several AS MATERIALIZED (SELECT record_id FROM seen GROUP BY record_id HAVING count(*) > 1),
versions AS (
    SELECT key, record_id, kind, account_id, content, 1 AS versions, first_seen_at, last_seen_at
    FROM seen ANTI JOIN several USING (record_id)
    UNION ALL
    SELECT any_value(key), record_id, any_value(kind), max(account_id),
           -- X numbers its edits, so the highest is the newest; elsewhere the newest is the last seen.
           -- A sighting without its time of creation is a partial one and never hides a whole one.
           arg_max(content, row(CASE WHEN platform = 'x' THEN lpad(version_id, 20, '0') ELSE '' END,
                                created_at IS NOT NULL, last_seen_at, first_seen_at, content)),
           count(DISTINCT version_id), min(first_seen_at), max(last_seen_at)
    FROM seen SEMI JOIN several USING (record_id) GROUP BY record_id
),
gone AS (
    SELECT record_id, count(*) FILTER (t.gone = 'deleted') AS confirmations,
           arg_max(t.gone, row(t.at, t.batch_id, t.line)) AS answer, min(t.at) AS gone_at
    FROM tombstone t JOIN versions v USING (record_id) WHERE t.at >= v.last_seen_at GROUP BY record_id
)
SELECT record_id, key, kind, account_id, content, versions,
       CASE WHEN answer IS NULL THEN 'present' WHEN confirmations >= 2 THEN 'deleted'
            WHEN answer = 'deleted' THEN 'missing' ELSE answer END AS state,
       first_seen_at, last_seen_at, gone_at
FROM versions LEFT JOIN gone USING (record_id)
"""
