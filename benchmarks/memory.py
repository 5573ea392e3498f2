"""Peaks of memory over a large archive: `python -m benchmarks memory [--versions 20000000] [--folder FOLDER]`.

The archive is drawn as for `benchmarks.report`, all of it in the open file, which is the worst case. Then each in a
process of its own: loading a thousand new posts, publishing, looking up a hundred records, a week's report.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.console import land_and_load
from benchmarks.report import archive, model, pictures
from warehouse import database, read
from warehouse.publish import open_published, publish

SPAWN = get_context("spawn")
LOOKUPS = 100


def draw(folder: Path, versions: int) -> None:
    """The archive, and the report's pictures."""
    file = database.archive_path(folder)
    file.parent.mkdir(parents=True)
    archive(file, versions)
    pictures(folder)


def load_more(folder: Path) -> None:
    """A thousand posts that are new at each call."""
    land_and_load(folder, time.time_ns())


def look_up(folder: Path) -> None:
    """Records of all ages, one by one."""
    with closing(open_published(folder)) as published:
        found = published.execute(f"SELECT record_id FROM record_current USING SAMPLE {LOOKUPS}").fetchall()
        for (record_id,) in found:
            assert read.latest(published, record_id)


def report(folder: Path) -> None:
    """The model of one week."""
    with closing(open_published(folder)) as published:
        model(published, folder)


def measured(step: Callable[[Path], object], folder: Path) -> None:
    """Print what ``step`` took and its peak."""
    began, used = time.perf_counter(), time.process_time()
    step(folder)
    took, used = time.perf_counter() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{step.__name__:<10} {took:7.2f} s, {used:7.2f} s of the processor, peak {peak:,.0f} MB", flush=True)


def apart(act: Callable[..., object], *arguments: object) -> None:
    """In a process of its own."""
    process = SPAWN.Process(target=act, args=arguments)
    process.start()
    process.join()
    assert process.exitcode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--versions", type=int, default=20_000_000)
    parser.add_argument("--folder", type=Path, help="a folder to keep what is drawn, or that holds it")
    asked = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary) / "data"
        if not database.archive_path(folder).exists():
            apart(draw, folder, asked.versions)
        print(f"{asked.versions:,} versions in {database.archive_path(folder).stat().st_size / 1e9:.1f} GB")
        for step in (load_more, publish, look_up, report):
            apart(measured, step, folder)
