"""The one door to DuckDB: how a file of ours is opened, and by whom.

The loader's file is held by one process, behind a lock of our own, so that a second one is told so at once.
Readers open published copies only. Either is opened together with the sealed years that it stands on
(:mod:`warehouse.parts`).
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import duckdb

from records.errors import Busy, EvidenceError
from warehouse import durable, parts

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "checkpoint_threshold": "1GB",  # closing the file checkpoints it; one each 16 MB was measured 1.3 times slower
}
_UNWRITABLE = (duckdb.IOException, duckdb.FatalException, duckdb.TransactionException)
_NUMBERED = re.compile(r"(\d{4})_\w+\.sql")


def archive_path(folder: Path) -> Path:
    """The loader's file."""
    return folder / "warehouse" / "archive.duckdb"


def log_of(path: Path) -> Path:
    """DuckDB's write-ahead log of the file at ``path``."""
    return path.with_name(f"{path.name}.wal")


@contextmanager
def only_loader(folder: Path) -> Iterator[None]:
    """Hold the warehouse for this process; a dead process holds nothing.

    Raises
    ------
    Busy : another process holds it.
    """
    with alone(folder / "warehouse" / "loader.lock", f"loading the warehouse in {folder}"):
        yield


@contextmanager
def alone(lock: Path, doing: str) -> Iterator[None]:
    """Hold the file ``lock`` for this process while it is ``doing`` something.

    Raises
    ------
    Busy : another process holds it.
    """
    durable.make_folder(lock.parent)
    file = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(f"another hallpass process is {doing}", "Wait for it to end, then run again") from error
        yield
    finally:
        os.close(file)


@contextmanager
def open_archive(
    path: Path, on: Mapping[int, str] | None = None, *, whole: bool = True
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The loader's file at ``path``, at the newest schema, with its years. Only inside :func:`only_loader`.

    A file that is new stands ``on`` these sealed ones, by year. What is not asked for ``whole`` comes without its
    years and without views: that costs the same however many years there are.

    Raises
    ------
    Busy : a process that is not ours (the DuckDB shell, say) has the file open.
    EvidenceError : DuckDB cannot read the file, or cannot write it (a full disk, say): it is as it was.
    """
    try:
        connection = joined(path, read_only=False, on=on, whole=whole)
    except duckdb.IOException as error:
        if "lock" in str(error):
            raise Busy(f"another program has {path} open", "Close it, then run again") from error
        raise (_unwritable if "Could not write" in str(error) else unreadable)(path, error) from error
    except duckdb.Error as error:
        raise unreadable(path, error) from error
    try:
        yield connection
    except _UNWRITABLE as error:
        raise _unwritable(path, error) from error
    finally:
        connection.close()


def joined(
    path: Path, *, read_only: bool = True, on: Mapping[int, str] | None = None, whole: bool = True
) -> duckdb.DuckDBPyConnection:
    """The open file at ``path`` as the database ``open``, and views of the whole archive with its years."""
    connection = _connected(":memory:", temp_directory=f"{path}.tmp")
    try:
        parts.attach(connection, path, parts.OPEN, read_only=read_only)
        if not read_only:
            connection.execute(f"USE {parts.OPEN}")
            migrate(connection)
            connection.execute("USE memory")
        for year, file in (on or {}).items():
            connection.execute(f"INSERT INTO {parts.OPEN}.sealed VALUES ($1, $2)", [year, file])  # noqa: S608 - ours
        if whole:
            parts.join(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def scratch_of(connection: duckdb.DuckDBPyConnection) -> Path:
    """A folder beside the open file, for what its loader puts down for a moment."""
    (path,) = connection.execute(f"SELECT path FROM duckdb_databases() WHERE database_name = '{parts.OPEN}'").fetchall()  # noqa: S608 - ours
    return Path(f"{path[0]}.ahead")


def connect(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """The file at ``path`` alone."""
    return _connected(str(path), read_only=read_only)


def checkpoint(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the log of the open file into it."""
    connection.execute(f"CHECKPOINT {parts.OPEN}")


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All of the block or none of it."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def held_batches(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The ids of the batches that are loaded, those of sealed years among them."""
    return {batch_id for (batch_id,) in connection.execute("SELECT batch_id FROM batch").fetchall()}


def migrate(connection: duckdb.DuckDBPyConnection) -> None:
    """Bring the schema to the newest number; each step and its record are one transaction."""
    connection.execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER)")
    done = {number for (number,) in connection.execute("SELECT version FROM schema_version").fetchall()}
    for number, script in migrations():
        if number not in done:
            with transaction(connection):
                connection.execute(script)
                connection.execute("INSERT INTO schema_version VALUES (?)", [number])


def migrations() -> list[tuple[int, str]]:
    """The numbered scripts of ``warehouse/schema``, in their order."""
    scripts = (s for s in files("warehouse").joinpath("schema").iterdir() if _NUMBERED.fullmatch(s.name))
    return sorted((int(s.name[:4]), s.read_text()) for s in scripts)


def unreadable(path: Path, error: duckdb.Error) -> EvidenceError:
    """What to say of a file that DuckDB cannot read."""
    what = f"DuckDB cannot read {path} ({_first_line(error)})"
    return EvidenceError(what, "Run `hallpass warehouse rebuild`: landing holds everything that it held")


def _unwritable(path: Path, error: duckdb.Error) -> EvidenceError:
    what = f"DuckDB could not write {path} ({_first_line(error)})"
    return EvidenceError(what, "Free some space, then run again")


def _connected(name: str, *, read_only: bool = False, **config: str) -> duckdb.DuckDBPyConnection:
    """A connection that never fetches an extension and shows times in UTC."""
    connection = duckdb.connect(name, read_only=read_only, config={**_CONFIG, **config})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _first_line(error: duckdb.Error) -> str:
    return str(error).splitlines()[0]
