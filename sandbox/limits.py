"""Fixed rate windows, kept on the real clock because clients wait in real time.

Sources: https://docs.x.com/x-api/fundamentals/rate-limits (15 minutes for each app and endpoint; full-archive search
also one request a second).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

WINDOW_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``limit`` requests in ``seconds``."""

    limit: int
    seconds: float = WINDOW_SECONDS


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands after a request; ``reset`` is in epoch seconds, rounded up."""

    limit: int
    remaining: int
    reset: int
    allowed: bool


@dataclass(slots=True)
class _Window:
    ends: float
    used: int = 0


@dataclass(slots=True)
class Limits:
    """The windows that are open, one for each (caller, endpoint, rate)."""

    now: Callable[[], float] = time.time
    _windows: dict[tuple[str, str, Rate], _Window] = field(default_factory=dict)

    def take(self, caller: str, endpoint: str, *rates: Rate) -> Standing:
        """Count one request against each of ``rates``.

        Gives the standing in the first rate that refuses, else in the first rate. A refused request counts nowhere.
        """
        windows = [self._open(caller, endpoint, rate) for rate in rates]
        for rate, window in zip(rates, windows, strict=True):
            if window.used >= rate.limit:
                return Standing(rate.limit, 0, math.ceil(window.ends), allowed=False)
        for window in windows:
            window.used += 1
        return Standing(rates[0].limit, rates[0].limit - windows[0].used, math.ceil(windows[0].ends), allowed=True)

    def clear(self) -> None:
        """Forget all windows, as if nobody had called yet."""
        self._windows.clear()

    def _open(self, caller: str, endpoint: str, rate: Rate) -> _Window:
        key = (caller, endpoint, rate)
        now = self.now()
        window = self._windows.get(key)
        if window is None or now >= window.ends:
            window = self._windows[key] = _Window(now + rate.seconds)
        return window
