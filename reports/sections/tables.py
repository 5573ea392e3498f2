"""Tables that say once what is the same in every row."""

from __future__ import annotations

from collections.abc import Iterator

from reports.document import Block, Paragraph, Table, Tone

FEW = 3
"""Up to so many rows a table keeps its columns."""


def said_once(table: Table, *columns: str) -> Iterator[Block]:
    """``table`` after a note of those ``columns`` that hold the same in every row, without them."""
    same = [name for name in columns if len(table.rows) > FEW and len(set(_cells(table, name))) == 1]
    if same:
        told = "; ".join(f"{name.lower()} {_cells(table, name)[0]}" for name in same)
        yield Paragraph(f"The same for all {len(table.rows):,} below: {told}.", Tone.NOTE)
    yield without(table, *same)


def _cells(table: Table, column: str) -> tuple[str, ...]:
    at = table.columns.index(column)
    return tuple(row[at] for row in table.rows)


def without(table: Table, *columns: str) -> Table:
    """``table`` without these ``columns``."""
    kept = [n for n, name in enumerate(table.columns) if name not in columns]
    rows = tuple(tuple(row[n] for n in kept) for row in table.rows)
    numeric = tuple(at for at, n in enumerate(kept) if n in table.numeric)
    return Table(table.caption, tuple(table.columns[n] for n in kept), rows, numeric)
