"""What readers see: numbered, read-only copies of the archive's open file behind a pointer.

A process that still holds a copy goes on seeing it whole; the next one it opens is the newest. A copy never
changes under its name: after a rename, a process that holds the old file would go on seeing old data. The sealed
years are not copied: a copy names the files that it stands on (:mod:`warehouse.parts`), and they stay as long as
a copy does that names them. So a publication costs what is new, not what is old.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from records.errors import BadInput, LandingFailed
from warehouse import database, durable, parts

KEEP = 3
"""How many copies stay, so that a reader between the pointer and the file finds what it was sent to."""

_NAME = re.compile(r"(\d{6,})\.duckdb")
_PIECE = 1 << 22


def publish(folder: Path) -> Path:
    """Copy what is loaded to a new numbered file, move the pointer to it, and drop the oldest copies.

    Raises
    ------
    Busy : another process holds the warehouse.
    LandingFailed : a full disk or the like; readers keep the copy that they have.
    """
    with database.only_loader(folder):
        archive = database.archive_path(folder)
        with database.open_archive(archive, whole=False) as connection:
            database.checkpoint(connection)
            standing = set(parts.sealed_files(connection).values())
        published = _root(folder)
        copy = published / f"{max(_copies(published), default=0) + 1:06d}.duckdb"
        try:
            durable.write(copy, _pieces(archive), mode=0o444)
            durable.write(published / "current", [copy.name.encode()], overwrite=True)
        except OSError as error:
            todo = "Free some space, then run again"
            raise LandingFailed(f"the archive could not be published to {copy} ({error.strerror})", todo) from error
        _drop_old(published)
        _drop_years(folder, standing)
        return copy


def forget_former(folder: Path) -> None:
    """Drop every copy but the newest at once, and former years: they hold what was lawfully disposed of.

    Raises
    ------
    Busy : another process holds the warehouse.
    """
    with database.only_loader(folder):
        for path in set(_copies(_root(folder)).values()) - {current(folder)}:
            path.unlink()
        _drop_years(folder, set(parts.stands_on(database.archive_path(folder))))


def open_published(folder: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the newest copy. The caller closes it.

    Raises
    ------
    BadInput : nothing has been published in ``folder``.
    EvidenceError : the copy, or a year that it stands on, cannot be read.
    """
    while True:
        path = current(folder)
        try:
            return database.joined(path)
        except duckdb.IOException as error:
            if current(folder) == path:  # not overtaken by a newer one: the copy itself is at fault
                raise database.unreadable(path, error) from error


def current(folder: Path) -> Path:
    """The newest published copy.

    Raises
    ------
    BadInput : nothing has been published in ``folder``.
    """
    try:
        return _root(folder) / (_root(folder) / "current").read_text()
    except FileNotFoundError as error:
        raise BadInput(f"nothing is published in {folder}", "Run `hallpass collect` first") from error


def _root(folder: Path) -> Path:
    return folder / "published"


def _copies(published: Path) -> dict[int, Path]:
    named = ((path, _NAME.fullmatch(path.name)) for path in published.glob("*.duckdb"))
    return {int(match[1]): path for path, match in named if match}


def _drop_old(published: Path) -> None:
    """A reader that has a dropped copy open keeps it: POSIX frees a file with its last handle."""
    for _, path in sorted(_copies(published).items())[:-KEEP]:
        path.unlink()


def _drop_years(folder: Path, standing: set[str]) -> None:
    """Drop the sealed files that neither the archive nor any copy stands on."""
    years = parts.years_folder(database.archive_path(folder))
    spare = {path.name: path for path in years.glob("*-*.duckdb") if path.name not in standing}
    for copy in _copies(_root(folder)).values() if spare else ():
        for name in parts.stands_on(copy):
            spare.pop(name, None)
    for path in spare.values():
        path.unlink()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
