"""Checks everything against everything, and names the first thing that is wrong.

From the outside in: the ledger's signatures and history, each landed batch against its entry, each picture
against its name, then the archive and the published copy against one made anew from landing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from records.errors import BadInput, EvidenceDamaged
from warehouse import database, merkle
from warehouse.compare import check_archive
from warehouse.digest import TableDigest
from warehouse.envelopes import RESTORE
from warehouse.landing import Landing, header_of
from warehouse.ledger import Entry, Ledger, entry_of
from warehouse.load import Parse
from warehouse.note import Checkpoint, Verifier, checkpoint_in
from warehouse.parallel import ahead

_REWRITTEN = "Keep this folder as it is and compare it with a backup: somebody has rewritten history"
_SOME = 128
"""Files that are checked at a time."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found whole. ``waiting`` batches are landed and not in the ledger yet, so nothing vouches for them."""

    checkpoints: int
    batches: int
    lines: int
    media: int
    waiting: int
    tables: Mapping[str, TableDigest]


def verify(
    folder: Path,
    parse: Parse,
    verifier: Verifier,
    now: datetime,
    trusted: Iterable[str] = (),
    processes: int | None = None,
) -> Verified:
    """Check the whole data folder; ``trusted`` are notes of earlier checkpoints that were kept elsewhere.

    Raises
    ------
    EvidenceDamaged : the first thing that is wrong, and what to do.
    Busy : another process holds the warehouse.
    """
    landing = Landing(folder)
    with database.only_loader(folder):
        entries, checkpoints = check_ledger(folder, verifier, trusted)
        paths = landing.paths()
        check_batches(entries, paths, processes)
        media = check_media(landing, processes)
        tables = check_archive(folder, paths, [entry.batch_id for entry in entries], parse, now)
    return Verified(
        checkpoints=checkpoints,
        batches=len(entries),
        lines=sum(entry.lines for entry in entries),
        media=media,
        waiting=len(paths) - len(entries),
        tables=tables,
    )


def check_ledger(folder: Path, verifier: Verifier, trusted: Iterable[str] = ()) -> tuple[list[Entry], int]:
    """Every entry, and how many checkpoints there are; each is signed and only adds to the one before.

    Raises
    ------
    EvidenceDamaged : naming the checkpoint.
    """
    steps = Ledger(folder).steps()
    tree = merkle.Growing()
    for step in steps:
        for entry in step.entries:
            tree.add(entry.leaf())
        name = f"checkpoint {step.number} of the ledger"
        _agree(_checkpoint(step.note, verifier, name), tree.size, tree.root(), name)
    entries = [entry for step in steps for entry in step.entries]
    leaves = [entry.leaf() for entry in entries]
    for number, note in enumerate(trusted, start=1):
        name = f"trusted checkpoint {number}"
        kept = _checkpoint(note, verifier, name)
        _agree(kept, min(kept.size, len(leaves)), merkle.root(leaves[: kept.size]), name)
    return entries, len(steps)


def check_batches(entries: Sequence[Entry], paths: Mapping[str, Path], processes: int | None = None) -> None:
    """Each batch of the ledger against its file.

    Raises
    ------
    EvidenceDamaged : naming the file.
    """
    for entry in entries:
        if entry.batch_id not in paths:
            raise EvidenceDamaged(f"batch {entry.batch_id} is in the ledger and not in landing", RESTORE)
    _check_each(_wrong_batch, [(entry, paths[entry.batch_id]) for entry in entries], processes)


def check_media(landing: Landing, processes: int | None = None) -> int:
    """How many media there are, each of which has the content that its name says.

    Raises
    ------
    EvidenceDamaged : naming the file.
    """
    files = sorted(landing.media.glob("*/[!.]*"))
    _check_each(_wrong_media, files, processes)
    return len(files)


def _checkpoint(note: str, verifier: Verifier, name: str) -> Checkpoint:
    text = verifier.opened(note)
    if text is None:
        raise EvidenceDamaged(f"{name} is not signed by {verifier.name}", _REWRITTEN)
    try:
        return checkpoint_in(text)
    except BadInput as error:
        raise EvidenceDamaged(f"{name} is no checkpoint", _REWRITTEN) from error


def _agree(checkpoint: Checkpoint, size: int, root: bytes, name: str) -> None:
    if (checkpoint.size, checkpoint.root) != (size, root):
        raise EvidenceDamaged(f"the ledger's batches are not those that {name} was signed over", _REWRITTEN)


def _check_each(wrong: Callable[[_T], str | None], items: Sequence[_T], processes: int | None) -> None:
    some = [items[start : start + _SOME] for start in range(0, len(items), _SOME)]
    for what in ahead(partial(_first_wrong, wrong), some, processes):
        if what:
            raise EvidenceDamaged(what, RESTORE)


def _first_wrong(wrong: Callable[[_T], str | None], items: Sequence[_T]) -> str | None:
    return next((what for item in items if (what := wrong(item))), None)


def _wrong_batch(item: tuple[Entry, Path]) -> str | None:
    entry, path = item
    try:
        found = entry_of(header_of(path))
    except EvidenceDamaged as error:
        return error.what
    return None if found == entry else f"{path} is not the batch that the ledger has: a salt or its header differs"


def _wrong_media(path: Path) -> str | None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return None if found == path.name else f"the picture {path} is not the one that was landed"
