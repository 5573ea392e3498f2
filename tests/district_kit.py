"""A data folder of the made-up district as a demo leaves it, made once by the pipeline's own functions."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

from hallpass.demo import clock
from hallpass.demo.platforms import credentials_at_hand, register, sandbox
from hallpass.demo.run import sandboxed, write_papers
from hallpass.pipeline import archive, collect, detect
from hallpass.settings import Settings
from registry import Registry


@dataclass(frozen=True)
class MadeUp:
    """The folder, and the sandbox that it was filled from, which goes on running."""

    settings: Settings
    sandbox: str

    def control(self, method: str, path: str, body: object = None) -> object:
        """Ask the sandbox's side door."""
        data = json.dumps(body).encode() if body is not None else None
        asked = Request(f"{self.sandbox}/control/{path}", data, {"Content-Type": "application/json"}, method=method)
        with urlopen(asked, timeout=30) as answer:
            return json.load(answer)


def fill(folder: Path, detected: bool = True) -> None:
    """Make a first demo's folder; ``detected`` False leaves collection and detection out."""
    with _opened(folder) as district:
        settings, now = district.settings, clock.moment(0)
        papers = write_papers(folder, now)
        with Registry.open(settings.registry_url) as registry:
            registry.import_roster(papers / "roster.zip", "demo", now)
            register(registry, papers, "demo", now, settings.timezone)
        if detected:
            _collect_and_detect(settings)
        clock.note_weeks(folder, 1)


@contextmanager
def made_up(filled: Path, folder: Path) -> Iterator[MadeUp]:
    """A copy in ``folder`` of what :func:`fill` made, its platforms beside it."""
    shutil.copytree(filled, folder)
    with _opened(folder) as district:
        yield district


@contextmanager
def _opened(folder: Path) -> Iterator[MadeUp]:
    now = clock.moment(0)
    with sandbox(now, folder / "logs" / "sandbox.log") as url, credentials_at_hand(url):
        yield MadeUp(sandboxed(Settings.load({"HALLPASS_FOLDER": str(folder)}), url, now), url)


def _collect_and_detect(settings: Settings) -> None:
    for batch in collect.plan(settings):
        collect.collect(settings, batch)
    archive.archive(settings)
    for images in detect.plan_images(settings):
        detect.look_at_images(settings, images)
    detect.look_at_relationships(settings)
    archive.archive(settings)
    detect.judge(settings)
    archive.archive(settings)


def made_once(shared: Path, detected: bool = True) -> Path:
    """The filled folder that all processes of one test run share: the first makes it, the others wait."""
    folder = shared / f"district-{'whole' if detected else 'registered'}"
    with (shared / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "demo.json").exists():
            fill(folder, detected)
    return folder


def shared_by_workers(base: Path) -> Path:
    """Where pytest-xdist's workers meet: each has a temporary folder of its own in one of the run's."""
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
