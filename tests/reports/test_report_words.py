"""How numbers, days and long texts are written."""

from __future__ import annotations

from datetime import UTC, datetime
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


def test_a_reason_that_is_cut_ends_at_a_word_with_its_brackets_closed() -> None:
    answer = "Facebook answered error 190 (Error validating access token [code 463]: Session has expired {at: dawn})"
    assert words.reason(answer, 66) == "Facebook answered error 190 (Error validating access token [code…])"
    assert words.reason(answer, 200) == answer


@given(st.text(max_size=900), st.integers(20, 200))
def test_a_reason_is_one_line_that_begins_as_the_text_does(text: str, length: int) -> None:
    line = " ".join(text.split())
    head = words.reason(text, length).rstrip(")]}").removesuffix("…")
    assert line.startswith(head)
    assert len(head) <= length


@pytest.mark.parametrize(
    ("end", "last"),
    [
        (datetime(2027, 1, 1, 5, tzinfo=UTC), "31 Dec 2026"),
        (datetime(2027, 1, 1, 5, 0, 1, tzinfo=UTC), "1 Jan 2027"),
        (datetime(2026, 7, 1, 4, tzinfo=UTC), "30 Jun 2026"),
    ],
)
def test_an_end_that_is_not_included_is_shown_as_the_last_day_by_the_districts_clocks(end: datetime, last: str) -> None:
    assert words.last_day(end, ZONE) == last


def test_an_edit_at_the_end_of_a_long_post_is_shown_where_the_texts_part() -> None:
    before = f"{'Bring boots. ' * 90}The bus leaves at 9:00."
    shown = words.difference(before, before.replace("9:00", "9:30") + " Sorry!")
    assert shown == (
        f"…{'Bring boots. ' * 6}The bus leaves at 9:00. (1,193 characters in all)",
        f"…{'Bring boots. ' * 6}The bus leaves at 9:30. Sorry! (1,200 characters in all)",
    )


@given(st.text(alphabet="字ab ", max_size=900), st.text(alphabet="字ab ", max_size=40), st.integers(0, 900))
def test_what_differs_in_an_edit_is_in_what_is_shown_of_it(before: str, put_in: str, at: int) -> None:
    after = f"{before[:at]}{put_in}!{before[at:]}"
    one, other = words.difference(before, after)
    assert "!" in other and "!" not in one
    assert max(len(one), len(other)) < 340


def test_an_edit_of_spaces_alone_says_so() -> None:
    assert words.difference("one\ntwo", "one two") == ("one two", "The same words, spaced differently")
