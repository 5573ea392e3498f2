"""Staged rows into tables by set operations, and the current state of the records that they touch.

Rows of sealed years that are seen again are recalled first: copied into the open file, where they are changed.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa

from warehouse.parts import OPEN, in_years
from warehouse.tables import BY_NAME, Table

_INCOMING = "incoming"
_TOUCHED = ("post_version", "comment_version", "profile_version", "tombstone")


def merge(connection: duckdb.DuckDBPyConnection, staged: Mapping[str, pa.Table]) -> None:
    """Add staged rows to their tables, by name, and bring ``record_current`` up to date."""
    connection.execute("CREATE OR REPLACE TEMP TABLE touched (key UINTEGER, record_id VARCHAR)")
    for name, rows in staged.items():
        _merge(connection, BY_NAME[name], rows)
    _refresh(connection)


def append(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Add ``rows`` to ``table`` as they are."""
    connection.register(_INCOMING, rows)
    connection.execute(f"INSERT INTO {OPEN}.{table} BY NAME SELECT * FROM {_INCOMING}")  # noqa: S608 - a name of ours
    connection.unregister(_INCOMING)


def _merge(connection: duckdb.DuckDBPyConnection, table: Table, rows: pa.Table) -> None:
    connection.register(_INCOMING, rows)
    if not table.each_sighting:
        _recall(connection, table.name)
        connection.execute(_update(table))
    connection.execute(
        f"INSERT INTO {OPEN}.{table.name} BY NAME "  # noqa: S608 - a name of ours
        f"SELECT * FROM {_INCOMING} ANTI JOIN {OPEN}.{table.name} USING (content)"
    )
    if table.name in _TOUCHED:
        connection.execute(f"INSERT INTO touched SELECT {OPEN}.record_key(record_id), record_id FROM {_INCOMING}")  # noqa: S608 - ours
    connection.unregister(_INCOMING)


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


def _refresh(connection: duckdb.DuckDBPyConnection) -> None:
    """Derive ``record_current`` anew for the touched records, from their versions and tombstones alone."""
    touched = "(key, record_id) IN (FROM touched)"
    connection.execute(f"DELETE FROM {OPEN}.record_current WHERE {touched}")  # noqa: S608 - names of ours
    if overtaken := in_years(connection, "record_current", touched):
        connection.execute(f"INSERT INTO {OPEN}.recalled SELECT 'record_current', content FROM ({overtaken})")  # noqa: S608
    connection.execute(_CURRENT.format(seen=_seen(connection, touched), open=OPEN))
    connection.execute("DROP TABLE touched")


def _seen(connection: duckdb.DuckDBPyConnection, touched: str) -> str:
    """SQL for every version of the touched records; sealed files are read where and when they know them only."""
    old = None
    if known := in_years(connection, "record_current", touched, hidden=True):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE known AS {known}")
        old = _within(connection, "known", "first_seen_at", "last_seen_at")
    parts = []
    for kind, columns in _SEEN.items():
        parts.append(f"SELECT '{kind}' AS kind, {columns} FROM {OPEN}.{kind}_version SEMI JOIN mine USING (record_id)")  # noqa: S608
        if old:
            within = f"{old} AND record_id IN (SELECT record_id FROM known)"  # noqa: S608 - ours
            rows = in_years(connection, f"{kind}_version", within)
            parts.append(f"SELECT '{kind}', {columns} FROM ({rows})")  # noqa: S608
    return " UNION ALL ".join(parts)


_VERSION = "record_id, platform, account_id, version_id, created_at, first_seen_at, last_seen_at, content"
_SEEN = {
    "post": _VERSION,
    "comment": _VERSION,
    "profile": "record_id, platform, account_id, content::VARCHAR, NULL, first_seen_at, last_seen_at, content",
}
_CURRENT = """
INSERT INTO {open}.record_current BY NAME
WITH mine AS (SELECT DISTINCT record_id FROM touched),
seen AS ({seen}),
versions AS (
    SELECT record_id, any_value(kind) AS kind, max(account_id) AS account_id,
           -- X numbers its edits, so the highest is the newest; elsewhere the newest is the last seen.
           -- A sighting without its time of creation is a partial one and never hides a whole one.
           arg_max(content, row(CASE WHEN platform = 'x' THEN lpad(version_id, 20, '0') ELSE '' END,
                                created_at IS NOT NULL, last_seen_at, first_seen_at, content)) AS content,
           count(DISTINCT version_id) AS versions,
           min(first_seen_at) AS first_seen_at, max(last_seen_at) AS last_seen_at
    FROM seen GROUP BY record_id
),
gone AS (
    SELECT record_id, count(*) FILTER (t.gone = 'deleted') AS confirmations,
           arg_max(t.gone, row(t.at, t.batch_id, t.line)) AS answer, min(t.at) AS gone_at
    FROM tombstone t JOIN versions v USING (record_id) WHERE t.at >= v.last_seen_at GROUP BY record_id
)
SELECT record_id, {open}.record_key(record_id) AS key, kind, account_id, content, versions,
       CASE WHEN answer IS NULL THEN 'present' WHEN confirmations >= 2 THEN 'deleted'
            WHEN answer = 'deleted' THEN 'missing' ELSE answer END AS state,
       first_seen_at, last_seen_at, gone_at
FROM versions LEFT JOIN gone USING (record_id)
"""
