"""Files that are whole or absent, whatever happens to the process or the power.

One recipe for all of ours: write under a temporary name, fsync, rename, fsync the directory. The temporary
name is locked while it is written, so that two writers of one file take turns, and a writer's successor
takes over what a killed one left.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

TEMPORARY = ".tmp"


def write(path: Path, parts: Iterable[bytes], *, overwrite: bool = False, mode: int = 0o644) -> None:
    """Make ``parts`` the whole content of ``path``, durably.

    An existing file is left as it is unless ``overwrite``; then readers see the old content or the new.

    Raises
    ------
    OSError : nothing was written, and no temporary file stays.
    """
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    with _locked(temporary) as file:
        if path.exists() and not overwrite:
            temporary.unlink()
            sync_folder(path.parent)  # whoever wrote it may have died before this
            return
        try:
            _fill(file, parts)
            temporary.rename(path)
            os.fchmod(file, mode)  # only now: a killed writer's successor must be able to open what it left
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Create ``folder`` and its parents, each entry durable."""
    missing = [f for f in (folder, *folder.parents) if not f.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        sync_folder(each.parent)


def sync_folder(folder: Path) -> None:
    """Make the entries of ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fill(file: int, parts: Iterable[bytes]) -> None:
    os.ftruncate(file, 0)
    for part in parts:
        view = memoryview(part)
        while view:
            view = view[os.write(file, view) :]
    os.fsync(file)


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """A descriptor of ``path`` that this process alone writes; waits for another writer."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if _still_named(file, path):
                yield file
                return
        finally:
            os.close(file)


def _still_named(file: int, path: Path) -> bool:
    """Whether ``path`` still names the open ``file``; not so once its former writer has renamed it."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False
