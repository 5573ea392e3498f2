"""Reading CSV that somebody else wrote: RFC 4180, UTF-8 with or without a BOM, a header line first."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from records.errors import BadInput
from registry.values import RowError

MAX_LINE_BYTES = 1_000_000
MAX_CELL = 2_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it ends on (from 1, the header included), and the cells that were asked for."""

    line: int
    cells: Mapping[str, str]


def read_rows(
    lines: Iterable[bytes],
    file: str,
    required: Sequence[str],
    also: Callable[[str], bool] = lambda _: False,
    ignored: Sequence[str] = (),
) -> Iterator[Row | RowError]:
    """The rows of a CSV file, a broken one as a RowError in its place.

    White space in a cell, line breaks too, is folded to single spaces: what is wrong is told in one line.
    Only the columns in ``required``, and those that ``also`` accepts, leave this function; a column
    in ``ignored`` must be there and is not read.

    Raises
    ------
    BadInput : when the file is not UTF-8, not CSV, or lacks a column.
    """
    reader = csv.reader(_text(lines, file), strict=True)
    header: list[str] | None = None
    wanted: list[tuple[int, str]] = []
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            todo = "Export it again as CSV"
            raise BadInput(f"{file} line {reader.line_num} is not CSV: {error}", todo) from error
        if header is None:
            header = cells
            wanted = _columns(header, file, required, also, ignored)
        elif cells:
            yield _row(reader.line_num, cells, header, wanted)
    if header is None:
        raise BadInput(f"{file} is empty", f"Its first line must name the columns {', '.join(required)}")


def _text(lines: Iterable[bytes], file: str) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE_BYTES:
            raise BadInput(f"{file} line {number} is longer than {MAX_LINE_BYTES:,} bytes", "Export it again as CSV")
        try:
            yield (line.removeprefix(codecs.BOM_UTF8) if number == 1 else line).decode()
        except UnicodeDecodeError as error:
            raise BadInput(f"{file} line {number} is not UTF-8", "Export it again as UTF-8") from error


def _columns(
    header: list[str], file: str, required: Sequence[str], also: Callable[[str], bool], ignored: Sequence[str]
) -> list[tuple[int, str]]:
    """Where the wanted columns are, as (index, name)."""
    missing = [name for name in (*required, *ignored) if name not in header]
    if missing:
        todo = "Column names are written exactly so, in upper and lower case; add it and try again"
        raise BadInput(f"{file} line 1: the column '{missing[0]}' is missing", todo)
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise BadInput(f"{file} line 1: the column '{repeated[0]}' stands twice", "Keep one of them")
    return [(n, name) for n, name in enumerate(header) if name in required or also(name)]


def _row(line: int, cells: list[str], header: list[str], wanted: list[tuple[int, str]]) -> Row | RowError:
    if len(cells) != len(header):
        return RowError(line, f"{len(cells)} fields where the header has {len(header)}")
    kept = {name: " ".join(cells[n].split()) for n, name in wanted}
    for name, cell in kept.items():
        if len(cell) > MAX_CELL or "\0" in cell:
            return RowError(line, f"column '{name}' is longer than {MAX_CELL:,} characters or holds a NUL")
    return Row(line, kept)
