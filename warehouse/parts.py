"""The archive's parts, seen as one: an open file that is loaded into, and a sealed file for each year that is over.

The open file names in its table ``sealed`` the files of ``warehouse/years/`` that it stands on; those never
change (:mod:`warehouse.seal`). Where a row of a sealed file is seen again, the loader copies it into the open
file and changes it there; its ``content`` in ``recalled`` hides the older one. So a table of the whole is the
open rows and, of each sealed file, those that no newer part has recalled.

A connection has the open file as the database ``open`` and each sealed one as ``y2025`` and so on; ``main`` has
views of the whole under the tables' names, and ``place``: the parts that know a record, by its key. Only ``open``
is ever written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import duckdb

from warehouse.tables import BY_NAME

OPEN = "open"
KIN = ("sealed", "recalled", "place")
"""Tables that tell how the parts belong together; they are no content of the archive."""

Connection = duckdb.DuckDBPyConnection


def years_folder(path: Path) -> Path:
    """Where the sealed files of the open file at ``path`` lie, be it the loader's or a published copy."""
    return path.parent.parent / "warehouse" / "years"


def sealed_files(connection: Connection) -> dict[int, str]:
    """The files that the open one stands on, by year, the newest first."""
    if "sealed" not in _tables(connection, OPEN):  # a copy published by an earlier version
        return {}
    return dict(connection.execute(f"SELECT year, file FROM {OPEN}.sealed ORDER BY year DESC").fetchall())  # noqa: S608 - ours


def attach(connection: Connection, path: Path, database: str, *, read_only: bool = True) -> None:
    """Make the file at ``path`` a database of this name.

    One that is written gets no log of DuckDB's: landing is the log, and what was not checkpointed is loaded again.
    """
    escaped = str(path).replace("'", "''")
    mode = "READ_ONLY" if read_only else "READ_WRITE, RECOVERY_MODE no_wal_writes"
    connection.execute(f"ATTACH '{escaped}' AS {database} ({mode})")


def stands_on(path: Path) -> list[str]:
    """The names of the sealed files that the open file at ``path`` stands on."""
    with closing(duckdb.connect()) as connection:
        attach(connection, path, OPEN)
        return list(sealed_files(connection).values())


def join(connection: Connection, path: Path) -> None:
    """Attach what the open file at ``path``, attached already, stands on, and make the views of the whole."""
    for year, file in sealed_files(connection).items():
        attach(connection, years_folder(path) / file, f"y{year}")
    tables = {part: _tables(connection, part) for part in names(connection)}
    for table in tables_of(connection):
        sealed = _in_years(tables, table, "true", hidden=False)
        union = f" UNION ALL BY NAME {sealed}" if sealed else ""
        connection.execute(f"CREATE VIEW {table} AS FROM {OPEN}.{table}{union}")
    if KIN[0] in tables[OPEN]:
        connection.execute(f"CREATE VIEW place AS {_places(tables)}")
    views = "SELECT sql FROM duckdb_views() WHERE database_name = $1 AND NOT internal ORDER BY view_oid"
    for (view,) in connection.execute(views, [OPEN]).fetchall():
        connection.execute(view)


def _places(tables: Mapping[str, set[str]]) -> str:
    """SQL for the parts that know a record, by its key; the newest file with places knows those of all before it."""
    rows = []
    for part, there in tables.items():
        if part != OPEN and "place" in there:
            rows.append(f"SELECT key, part FROM {part}.place")  # noqa: S608 - names of ours
            break
        rows.append(f"SELECT key, '{part}' AS part FROM {part}.record_current")  # noqa: S608
    return " UNION ALL ".join(rows)


def note_places(connection: Connection, database: str, year: int) -> None:
    """Write into the open file, which becomes that of ``year``, which records are known to it and to those before.

    Its own are those of ``database``. They stand in the order of their keys: to find one, few of them are read.
    """
    before = f"FROM place WHERE part <> '{OPEN}'"
    own = f"SELECT key, 'y{year}' FROM {database}.record_current"  # noqa: S608 - names of ours
    connection.execute(f"INSERT INTO {OPEN}.place {before} UNION ALL {own} ORDER BY key, part")


def names(connection: Connection) -> list[str]:
    """The databases that hold the parts, the newest first."""
    found = connection.execute(
        "SELECT database_name FROM duckdb_databases() WHERE regexp_full_match(database_name, 'y\\d+')"
    )
    return [OPEN, *sorted((name for (name,) in found.fetchall()), reverse=True)]


def in_years(connection: Connection, table: str, where: str = "true", *, hidden: bool = False) -> str:
    """SQL for the rows of ``table`` in sealed files of which ``where`` holds; empty where there are no such files.

    With ``hidden``, also those that a newer part has recalled. The condition comes first: it is what narrows.
    """
    tables = {part: _tables(connection, part) for part in names(connection)}
    return _in_years(tables, table, where, hidden=hidden)


def _in_years(tables: Mapping[str, set[str]], table: str, where: str, *, hidden: bool) -> str:
    parts = list(tables)
    sealed = [(part, parts[:n]) for n, part in enumerate(parts) if n and table in tables[part]]
    rows = (_rows(table, part, () if hidden else newer, where) for part, newer in sealed)
    return " UNION ALL BY NAME ".join(rows)


def tables_of(connection: Connection) -> list[str]:
    """The names of the archive's tables, in alphabetical order."""
    return sorted(_tables(connection, OPEN).difference(KIN, ("schema_version",)))


def _tables(connection: Connection, database: str) -> set[str]:
    found = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = $1", [database])
    return {table for (table,) in found.fetchall()}


def _rows(table: str, part: str, newer: Sequence[str], where: str) -> str:
    rows = f"(SELECT * FROM {part}.{table} WHERE {where})"  # noqa: S608 - names of ours
    only_added_to = BY_NAME[table].each_sighting if table in BY_NAME else table != "record_current"
    if only_added_to or not newer:
        return f"FROM {rows}"
    recalled = (f"SELECT content FROM {each}.recalled WHERE name = '{table}'" for each in newer)  # noqa: S608
    return f"SELECT * FROM {rows} ANTI JOIN ({' UNION ALL '.join(recalled)}) USING (content)"  # noqa: S608
