"""Child processes that never outlive the demo: they end when their standard input does, even after kill -9."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 5.0
"""Seconds that a child has to end by itself before it is killed."""


@contextmanager
def child(
    module: str,
    *arguments: str,
    log: Path,
    variables: Mapping[str, str] | None = None,
    keep_open: Sequence[int] = (),
    talks: bool = False,
) -> Iterator[subprocess.Popen[str]]:
    """`python -m module arguments` with a pipe to its input, all that it writes in ``log``; stopped at the end.

    One that ``talks`` has a pipe from its output too, which has to be read: a full pipe stops its writer.

    It is in a session of its own, so that Ctrl-C reaches the demo alone, which then closes things in order.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a") as errors:
        process = subprocess.Popen(  # noqa: S603 - this interpreter and a module of ours
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if talks else errors,
            stderr=errors,
            env={**os.environ, **(variables or {})},
            pass_fds=tuple(keep_open),
            start_new_session=True,
            text=True,
        )
    with process:
        try:
            yield process
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[str]) -> None:
    """Close the input, which is the word to end; then insist."""
    assert process.stdin is not None
    with suppress(OSError):  # it may be gone already
        process.stdin.close()
    for insist in (process.terminate, process.kill):
        try:
            process.wait(PATIENCE)
            return
        except subprocess.TimeoutExpired:
            insist()
