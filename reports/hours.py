"""Time that was seen and time that should have been: half-open stretches of it, and the hours in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

Stretch = tuple[datetime, datetime]


def united(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time as stretches that neither touch nor overlap, in their order."""
    union: list[Stretch] = []
    for start, end in sorted(s for s in stretches if s[0] < s[1]):
        if union and start <= union[-1][1]:
            union[-1] = (union[-1][0], max(end, union[-1][1]))
        else:
            union.append((start, end))
    return union


def hours(stretches: Iterable[Stretch]) -> float:
    """Hours in the union of ``stretches``."""
    return sum((end - start).total_seconds() for start, end in united(stretches)) / 3600


def within(stretches: Iterable[Stretch], window: Stretch) -> list[Stretch]:
    """What of ``stretches`` lies in ``window``."""
    opens, closes = window
    return [(max(start, opens), min(end, closes)) for start, end in stretches if start < closes and end > opens]
