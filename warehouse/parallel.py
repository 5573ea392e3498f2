"""Work done ahead of its use: by threads, or by other processes where there is enough of it."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

_Item = TypeVar("_Item")
_Done = TypeVar("_Done")
_FEW = 2
"""So few items are done sooner than other processes start."""


def ahead(work: Callable[[_Item], _Done], items: Sequence[_Item], processes: int | None = None) -> Iterator[_Done]:
    """``work`` of each item in their order, a few of them done before they are asked for.

    Other processes are started afresh and import the program's main module, which must be one that may be
    imported; ``work`` and the items are pickled.
    """
    count = _processes(len(items)) if processes is None else processes
    with _no_collector(), _pool(count) as pool:
        yield from _in_order(pool, work, items, count + 1)


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
    if processes < 2:
        return ThreadPoolExecutor(1)
    return ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), initializer=gc.disable)


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
