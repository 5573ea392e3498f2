"""One process at a time: an advisory lock on a file, given back by the kernel even after kill -9 (flock(2))."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from records.errors import Busy


@contextmanager
def held(path: Path, otherwise: str) -> Iterator[None]:
    """Hold the lock at ``path``.

    Raises
    ------
    Busy : another process holds it; ``otherwise`` is the message.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(otherwise, "Wait until it has ended") from None
        yield
