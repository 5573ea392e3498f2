"""The archive and its published copy against an archive made anew from landing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import duckdb

from records.errors import BadInput, EvidenceDamaged
from warehouse import database, parts
from warehouse.digest import TableDigest, table_digests
from warehouse.envelopes import RESTORE
from warehouse.load import load_files
from warehouse.prepare import Parse
from warehouse.publish import current

_LOAD = "Run `hallpass warehouse rebuild`: landing still has it"
_REBUILD = "Run `hallpass warehouse rebuild`: landing is whole, and the archive is made from it"
_PUBLISH = "Run `hallpass warehouse rebuild`: it publishes a fresh copy"
_SHOWN = 160


def check_archive(
    folder: Path, paths: Mapping[str, Path], recorded: Iterable[str], parse: Parse, now: datetime
) -> dict[str, TableDigest]:
    """The digest of every table; each equals that of an archive made just now from the landed files in ``paths``.

    Only inside :func:`warehouse.database.only_loader`. ``recorded`` are the batches of the ledger.

    Raises
    ------
    EvidenceDamaged : naming the batch that the archive lost, or the table and a row that differ.
    """
    archive = database.archive_path(folder)
    held = _held(archive)
    for batch_id in recorded:
        if batch_id not in held:
            lost = f"the archive has lost batch {batch_id}: its log was cut, or somebody changed it"
            raise EvidenceDamaged(lost, _LOAD)
    if stray := sorted(held - paths.keys()):
        raise EvidenceDamaged(f"the archive holds batch {stray[0]}, which is not in landing", RESTORE)
    with _made_anew([paths[batch_id] for batch_id in sorted(held)], archive.parent, parse, now) as fresh:
        with closing(database.joined(fresh)) as connection:
            digests = table_digests(connection)
        _compare(fresh, digests, archive, "the archive", _REBUILD)
        _check_published(fresh, digests, folder)
    return digests


def _held(archive: Path) -> set[str]:
    """The archive's batches, its log written into its file on the way."""
    with database.open_archive(archive) as connection:
        database.checkpoint(connection)
        return database.held_batches(connection)


def _check_published(fresh: Path, digests: Mapping[str, TableDigest], folder: Path) -> None:
    """A copy of an earlier load is passed over: readers get the next one soon."""
    try:
        copy = current(folder)
    except BadInput:
        return
    if _digests(copy, _PUBLISH)["batch"] == digests["batch"]:
        _compare(fresh, digests, copy, "the published copy", _PUBLISH)


@contextmanager
def _made_anew(paths: Iterable[Path], beside: Path, parse: Parse, now: datetime) -> Iterator[Path]:
    """An archive of these batches in one file, to compare with and to throw away."""
    for left in beside.glob("verifying-*"):  # by a killed one; only one process is here at a time
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix="verifying-", dir=beside) as temporary:
        fresh = Path(temporary) / "fresh.duckdb"
        with database.open_archive(fresh) as connection:
            load_files(connection, paths, parse, now)
            database.checkpoint(connection)
        yield fresh


def _compare(fresh: Path, made: Mapping[str, TableDigest], path: Path, name: str, todo: str) -> None:
    found = _digests(path, todo)
    for table in sorted(made.keys() | found.keys()):
        if made.get(table) != found.get(table):
            what = f"{name} {path} differs from landing in table {table}{_example(fresh, path, table)}"
            raise EvidenceDamaged(what, todo)


def _digests(path: Path, todo: str) -> dict[str, TableDigest]:
    try:
        with closing(database.joined(path)) as connection:
            return table_digests(connection)
    except duckdb.Error as error:
        raise EvidenceDamaged(database.unreadable(path, error).what, todo) from error


def _example(fresh: Path, path: Path, table: str) -> str:
    """One row that is in the one and not in the other."""
    sides = (("added or changed", table, f"fresh.{table}"), ("missing", f"fresh.{table}", table))
    with closing(database.joined(path)) as connection:
        parts.attach(connection, fresh, "fresh")
        try:
            for word, here, there in sides:
                found = connection.execute(f"FROM {here} EXCEPT ALL FROM {there} ORDER BY ALL LIMIT 1").fetchone()
                if found:
                    return f", row {word}: {' '.join(str(cell) for cell in found)[:_SHOWN]}"
        except duckdb.Error:  # the tables do not even have the same columns
            pass
    return ""
