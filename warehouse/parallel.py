"""Work done ahead of its use: by threads, or by other processes where there is enough of it."""

from __future__ import annotations

import gc
import mmap
import multiprocessing
import os
import pickle
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from records.errors import EvidenceError

_Item = TypeVar("_Item")
_Done = TypeVar("_Done")
_FEW = 2
"""So few items are done sooner than other processes start."""
_LEAST_PROCESSES = 2
_ALIGNED = 64
"""What Arrow asks of the address of a buffer, in bytes (Arrow Columnar Format, "Buffer Alignment and Padding")."""


def ahead(
    work: Callable[[_Item], _Done], items: Sequence[_Item], processes: int | None = None, scratch: Path | None = None
) -> Iterator[_Done]:
    """``work`` of each item in their order, a few of them done before they are asked for.

    Other processes are started afresh and import the program's main module, which must be one that may be
    imported; ``work`` and the items are pickled. With ``scratch``, a folder of this call alone that is made and
    deleted, the buffers of an answer (Arrow columns, say) come back through a file there, mapped as it lies:
    through a pipe they were measured to cost four times the processor.

    Raises
    ------
    EvidenceError : ``scratch`` cannot be written (a full disk, say).
    """
    count = _processes(len(items)) if processes is None else processes
    with _no_collector(), _emptied(scratch), _pool(count) as pool:
        if scratch is None or count < _LEAST_PROCESSES:
            yield from _in_order(pool, work, items, count + 1)
        else:
            yield from map(_taken, _in_order(pool, partial(_handed_over, work, scratch), items, count + 1))


def side_by_side(work: Callable[[_Item], _Done], items: Iterable[_Item], threads: int | None = None) -> Iterator[_Done]:
    """``work`` of each item in their order, by a thread for each processor.

    For work that lets go of Python's lock, as hashing and decompressing do: no process has to start first.
    """
    count = threads or os.cpu_count() or 1
    with ThreadPoolExecutor(count) as pool:
        yield from _in_order(pool, work, items, 2 * count)


def _in_order(pool: Executor, work: Callable[[_Item], _Done], items: Iterable[_Item], ahead: int) -> Iterator[_Done]:
    waiting: deque[Future[_Done]] = deque()
    for item in items:
        waiting.append(pool.submit(work, item))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _processes(items: int) -> int:
    """0 for a thread of this process; a daemon may have no children."""
    enough = items > _FEW and not multiprocessing.current_process().daemon
    return (os.cpu_count() or 1) if enough else 0


def _pool(processes: int) -> Executor:
    if processes < _LEAST_PROCESSES:
        return ThreadPoolExecutor(1)
    return ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), initializer=gc.disable)


@dataclass(frozen=True, slots=True)
class _Handed:
    """An answer on its way from one process to another: all of it but its buffers, and the file with those."""

    pickled: bytes
    path: Path
    lengths: tuple[int, ...]


def _handed_over(work: Callable[[_Item], object], scratch: Path, item: _Item) -> _Handed:
    """``work`` of the item, its buffers in a file of ``scratch`` (PEP 574)."""
    buffers: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(work(item), protocol=5, buffer_callback=buffers.append)
    with _writing(scratch), tempfile.NamedTemporaryFile(dir=scratch, delete=False) as file:
        for buffer in buffers:
            file.write(buffer.raw())
            file.write(bytes(-file.tell() % _ALIGNED))
    return _Handed(pickled, Path(file.name), tuple(buffer.raw().nbytes for buffer in buffers))


def _taken(handed: _Handed) -> Any:
    """The answer, standing on the bytes of its file, which has no name any more and goes with the answer."""
    with handed.path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b"")
    handed.path.unlink()
    buffers, start = [], 0
    for length in handed.lengths:
        buffers.append(content[start : start + length])
        start += length + -length % _ALIGNED
    return pickle.loads(handed.pickled, buffers=buffers)  # noqa: S301 - made by a process of ours


@contextmanager
def _emptied(scratch: Path | None) -> Iterator[None]:
    """With the folder, without what a killed process left there; and without the folder afterwards."""
    if scratch is None:
        yield
        return
    shutil.rmtree(scratch, ignore_errors=True)
    with _writing(scratch):
        scratch.mkdir(mode=0o700)
    try:
        yield
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def _writing(scratch: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        what = f"{scratch} could not be written ({error.strerror})"
        raise EvidenceError(what, "Free some space, then run again") from error


@contextmanager
def _no_collector() -> Iterator[None]:
    """Without Python's cycle collector, which would walk millions of fresh records again and again to free none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
