"""`hallpass` as a process of its own, as a person starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running(command: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The command over ``folder``, in a session of its own, what it says in one pipe."""
    # A shell starts what it puts into the background deaf to Ctrl-C, and its children inherit that.
    with subprocess.Popen(
        [sys.executable, "-m", "hallpass", command],
        env={**os.environ, "HALLPASS_FOLDER": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            yield process
        finally:
            process.kill()  # its children end by themselves; a test that failed must not wait for it


def completed(folder: Path) -> str:
    with running("demo", folder) as process:
        said, _ = process.communicate(timeout=400)
    assert process.returncode == 0, said
    return said


def wait_for(process: subprocess.Popen[str], pattern: str, folder: Path, count: int) -> None:
    for _ in range(3000):
        if len(list(folder.glob(pattern))) >= count:
            return
        assert process.poll() is None, process.stdout and process.stdout.read()
        time.sleep(0.05)
    raise AssertionError(f"{pattern} did not appear")


def ours(folder: Path) -> list[str]:
    """Processes that still work on ``folder``."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"HALLPASS_FOLDER={folder}".encode() in entry.read_bytes().split(b"\0"):
                found.append(entry.parent.name)
        except OSError:
            continue
    return found


def all_gone(folder: Path) -> bool:
    for _ in range(300):
        if not ours(folder):
            return True
        time.sleep(0.1)
    return False
