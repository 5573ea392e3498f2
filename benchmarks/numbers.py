"""What the benchmarks measure with: a line of the table, and clocks."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """One line of the table: what, the floor that is set for it, what was measured, and whether it holds."""

    what: str
    floor: str
    measured: str
    holds: bool | None


@dataclass(frozen=True)
class Took:
    """Seconds on the clock and of processors, other processes of ours included."""

    wall: float
    cpu: float

    def per_post(self, posts: int) -> str:
        """Microseconds a post: on the clock, and of processors."""
        return f"{self.wall / posts * 1e6:.0f} us a post, {self.cpu / posts * 1e6:.0f} of CPU"


def timed(act: Callable[[], object]) -> Took:
    """What ``act`` takes. On a machine that others use, compare the CPU."""
    wall, cpu = time.perf_counter(), sum(os.times()[:4])
    act()
    return Took(time.perf_counter() - wall, sum(os.times()[:4]) - cpu)


def seconds(act: Callable[[], object]) -> float:
    """How long ``act`` takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def middle(act: Callable[[], object], times: int = 15) -> float:
    """The median of several runs after one to warm up."""
    act()
    return statistics.median(seconds(act) for _ in range(times))


def settled(act: Callable[[], object], times: int = 15) -> Took:
    """What one of several runs takes, after one to warm up: the median on the clock, the mean of processors."""
    act()
    cpu = time.process_time()
    wall = statistics.median(seconds(act) for _ in range(times))
    return Took(wall, (time.process_time() - cpu) / times)


def ratio(what: str, floor: float, measured: float, detail: str) -> Number:
    """A line of the table whose floor is a ratio."""
    shown = f"{measured:.2f}x" + (f" ({detail})" if detail else "")
    return Number(what, f"{floor:.1f}x", shown, measured >= floor)
