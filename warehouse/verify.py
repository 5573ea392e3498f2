"""Checks everything against everything, and names the first thing that is wrong.

From the outside in: the ledger's signatures, history and time stamps, each landed batch against its entry and
what was dropped of it against the disposals that are landed, each picture against its name, then the archive
and the published copy against one made anew from landing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from records.actions import ROTATED
from records.errors import BadInput, EvidenceDamaged
from records.model import Decision, Disposal
from warehouse import database, merkle
from warehouse.compare import check_archive
from warehouse.digest import TableDigest
from warehouse.envelopes import RESTORE
from warehouse.landed import own_records
from warehouse.landing import SUFFIX, Landing, all_lines_of, header_of
from warehouse.ledger import Entry, Ledger, entry_of
from warehouse.note import Checkpoint, Verifier, checkpoint_in
from warehouse.parallel import side_by_side
from warehouse.prepare import Parse
from warehouse.retention import by_batch, disposals, dropped
from warehouse.timestamp import check_stamps

_REWRITTEN = "Keep this folder as it is and compare it with a backup: somebody has rewritten history"
_NAMED_FILES = """
    SELECT DISTINCT 'picture' AS what, sha256 FROM media_file WHERE sha256 IS NOT NULL
    UNION ALL SELECT DISTINCT 'deposited file', sha256 FROM deposit ORDER BY what, sha256"""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Disposed:
    """What was disposed of under one permission. ``waiting`` payloads may go and are still there."""

    disposition_id: str
    permission: str
    at: datetime
    lines: int
    media: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found whole. ``waiting`` batches are landed and not in the ledger yet, so nothing vouches for them."""

    checkpoints: int
    batches: int
    lines: int
    media: int
    waiting: int
    tables: Mapping[str, TableDigest]
    disposed: tuple[Disposed, ...] = field(default=())
    stamps: int = 0


def verify(
    folder: Path,
    parse: Parse,
    keys: Verifier | Sequence[Verifier],
    now: datetime,
    trusted: Iterable[str] = (),
    threads: int | None = None,
    stamp_roots: bytes | None = None,
) -> Verified:
    """Check the whole data folder.

    Parameters
    ----------
    keys : the ledger's key, or all of its keys in the order of their rotation.
    trusted : notes of earlier checkpoints that were kept elsewhere.
    stamp_roots : the root certificates (PEM) of the time-stamping authority; those kept in the folder if not given.

    Raises
    ------
    EvidenceDamaged : the first thing that is wrong, and what to do.
    Busy : another process holds the warehouse.
    """
    landing = Landing(folder)
    keys = (keys,) if isinstance(keys, Verifier) else tuple(keys)
    with database.only_loader(folder):
        entries, checkpoints = check_ledger(folder, keys, trusted)
        check_names(landing)
        paths = landing.paths()
        recorded = {entry.batch_id for entry in entries}
        of = disposals(folder, recorded)
        check_batches(entries, paths, of, threads)
        decisions = [d for d in own_records(folder, "decisions", recorded) if isinstance(d, Decision)]
        check_keys(keys, decisions)
        stamps = check_stamps(folder, decisions, stamp_roots)
        media = check_media(landing, threads)
        tables = check_archive(folder, paths, [entry.batch_id for entry in entries], parse, now)
        check_pictures(folder, landing, of)
    return Verified(
        checkpoints=checkpoints,
        batches=len(entries),
        lines=sum(entry.lines for entry in entries),
        media=media,
        waiting=len(paths) - len(entries),
        tables=tables,
        disposed=_disposed(landing, of),
        stamps=len(stamps),
    )


def check_ledger(folder: Path, keys: Sequence[Verifier], trusted: Iterable[str] = ()) -> tuple[list[Entry], int]:
    """Every entry, and how many checkpoints there are; each is signed and only adds to the one before.

    A key that another one has replaced signs nothing any more.

    Raises
    ------
    EvidenceDamaged : naming the checkpoint.
    """
    steps = Ledger(folder).steps()
    tree = merkle.Growing()
    newest = 0
    for step in steps:
        for entry in step.entries:
            tree.add(entry.leaf())
        name = f"checkpoint {step.number} of the ledger"
        number, checkpoint = _checkpoint(step.note, keys, name)
        if number < newest:
            raise EvidenceDamaged(f"{name} is signed by a key that had been replaced", _REWRITTEN)
        newest = number
        _agree(checkpoint, tree.size, tree.root(), name)
    entries = [entry for step in steps for entry in step.entries]
    leaves = [entry.leaf() for entry in entries]
    for number, note in enumerate(trusted, start=1):
        name = f"trusted checkpoint {number}"
        _, kept = _checkpoint(note, keys, name)
        _agree(kept, min(kept.size, len(leaves)), merkle.root(leaves[: kept.size]), name)
    return entries, len(steps)


def check_names(landing: Landing) -> None:
    """No batch lies in landing twice.

    Raises
    ------
    EvidenceDamaged : naming both files.
    """
    seen: dict[str, Path] = {}
    for path in sorted(landing.root.glob(f"*/*/[!.]*{SUFFIX}")):
        if (first := seen.setdefault(path.name, path)) != path:
            todo = "Remove the one that a backup does not have"
            raise EvidenceDamaged(f"{path} is the same batch as {first}", todo)


