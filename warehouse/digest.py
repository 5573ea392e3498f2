"""One digest a table, over its rows as a set: equal content gives equal digests, whatever the order of rows.

Each row is hashed with SHA-256 and the hashes are added up, in four words of 64 bits each. Two archives
made from the same landing are compared by it, whether their years are sealed or not; what a row *should* be is
proven by landing and the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from warehouse import parts

_WORDS = 4
_WORD = 1 << 64


@dataclass(frozen=True, slots=True)
class TableDigest:
    """How many rows a table has, and the digest (hex) of all of them."""

    rows: int
    digest: str


def table_digests(connection: duckdb.DuckDBPyConnection) -> dict[str, TableDigest]:
    """The digest of every table of the whole archive, sealed years too, by name."""
    return {name: _digest(connection, name) for name in parts.tables_of(connection)}


def _digest(connection: duckdb.DuckDBPyConnection, table: str) -> TableDigest:
    words = ", ".join(f"sum(('0x' || substr(hash, {1 + 16 * n}, 16))::UBIGINT)" for n in range(_WORDS))
    statement = f"SELECT count(*), {words} FROM (SELECT sha256(to_json(t)::VARCHAR) AS hash FROM {table} AS t)"  # noqa: S608 - names of ours
    row = connection.execute(statement).fetchone()
    assert row is not None
    rows, *sums = row
    return TableDigest(rows, "".join(f"{int(total or 0) % _WORD:016x}" for total in sums))
