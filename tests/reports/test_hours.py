"""Hours that were seen: unions never count time twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reports.hours import Stretch, hours, united, within

START = datetime(2026, 10, 12, tzinfo=UTC)


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


stretches = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda p: (at(p[0]), at(p[1]))), max_size=12)


def covered(of: list[Stretch]) -> set[int]:
    return {hour for hour in range(60) if any(a <= at(hour) < b for a, b in of)}


@given(stretches)
def test_a_union_covers_the_same_hours_once_and_in_order(of: list[Stretch]) -> None:
    union = united(of)
    assert covered(union) == covered(of)
    assert hours(of) == len(covered(of))
    assert all(earlier[1] < later[0] for earlier, later in pairwise(union))


@given(stretches, st.integers(0, 60), st.integers(0, 60))
def test_what_lies_within_a_window_is_what_both_cover(of: list[Stretch], first: int, last: int) -> None:
    window = (at(first), at(max(first, last)))
    assert covered(within(united(of), window)) == covered(of) & covered([window])
