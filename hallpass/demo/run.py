"""The demo's order of events: sandbox, Airflow, the offices' papers, four DAGs, and a summary."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import IO

from hallpass.airflow_home import environment
from hallpass.demo import clock
from hallpass.demo.children import child
from hallpass.demo.platforms import ARCHIVE_SEARCHES_PER_SECOND, credentials, register, sandbox
from hallpass.demo.screen import Screen
from hallpass.pipeline.report import Written, model
from hallpass.progress import Event, read_event
from hallpass.settings import Settings
from records.errors import Interrupted, PipelineFailed
from registry import Registry
from sandbox.kit import write_kit
from sandbox.world import World
from warehouse.database import alone

DAGS = ("collect", "detect", "weekly_report")


def demo(base: Settings, screen: Screen) -> Written:
    """Run the made-up district through the next week of its life; its report.

    A run that was cut short is done again: nothing of it is lost, and nothing is written twice.

    Raises
    ------
    PipelineFailed : a task failed; the message names it and its cause.
    Busy : another demo runs in the same folder.
    """
    folder = base.folder
    with ended_in_order(), alone(folder / "demo.lock", f"running a demo in {folder}"):
        weeks = clock.weeks_completed(folder)
        clock.note_weeks(folder, weeks)
        now = clock.moment(weeks)
        log = folder / "logs" / "demo.log"
        screen.begin(weeks, now)
        with sandbox(now, log) as url:
            settings = sandboxed(base, url, now)
            with _airflow(settings, credentials(url), log, screen) as airflow:
                papers = write_papers(folder, now)
                airflow.await_event("prepare")
                airflow.run("roster_sync")
                screen.step("The offices register accounts, marks and permissions")
                with Registry.open(settings.registry_url) as registry:
                    register(registry, papers, "demo", now, settings.timezone)
                for dag in DAGS:
                    airflow.run(dag)
        clock.note_weeks(folder, weeks + 1)
        return Written.of(settings, model(settings))


def sandboxed(base: Settings, url: str, now: datetime) -> Settings:
    """Settings of a run against the sandbox at ``url``."""
    roster = papers_folder(base.folder) / "roster.zip"
    return replace(
        base,
        platform_url=url,
        clock=now,
        roster=roster,
        district=clock.DISTRICT,
        user="demo",
        x_archive_searches_per_second=ARCHIVE_SEARCHES_PER_SECOND,
    )


def papers_folder(folder: Path) -> Path:
    """Where the made-up offices keep their papers."""
    return folder / "sandbox"


def write_papers(folder: Path, now: datetime) -> Path:
    """The offices' papers as of ``now``: roster, accounts, organisations, grants, marks."""
    papers = papers_folder(folder)
    write_kit(papers, World.until(now), now)
    return papers


class Airflow:
    """The runner in its child process, seen from here: commands go in, events come out."""

    def __init__(self, process: subprocess.Popen[str], events: IO[str], screen: Screen, log: Path) -> None:
        self._process = process
        self._events = events
        self._screen = screen
        self._log = log

    def run(self, dag: str) -> None:
        """Run one DAG to its end."""
        assert self._process.stdin is not None
        self._screen.step(dag)
        self._process.stdin.write(dag + "\n")
        self._process.stdin.flush()
        self.await_event(dag)

    def await_event(self, name: str) -> None:
        """Show what happens until ``name`` is done.

        Raises
        ------
        PipelineFailed : a task failed, or the runner ended.
        """
        for line in self._events:
            event = read_event(line)
            if event.what == "failed":
                raise PipelineFailed(f"The task {event.name} failed: {event.text}", f"The whole log is {self._log}")
            self._screen.show(event)
            if event == Event("done", name, event.text):
                return
        raise PipelineFailed(f"Airflow ended while {name} was running", f"Its log is {self._log}")


@contextmanager
def _airflow(settings: Settings, secrets: dict[str, str], log: Path, screen: Screen) -> Iterator[Airflow]:
    reading, writing = os.pipe()
    variables = {**environment(settings), "HALLPASS_PROGRESS_FD": str(writing)}
    with (
        os.fdopen(reading) as events,
        child("hallpass.airflow_runner", log=log, variables=variables, keep_open=[writing]) as process,
    ):
        os.close(writing)
        assert process.stdin is not None
        process.stdin.write(json.dumps(secrets) + "\n")
        process.stdin.flush()
        screen.step("Preparing Airflow in a folder of its own")
        yield Airflow(process, events, screen, log)


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Make a polite kill (SIGTERM, a closed terminal) end the work as Ctrl-C does, so that its children stop.

    Raises
    ------
    Interrupted : in place of KeyboardInterrupt.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    former = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted("Interrupted; nothing is lost", "Run the same command again, it goes on from here") from None
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
