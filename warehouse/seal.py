"""Years that are over, in files that never change again, so that publishing costs the same as the archive ages.

The file of a year is what the loader makes of the batches that landed in it, over the files of the years before:
a function of landing alone, whenever it is made. The open file is made anew from the batches that came since.
Batches of a year that is sealed already (an old export, a clock that was wrong) are in the open file, and go into
the next year's one.

The one instant that counts is the renaming of the new open file, which names the sealed ones that it stands on. A
process killed before it leaves the archive as it was, and at most a file in ``years/`` that nothing names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from records.canonical import canonical
from records.errors import EvidenceError
from warehouse import database, durable, parts
from warehouse.landing import Landing
from warehouse.load import LoadReport, load_files
from warehouse.prepare import Parse

GRACE = timedelta(days=31)
"""A year stays open for so long after its end: until then what was posted in it is still looked at again."""

_BY_TIME = ("record_current", "post_version", "comment_version")
"""Sealed in the order of their first sightings, so that a question about one time reads little of them."""
_NEVER = 9999

Sealed = Mapping[int, str]
"""The sealed files by year."""


def seal(folder: Path, parse: Parse, now: datetime) -> list[int]:
    """Seal the years that are over; returns which. What readers see stays the same.

    Raises
    ------
    Busy : another process holds the warehouse.
    EvidenceError : a full disk or the like; the archive is as it was.
    """
    with database.only_loader(folder):
        with database.open_archive(database.archive_path(folder), whole=False) as connection:
            sealed = parts.sealed_files(connection)
        years = due(folder, sealed, now)
        if years:
            remake(folder, parse, now, sealed)
        return years


def due(folder: Path, sealed: Sealed, now: datetime) -> list[int]:
    """The years that have landed batches, are over, and are not sealed, the oldest first."""
    over = (now - GRACE).astimezone(UTC).year
    years = {_year(path) for path in Landing(folder).paths().values()}
    return sorted(year for year in years if max(sealed, default=0) < year < over)


def remake(folder: Path, parse: Parse, now: datetime, sealed: Sealed) -> LoadReport:
    """Make the files of the years that are due and a new open one from landing, and put it in the old one's place.

    Only inside :func:`warehouse.database.only_loader`. The files in ``sealed`` stay as they are.

    Raises
    ------
    EvidenceError : a full disk or the like; the archive is as it was.
    """
    archive = database.archive_path(folder)
    fresh = archive.with_name("rebuilding.duckdb")
    report = LoadReport(now)
    try:
        for year in due(folder, sealed, now):
            file, loaded = _seal_year(folder, parse, now, year, sealed)
            sealed, report = {**sealed, year: file}, report + loaded
        with _removed(fresh):
            _, loaded = _load(folder, fresh, parse, now, _NEVER, sealed)
            database.log_of(archive).unlink(missing_ok=True)  # DuckDB would replay it over the new file
            fresh.rename(archive)
        durable.sync_folder(archive.parent)
    except OSError as error:
        what = f"the archive in {archive.parent} could not be made anew ({error.strerror})"
        raise EvidenceError(what, "Free some space, then run again") from error
    return report + loaded


def _seal_year(folder: Path, parse: Parse, now: datetime, year: int, sealed: Sealed) -> tuple[str, LoadReport]:
    """The file of ``year`` over those in ``sealed``, durable under its name."""
    archive = database.archive_path(folder)
    loaded, sorted_out = archive.with_name("loading.duckdb"), archive.with_name("sorting.duckdb")
    years = parts.years_folder(archive)
    durable.make_folder(years)
    with _removed(loaded, sorted_out):
        paths, report = _load(folder, loaded, parse, now, year, sealed)
        _sort(loaded, sorted_out, year, sealed)
        named = canonical([sorted(sealed.values()), sorted((path.name, path.stat().st_size) for path in paths)])
        final = years / f"{year}-{hashlib.sha256(named).hexdigest()[:16]}.duckdb"
        sorted_out.chmod(0o444)
        sorted_out.rename(final)
    durable.sync_folder(years)
    return final.name, report


def _load(
    folder: Path, file: Path, parse: Parse, now: datetime, until: int, sealed: Sealed
) -> tuple[list[Path], LoadReport]:
    """A new file on those in ``sealed``, with the batches until the year ``until`` that they do not hold."""
    durable.make_folder(file.parent)
    with database.open_archive(file, on=sealed) as connection:
        held = database.held_batches(connection)
        landed = Landing(folder).paths().items()
        paths = [path for batch_id, path in landed if batch_id not in held and _year(path) <= until]
        report = load_files(connection, paths, parse, now)
        database.checkpoint(connection)
    return paths, report


def _sort(loaded: Path, target: Path, year: int, sealed: Sealed) -> None:
    """The tables of ``loaded`` in a new file, in the order in which they are asked for, without gaps."""
    with database.open_archive(target, on=sealed) as connection:
        parts.attach(connection, loaded, "loaded")
        parts.note_places(connection, "loaded", year)
        for table in (*parts.tables_of(connection), "recalled"):
            order = "ORDER BY first_seen_at" if table in _BY_TIME else ""
            connection.execute(f"INSERT INTO {parts.OPEN}.{table} BY NAME FROM loaded.{table} {order}")
        database.checkpoint(connection)


def _year(path: Path) -> int:
    """The year in which the batch at ``path`` landed, as its folder says; a folder that says none is never sealed."""
    year = path.parent.name[:4]
    return int(year) if year.isdecimal() else _NEVER


@contextmanager
def _removed(*files: Path) -> Iterator[None]:
    """Without these files and their logs, before (a killed process may have left them) and after."""
    everything = [each for file in files for each in (file, database.log_of(file))]
    try:
        for each in everything:
            each.unlink(missing_ok=True)
        yield
    finally:
        for each in everything:
            each.unlink(missing_ok=True)
