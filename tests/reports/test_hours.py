"""Hours of a window that were seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reports.hours import Stretch, hours_within

START = datetime(2026, 10, 12, tzinfo=UTC)


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def apart(bounds: set[int]) -> list[Stretch]:
    """Stretches between every other pair of bounds: none touches another."""
    marks = sorted(bounds)
    return [(at(a), at(b)) for a, b in zip(marks[::2], marks[1::2], strict=False)]


@given(st.sets(st.integers(0, 60), max_size=12).map(apart), st.integers(0, 60), st.integers(0, 60))
def test_the_hours_within_a_window_are_those_that_both_hold(seen: list[Stretch], first: int, last: int) -> None:
    window = (at(first), at(max(first, last)))
    both = [h for h in range(60) if window[0] <= at(h) < window[1] and any(a <= at(h) < b for a, b in seen)]
    assert hours_within(window, seen) == len(both)
