"""Child processes end with the one that started them, however that one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hallpass.demo.children import child

PARENT = """
import sys, time
from pathlib import Path
from hallpass.demo.children import child
with child("hallpass.demo.lifeline", "sleep", "600", log=Path(sys.argv[1])) as process:
    print(process.pid, flush=True)
    {then}
"""


def start(log: Path, then: str) -> tuple[subprocess.Popen[str], int]:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(then=then), str(log)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    return parent, int(parent.stdout.readline())


def processes_under(pid: int) -> set[int]:
    found = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(p): int(q) for p, q in (line.split() for line in found.splitlines())}
    return {p for p, q in parents.items() if q == pid} | ({pid} & parents.keys())


def gone(pids: set[int]) -> bool:
    for _ in range(200):
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_and_what_it_started_end_when_the_parent_is_killed(tmp_path: Path, how: signal.Signals) -> None:
    parent, pid = start(tmp_path / "log", "time.sleep(600)")
    time.sleep(0.5)
    family = processes_under(pid)
    assert len(family) == 2
    os.kill(parent.pid, how)
    parent.wait()
    assert gone(family)
    assert parent.stdout
    parent.stdout.close()


def test_a_child_ends_when_its_block_does(tmp_path: Path) -> None:
    parent, pid = start(tmp_path / "log", "pass")
    assert parent.wait(20) == 0
    assert gone({pid})
    assert parent.stdout
    parent.stdout.close()


def test_a_child_that_writes_much_is_not_stopped_by_nobody_reading(tmp_path: Path) -> None:
    log = tmp_path / "log"
    lines = "import sys; sys.stdout.write('x' * 300000); sys.stdout.flush(); open(sys.argv[1], 'w')"
    with child("hallpass.demo.lifeline", sys.executable, "-c", lines, str(tmp_path / "done"), log=log):
        for _ in range(100):
            if (tmp_path / "done").exists():
                break
            time.sleep(0.1)
    assert (tmp_path / "done").exists()
    assert log.read_text().count("x") == 300000
