"""What takes longer than somebody waits for a page: done beside the pages, its state shown on them.

A job lives as long as the console does. What it has done stands in the registry; one that the console's end cuts
short has done nothing, and is begun again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from console.texts import N_, _
from records.errors import HallpassError, Refused

RUNNING, DONE, FAILED = "running", "done", "failed"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work; ``said`` is what came of it, or what went wrong with ``todo`` beside it."""

    by: str
    began_at: datetime
    state: str = RUNNING
    said: str = ""
    todo: str = ""


class Jobs:
    """The jobs of one console, the latest of each name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._threads: list[threading.Thread] = []

    def start(self, name: str, work: Callable[[], str], by: str, at: datetime) -> None:
        """Begin ``work``, which says what came of it; Refused while one of this name goes on."""
        with self._lock:
            known = self._jobs.get(name)
            if known is not None and known.state == RUNNING:
                raise Refused(_("That is under way already"), _("Wait for its end, then try again"))
            job = self._jobs[name] = Job(by, at)
            thread = threading.Thread(target=self._run, args=(name, job, work), daemon=True)
            self._threads = [*(each for each in self._threads if each.is_alive()), thread]
            thread.start()

    def of(self, name: str) -> Job | None:
        """The latest job of this name."""
        with self._lock:
            return self._jobs.get(name)

    def wait(self, seconds: float) -> None:
        """Wait for what is under way, so long for each at most."""
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(seconds)

    def _run(self, name: str, job: Job, work: Callable[[], str]) -> None:
        try:
            ended = replace(job, state=DONE, said=work())
        except HallpassError as error:
            ended = replace(job, state=FAILED, said=error.what, todo=error.todo)
        except Exception as error:  # a page must be able to say that it failed
            log.error("a job failed", name=name, kind=type(error).__name__)
            ended = replace(job, state=FAILED, said=N_("Something went wrong here"), todo=N_("Tell IT when it was"))
        with self._lock:
            self._jobs[name] = ended
