"""Backups and dispositions on a disk that fills, or killed: the former state holds, the next run is whole."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from archive_kit import NOW, hours, page, parse, post, rows, tables
from disposition_kit import LAW, SIGNER, announced, old, planned_for
from test_landing_faults import on_a_small_disk

from warehouse.backup import backup, restore
from warehouse.landing import Landing, all_lines_of
from warehouse.ledger import Ledger
from warehouse.load import load
from warehouse.rebuild import rebuild
from warehouse.retention import drop
from warehouse.verify import verify

FULL = """
import json, os, sys, tempfile
from contextlib import suppress
from pathlib import Path
from archive_kit import NOW, page, parse, post
from records.errors import EvidenceError
from warehouse.backup import backup, restore
from warehouse.landing import Landing

small = Path(sys.argv[1])
said, seen = [], []

def filled():
    file = (small / "filler").open("wb", buffering=0)
    with suppress(OSError):
        while True:
            file.write(bytes(512))
    file.close()

def attempt(act):
    try:
        act()
    except EvidenceError as error:
        said.append(str(error))

def batches(folder):
    return len(Landing(folder).paths())

with tempfile.TemporaryDirectory() as large:
    large = Path(large)
    data, target = large / "data", small / "backup"
    Landing(data).land("x", [page(NOW, post(1))], NOW)
    backup(data, target)
    Landing(data).land("x", [page(NOW, *(post(n, os.urandom(300).hex()) for n in range(2, 300)))], NOW)
    filled()
    attempt(lambda: backup(data, target))
    restore(target, large / "former")
    (small / "filler").unlink()
    backup(data, target)
    restore(target, large / "whole")
    backup(data, large / "backup")
    filled()
    attempt(lambda: restore(large / "backup", small / "restored"))
    (small / "filler").unlink()
    restore(large / "backup", small / "again")
    seen = [batches(large / "former"), batches(large / "whole"), batches(small / "again")]
print(json.dumps({"said": said, "seen": seen}))
"""


def test_a_full_disk_costs_a_backup_or_a_restore_and_no_former_one(tmp_path: Path) -> None:
    found = on_a_small_disk(FULL, tmp_path, "2m")
    first, second = found["said"]  # type: ignore[misc]
    assert "No space left on device" in first and first.endswith("Free some space there, then run again.")
    assert "No space left on device" in second and second.endswith("Free some space, empty it and run again.")
    assert found["seen"] == [1, 2, 2]


def begun(act: Callable[[], object]) -> int:
    """The child that does ``act``."""
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            act()
        os._exit(0)
    return child


def killed(act: Callable[[], object], delay: float) -> None:
    """``act`` in a child that is killed ``delay`` seconds after it began."""
    child = begun(act)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def seconds(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def test_a_killed_backup_leaves_the_former_one_while_loading_goes_on(tmp_path: Path) -> None:
    data, target = tmp_path / "data", tmp_path / "backup"
    dice = random.Random(20261123)

    def capture(number: int) -> None:
        Landing(data).land("x", [page(hours(number), post(number, f"text {number}" * 50))], hours(number))
        load(data, parse, NOW)
        Ledger(data).record(SIGNER)

    capture(0)
    pace = seconds(lambda: backup(data, target))
    for number in range(1, 5):
        loader = begun(partial(capture, number))
        killed(lambda: backup(data, target), dice.uniform(0, 1.5 * pace))
        os.waitpid(loader, 0)
        restored = tmp_path / f"restored{number}"
        restore(target, restored)
        load(restored, parse, NOW)
        assert len(verify_of(restored)) in range(1, number + 2)
    backup(data, target)
    restore(target, tmp_path / "last")
    load(tmp_path / "last", parse, NOW)
    assert tables(tmp_path / "last") == tables(data)


def verify_of(folder: Path) -> list[tuple[object, ...]]:
    """The batches of a folder, after all of it was verified."""
    verify(folder, parse, SIGNER.verifier(), NOW, threads=1)
    return rows(folder, "SELECT batch_id FROM batch")


def test_a_killed_disposition_goes_on_and_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    dice = random.Random(20261124)
    landing = Landing(tmp_path)
    batches = [landing.land("x", [page(hours(n), old(n)), page(hours(n), post(100 + n))], hours(n)) for n in range(20)]
    load(tmp_path, parse, NOW)
    Ledger(tmp_path).record(SIGNER)
    of = announced(tmp_path, planned_for(tmp_path, LAW))
    before = [Ledger(tmp_path).steps()[-1].note, *(entry.root for entry in Ledger(tmp_path).entries())]

    def carry_out() -> None:
        drop(tmp_path, of)
        rebuild(tmp_path, parse, NOW)

    for _ in range(8):
        killed(carry_out, dice.uniform(0, 0.15))
        for batch in batches:
            _, first, second = map(bytes, all_lines_of(batch))
            assert b"long ago" in first or first.startswith(b'{"disposed":"')
            assert b"hello" in second
    carry_out()
    assert [d.waiting for d in verify(tmp_path, parse, SIGNER.verifier(), NOW, threads=1).disposed] == [0]
    assert [Ledger(tmp_path).steps()[-1].note, *(entry.root for entry in Ledger(tmp_path).entries())] == before
    assert rows(tmp_path, "SELECT count(*) FROM post") == [(20,)]
