"""Lists from a spreadsheet: every row is tried, every wrong one is told, and one wrong row stops them all."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path

from records.errors import BadInput
from registry.csvfile import MAX_LINE_BYTES, Row, read_rows
from registry.values import ImportReport, RowError

Apply = Callable[[Row], bool]
"""Registers one row; False where it stood there already. Raises BadInput, and has changed nothing then."""


def import_rows(path: Path, columns: Sequence[str], apply: Apply, dry_run: bool) -> ImportReport:
    """Apply every row of the CSV file at ``path``.

    The caller rolls its session back where the report has errors or is a dry run.

    Raises
    ------
    BadInput : when the file as a whole cannot be read.
    """
    added = unchanged = 0
    errors: list[RowError] = []
    with closing(_lines(path)) as lines:
        for row in read_rows(lines, path.name, columns):
            if isinstance(row, RowError):
                errors.append(row)
                continue
            try:
                is_new = apply(row)
            except BadInput as error:
                errors.append(RowError(row.line, error.what, error.todo))
            else:
                added += is_new
                unchanged += not is_new
    return ImportReport(path.name, dry_run, added, unchanged, tuple(errors))


def _lines(path: Path) -> Generator[bytes, None, None]:
    try:
        with path.open("rb") as stream:
            while line := stream.readline(MAX_LINE_BYTES + 1):
                yield line
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}", "Check the path") from error
