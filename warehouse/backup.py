"""A copy of what cannot be made again, taken while everything runs, and the way back from it.

Landing, media, ledger, cursors and a registry in SQLite are copied; the archive, the index and the published
copies are made from them. A second backup into the same folder copies only what is new. The order matters:
what refers to other files is copied before them, so a backup taken in the middle of a collection never has
a cursor, an entry or a mark in the registry whose evidence is missing.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from records.canonical import canonical
from records.errors import BadInput, EvidenceDamaged, EvidenceError
from warehouse import durable

MANIFEST = "backup.json"
_REGISTRY = "registry.sqlite"
_CHANGING = ("cursors",)
_GROWING = ("ledger", "landing", "media")
_PIECE = 1 << 20
Entry = dict[str, str | int]
Manifest = dict[str, Entry]
"""By name within the backup: ``size`` in bytes and ``sha256`` in hex."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds in all, and how many files were copied this time."""

    files: int
    size: int
    copied: int


def backup(folder: Path, target: Path) -> Backup:
    """Bring the backup in ``target`` up to date with the data folder, which may be in use.

    Raises
    ------
    BadInput : the target is inside the data folder, or there is nothing to copy.
    EvidenceError : a full disk or the like; what ``target`` held before is still a whole backup.
    """
    if target.resolve().is_relative_to(folder.resolve()):
        raise BadInput(f"{target} is inside the data folder", "Choose a folder on another disk")
    if not (folder / "landing").is_dir():
        raise BadInput(f"there is nothing to back up in {folder}", "Check the data folder's name")
    known = _manifest(target) if (target / MANIFEST).exists() else {}
    try:
        files = dict(_copied(folder, target, known))
        durable.write(target / MANIFEST, [canonical(files)], overwrite=True)
    except (OSError, sqlite3.Error) as error:
        todo = "Free some space there, then run again"
        raise EvidenceError(f"the backup to {target} could not be finished ({error})", todo) from error
    copied = sum(known.get(name) != entry for name, entry in files.items())
    return Backup(len(files), sum(int(entry["size"]) for entry in files.values()), copied)


def restore(source: Path, folder: Path) -> Backup:
    """Put the backup in ``source`` into ``folder``, which must be empty; then the warehouse is to be rebuilt.

    Raises
    ------
    BadInput : ``source`` is no backup, or ``folder`` holds something.
    EvidenceDamaged : naming the file of the backup that is not what was copied.
    EvidenceError : a full disk or the like.
    """
    if not (source / MANIFEST).exists():
        raise BadInput(f"{source} is not a backup of hallpass", f"Give the folder that has {MANIFEST} in it")
    if folder.is_dir() and any(folder.iterdir()):
        raise BadInput(f"{folder} is not empty", "Restore into an empty folder, so that nothing is overwritten")
    files = _manifest(source)
    for name, entry in files.items():
        if not (source / name).exists() or _entry(source / name) != entry:
            raise EvidenceDamaged(f"{source / name} is not what was backed up", "Use another backup")
    try:
        for name in files:
            durable.write(folder / name, _pieces(source / name), mode=(source / name).stat().st_mode & 0o777)
    except OSError as error:
        todo = "Free some space, empty it and run again"
        raise EvidenceError(f"{folder} could not be restored ({error.strerror})", todo) from error
    return Backup(len(files), sum(int(entry["size"]) for entry in files.values()), len(files))


def _copied(folder: Path, target: Path, known: Manifest) -> Iterator[tuple[str, Entry]]:
    """Every file's name in the backup and what it is, copied if it is not there yet."""
    if (folder / _REGISTRY).exists():
        _copy_sqlite(folder / _REGISTRY, target / _REGISTRY)
        yield _REGISTRY, _entry(target / _REGISTRY)
    for name in _names(folder, _CHANGING):
        durable.write(target / name, _pieces(folder / name), overwrite=True)
        yield name, _entry(target / name)
    for name in _names(folder, _GROWING):
        if name not in known or not (target / name).exists():
            durable.write(target / name, _pieces(folder / name), overwrite=True, mode=0o444)
            yield name, _entry(target / name)
        else:
            yield name, known[name]


def _names(folder: Path, parts: tuple[str, ...]) -> Iterator[str]:
    """Whole files only, part by part in this order; a part is listed when its turn comes."""
    for part in parts:
        found = (path for path in sorted((folder / part).rglob("*")) if path.is_file())
        yield from (path.relative_to(folder).as_posix() for path in found if path.suffix != durable.TEMPORARY)


def _copy_sqlite(path: Path, copy: Path) -> None:
    """SQLite's own online backup: one moment of the database, though others write meanwhile."""
    durable.make_folder(copy.parent)
    fresh = copy.with_name(f"{copy.name}.new")
    fresh.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(fresh)) as into:
        source.backup(into)
    fresh.replace(copy)
    durable.sync_folder(copy.parent)


def _manifest(folder: Path) -> Manifest:
    try:
        return dict(json.loads((folder / MANIFEST).read_bytes()))
    except ValueError as error:
        raise EvidenceDamaged(f"{folder / MANIFEST} cannot be read", "Use another backup") from error


def _entry(path: Path) -> Entry:
    with path.open("rb") as file:
        return {"size": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
