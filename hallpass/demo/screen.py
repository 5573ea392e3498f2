"""What somebody sees while the demo works: one line a step, with a bar where there is something to count."""

from __future__ import annotations

import time
from datetime import datetime
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from hallpass.progress import Event

STEPS = {
    "roster_sync": "Airflow: roster_sync, who belongs to the educational community",
    "collect": "Airflow: collect, asking X and Facebook about the registered accounts",
    "detect": "Airflow: detect, looking at new pictures and relationships",
    "weekly_report": "Airflow: weekly_report, writing HTML and PDF",
}


class Screen:
    """Progress on a terminal; without one (in CI, say) the steps are plain lines."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.started = time.monotonic()
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._current: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        if kind is None:
            self._finish()
        self._progress.stop()

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self.started

    def begin(self, weeks: int, now: datetime) -> None:
        """Say what this run is."""
        week = "the first six weeks of a school year" if weeks == 0 else "one more week"
        self.console.print(f"[bold]hallpass demo[/]: a made-up district, {week}, seen on {now:%A %d %B %Y}")

    def step(self, name: str) -> None:
        """A new step begins, so the one before is done."""
        self._finish()
        text = STEPS.get(name, name)
        if not self.console.is_terminal:
            self.console.print(f"{self.seconds:6.1f} s  {text}")
        self._current = self._progress.add_task(text, total=None, count="")

    def show(self, event: Event) -> None:
        """Move the current step's bar."""
        if self._current is None:
            return
        if event.what == "run":
            self._progress.update(self._current, total=event.total, completed=event.done)
        elif event.what == "step":
            self._progress.advance(self._current, event.done)
            task = self._progress.tasks[self._current]
            self._progress.update(self._current, count=f"{task.completed:.0f} of {task.total or 0:.0f}")

    def _finish(self) -> None:
        if self._current is not None:
            task = self._progress.tasks[self._current]
            self._progress.update(self._current, total=task.total or 1, completed=task.total or 1)
        self._current = None
