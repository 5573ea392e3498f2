"""The archive made anew from landing alone, beside the old one, which stays until the new one is whole."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from warehouse import database, durable
from warehouse.landing import Landing
from warehouse.load import LoadReport, Parse, load_into


def rebuild(folder: Path, parse: Parse, now: datetime) -> LoadReport:
    """Replace the archive by one loaded from all of landing; the old file may be damaged or missing.

    Raises
    ------
    Busy : another process holds the warehouse.
    """
    archive = database.archive_path(folder)
    fresh = archive.with_name("rebuilding.duckdb")
    with database.only_loader(folder):
        _remove(fresh)
        with database.open_archive(fresh) as connection:
            report = load_into(connection, Landing(folder), parse, now)
            connection.execute("CHECKPOINT")
        _wal(archive).unlink(missing_ok=True)  # DuckDB would replay it over the new file
        fresh.rename(archive)
        durable.sync_folder(archive.parent)
    return report


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _remove(path: Path) -> None:
    """Drop what a killed rebuild left."""
    path.unlink(missing_ok=True)
    _wal(path).unlink(missing_ok=True)
