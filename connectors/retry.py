"""Bounded tries for passing faults. A limit is not waited for here: the schedule comes back when it has ended."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from records.errors import Transient

T = TypeVar("T")

TRIES = 3
Sleep = Callable[[float], None]


def retrying(call: Callable[[], T], sleep: Sleep = time.sleep, first_pause: float = 0.5) -> T:
    """``call()``, up to three times while it raises Transient, with a doubling, jittered pause (seconds) between.

    Raises
    ------
    Transient : the last one; any other error at once.
    """
    for attempt in range(TRIES - 1):
        try:
            return call()
        except Transient:
            sleep(first_pause * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311  jitter is no secret
    return call()
