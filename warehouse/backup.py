"""A copy of what cannot be made again, taken while everything runs, and the way back from it.

Landing, media, ledger, cursors and a registry in SQLite are copied; the archive, the index and the published
copies are made from them. A second backup into the same folder copies only what is new. The order matters:
what refers to other files is copied before them, so a backup taken in the middle of a collection never has
a cursor, an entry or a mark in the registry whose evidence is missing.

``backup.json`` names every file of the backup and is written last, at once. What changes from one backup to the
next lies in ``changing/``, by its SHA-256, so until that moment the former backup is whole: a full disk or a
``kill -9`` costs the new one only. What was lawfully disposed of goes from a backup with the next one into the
same folder; other copies are not reached.
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
from warehouse import database, durable
from warehouse.landing import SUFFIX, Landing
from warehouse.retention import by_batch, disposals

MANIFEST = "backup.json"
CHANGING = "changing"
_REGISTRY = "registry.sqlite"
_PARTS = ("cursors", "ledger", "landing", "media")
_CHANGES = ("cursors/", "ledger/public-key", "ledger/tsa-roots.pem")
"""Names that begin so are of files that change; every other one is written once."""
_PIECE = 1 << 20
Entry = dict[str, str | int]
Manifest = dict[str, Entry]
"""By name within the data folder: ``size`` in bytes, ``sha256`` in hex, and ``at``, where it lies in the backup."""


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
    Busy : another process is backing up to ``target``.
    EvidenceError : a full disk or the like; what ``target`` held before is still a whole backup.
    """
    if target.resolve().is_relative_to(folder.resolve()):
        raise BadInput(f"{target} is inside the data folder", "Choose a folder on another disk")
    if not (folder / "landing").is_dir():
        raise BadInput(f"there is nothing to back up in {folder}", "Check the data folder's name")
    try:
        with database.alone(target / "backup.lock", f"backing up to {target}"):
            known = _manifest(target) if (target / MANIFEST).exists() else {}
            files = dict(_copied(folder, target, known))
            durable.write(target / MANIFEST, [canonical(files)], overwrite=True)
            _clear(target, files)
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
    for entry in files.values():
        path = source / str(entry["at"])
        if not path.exists() or _entry(path, str(entry["at"])) != entry:
            raise EvidenceDamaged(f"{path} is not what was backed up", "Use another backup")
    try:
        for name, entry in files.items():
            path = source / str(entry["at"])
            durable.write(folder / name, _pieces(path), mode=path.stat().st_mode & 0o777)
    except OSError as error:
        todo = "Free some space, empty it and run again"
        raise EvidenceError(f"{folder} could not be restored ({error.strerror})", todo) from error
    return Backup(len(files), sum(int(entry["size"]) for entry in files.values()), len(files))


def _copied(folder: Path, target: Path, known: Manifest) -> Iterator[tuple[str, Entry]]:
    """Every file's name and what it is, copied if it is not there yet."""
    if (folder / _REGISTRY).exists():
        yield _REGISTRY, _snapshot(folder / _REGISTRY, target)
    disposed = {f"{batch_id}{SUFFIX}" for batch_id in by_batch(disposals(folder))}
    for name in _names(folder, _PARTS):
        if name.startswith(_CHANGES) or Path(name).name in disposed:
            yield name, _changing(folder / name, target)
        elif name in known and (target / str(known[name]["at"])).exists():
            yield name, known[name]
        else:
            durable.write(target / name, _pieces(folder / name), overwrite=True, mode=0o444)
            yield name, _entry(target / name, name)


def _names(folder: Path, parts: tuple[str, ...]) -> Iterator[str]:
    """Whole files only, part by part in this order; a part is listed when its turn comes."""
    for part in parts:
        found = (path for path in sorted((folder / part).rglob("*")) if path.is_file())
        yield from (path.relative_to(folder).as_posix() for path in found if path.suffix != durable.TEMPORARY)


def _changing(path: Path, target: Path) -> Entry:
    """A copy by its content: the former one, which the former backup names, stays beside it."""
    content = path.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    at = f"{CHANGING}/{sha256}"
    durable.write(target / at, [content], mode=path.stat().st_mode & 0o777)
    return {"size": len(content), "sha256": sha256, "at": at}


def _snapshot(path: Path, target: Path) -> Entry:
    """SQLite's own online backup: one moment of the database, though others write meanwhile."""
    fresh = target / CHANGING / f".{path.name}{durable.TEMPORARY}"
    durable.make_folder(fresh.parent)
    fresh.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(fresh)) as into:
            source.backup(into)
        copy = fresh.with_name(str(_entry(fresh, "")["sha256"]))
        durable.write(copy, _pieces(fresh))
    finally:
        fresh.unlink(missing_ok=True)
    return _entry(copy, f"{CHANGING}/{copy.name}")


def _clear(target: Path, files: Manifest) -> None:
    """Drop what only a former backup named: changing files, and what was lawfully disposed of since."""
    named = {target / str(entry["at"]) for entry in files.values()}
    every = disposals(target)
    media = {Landing(target).media_path(d.media_sha256) for d in every if d.media_sha256}
    batches = {f"{batch_id}{SUFFIX}" for batch_id in by_batch(every)}
    replaced = {target / name for name in files if Path(name).name in batches}
    for path in {*(target / CHANGING).glob("*"), *media, *replaced} - named:
        path.unlink(missing_ok=True)


def _manifest(folder: Path) -> Manifest:
    try:
        return dict(json.loads((folder / MANIFEST).read_bytes()))
    except ValueError as error:
        raise EvidenceDamaged(f"{folder / MANIFEST} cannot be read", "Use another backup") from error


def _entry(path: Path, at: str) -> Entry:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"size": path.stat().st_size, "sha256": digest, "at": at}


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
