"""Time that was seen and time that should have been: half-open stretches of it, and the hours in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

Stretch = tuple[datetime, datetime]


def length(stretch: Stretch) -> float:
    """Hours in one stretch."""
    return (stretch[1] - stretch[0]).total_seconds() / 3600


def hours_within(window: Stretch, stretches: Sequence[Stretch]) -> float:
    """Hours of ``window`` that ``stretches`` cover; they must not overlap each other."""
    opens, closes = window
    return sum(
        length((max(start, opens), min(end, closes))) for start, end in stretches if start < closes and end > opens
    )
