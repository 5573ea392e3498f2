"""How numbers, days and long texts are written."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import words
from reports.week import Week

ZONE = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("week", "days"),
    [
        ("2026-W42", "12–18 October 2026"),
        ("2026-W40", "28 September – 4 October 2026"),
        ("2026-W53", "28 December 2026 – 3 January 2027"),
    ],
)
def test_a_weeks_days_name_a_month_or_year_twice_only_where_it_changes(week: str, days: str) -> None:
    assert words.days_of(Week.parse(week, ZONE)) == days


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 hours"), (0.2, "under 1 hour"), (1, "1 hour"), (30.6, "31 hours"), (4800, "4,800 hours")],
)
def test_a_gap_is_never_written_as_none(number: float, text: str) -> None:
    assert words.hours_of(number) == text


def test_only_all_of_the_time_is_a_hundred_percent() -> None:
    assert [words.share(part) for part in (1.0, 0.9999, 0.0, None)] == ["100%", "99%", "0%", "none due"]


@given(st.text(max_size=900))
def test_an_excerpt_is_one_short_line_that_begins_as_the_text_does(text: str) -> None:
    line = " ".join(text.split())
    short = words.excerpt(text)
    assert "\n" not in short
    assert len(short) <= words.EXCERPT + len("… (900 characters in all)")
    assert short == line or line.startswith(short.split("… (")[0])