def check_batches(
    entries: Sequence[Entry], paths: Mapping[str, Path], of: Iterable[Disposal] = (), threads: int | None = None
) -> None:
    """Each batch of the ledger against its file, of which only what ``of`` names may be dropped; others are whole.

    Raises
    ------
    EvidenceDamaged : naming the file.
    """
    for entry in entries:
        if entry.batch_id not in paths:
            raise EvidenceDamaged(f"batch {entry.batch_id} is in the ledger and not in landing", RESTORE)
    lawful = {batch_id: frozenset(lines) for batch_id, lines in by_batch(of).items()}
    items = [(e, paths[e.batch_id], lawful.get(e.batch_id, frozenset())) for e in entries]
    _check_each(_wrong_batch, items, threads)
    _check_each(_wrong_file, sorted(set(paths.values()) - {path for _, path, _ in items}), threads)


def check_keys(keys: Sequence[Verifier], decisions: Iterable[Decision]) -> None:
    """The ledger itself says of each key after the first that it replaced the one before.

    Raises
    ------
    EvidenceDamaged : naming the key.
    """
    announced = {decision.subject for decision in decisions if decision.action == ROTATED}
    for key in keys[1:]:
        if key.text() not in announced:
            raise EvidenceDamaged(f"no decision in the ledger made {key.text()} its key", _REWRITTEN)


def check_pictures(folder: Path, landing: Landing, of: Iterable[Disposal]) -> None:
    """Every picture and deposited file that the archive names is there, unless it was lawfully disposed of.

    Raises
    ------
    EvidenceDamaged : naming the file.
    """
    gone = {disposal.media_sha256 for disposal in of}
    with database.open_archive(database.archive_path(folder)) as connection:
        named = connection.execute(_NAMED_FILES).fetchall()
    for what, sha256 in named:
        if sha256 not in gone and not landing.media_path(sha256).exists():
            raise EvidenceDamaged(f"the {what} {landing.media_path(sha256)} is missing", RESTORE)


def check_media(landing: Landing, threads: int | None = None) -> int:
    """How many media there are, each of which has the content that its name says.

    Raises
    ------
    EvidenceDamaged : naming the file.
    """
    files = sorted(landing.media.glob("*/[!.]*"))
    _check_each(_wrong_media, files, threads)
    return len(files)


def _checkpoint(note: str, keys: Sequence[Verifier], name: str) -> tuple[int, Checkpoint]:
    """What ``note`` says, and the number of the key that signed it."""
    opened = ((number, text) for number, key in enumerate(keys) if (text := key.opened(note)) is not None)
    number, text = next(opened, (0, None))
    if text is None:
        raise EvidenceDamaged(f"{name} is not signed by {keys[-1].name}", _REWRITTEN)
    try:
        return number, checkpoint_in(text)
    except BadInput as error:
        raise EvidenceDamaged(f"{name} is no checkpoint", _REWRITTEN) from error


def _agree(checkpoint: Checkpoint, size: int, root: bytes, name: str) -> None:
    if (checkpoint.size, checkpoint.root) != (size, root):
        raise EvidenceDamaged(f"the ledger's batches are not those that {name} was signed over", _REWRITTEN)


def _check_each(wrong: Callable[[_T], str | None], items: Sequence[_T], threads: int | None) -> None:
    for what in side_by_side(wrong, items, threads):
        if what:
            raise EvidenceDamaged(what, RESTORE)


def _wrong_batch(item: tuple[Entry, Path, frozenset[int]]) -> str | None:
    entry, path, lawful = item
    gone: list[int] = []
    try:
        found = entry_of(header_of(path), gone)
    except EvidenceDamaged as error:
        return error.what
    if found != entry:
        return f"{path} is not the batch that the ledger has: a salt or its header differs"
    unlawful = sorted(set(gone) - lawful)
    return f"line {unlawful[0]} of {path} was dropped without a permission" if unlawful else None


def _wrong_file(path: Path) -> str | None:
    """What is wrong with a batch that waits for the ledger."""
    try:
        for _ in all_lines_of(header_of(path)):
            pass
    except EvidenceDamaged as error:
        return error.what
    return None


def _wrong_media(path: Path) -> str | None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return None if found == path.name else f"the picture {path} is not the one that was landed"


def _disposed(landing: Landing, of: Sequence[Disposal]) -> tuple[Disposed, ...]:
    paths = landing.paths()
    gone = {(batch_id, line) for batch_id in by_batch(of) for line in dropped(header_of(paths[batch_id]))}
    return tuple(_under_one(landing, group, gone) for group in _by_disposition(of).values())


def _by_disposition(of: Iterable[Disposal]) -> dict[str, list[Disposal]]:
    groups: dict[str, list[Disposal]] = {}
    for disposal in of:
        groups.setdefault(disposal.disposition_id, []).append(disposal)
    return groups


def _under_one(landing: Landing, of: Sequence[Disposal], gone: set[tuple[str, int]]) -> Disposed:
    lines = [d.evidence for d in of if d.evidence]
    media = [d.media_sha256 for d in of if d.media_sha256]
    waiting = sum((line.batch_id, line.line) not in gone for line in lines)
    waiting += sum(landing.media_path(sha256).exists() for sha256 in media)
    return Disposed(of[0].disposition_id, of[0].permission, of[0].at, len(lines), len(media), waiting)
