"""The district's week: names, clock changes, and which report a finding is news of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.errors import BadInput
from reports.week import Week, last_week

ZONE = ZoneInfo("America/New_York")


def test_a_week_begins_on_monday_by_the_districts_clocks() -> None:
    week = Week.parse("2026-W42", ZONE)
    assert (week.start, week.end) == (
        datetime(2026, 10, 12, 4, tzinfo=UTC),
        datetime(2026, 10, 19, 4, tzinfo=UTC),
    )


@pytest.mark.parametrize(("name", "hours"), [("2026-W42", 168), ("2026-W10", 167), ("2026-W44", 169)])
def test_a_week_with_a_clock_change_has_an_hour_more_or_less(name: str, hours: int) -> None:
    week = Week.parse(name, ZONE)
    assert (week.end.astimezone(UTC) - week.start.astimezone(UTC)) == timedelta(hours=hours)


@pytest.mark.parametrize("name", ["2026-42", "2026-W54", "2026-W00", "W42", "", "2025-W53", "next"])
def test_what_is_no_week_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(BadInput, match=r"is not a week\. Write the year and the ISO week, for example 2026-W42"):
        Week.parse(name, ZONE)


def test_the_last_week_is_over_for_the_district_even_where_it_is_monday_in_utc_only() -> None:
    sunday_evening = datetime(2026, 10, 19, 2, tzinfo=UTC)
    assert last_week(sunday_evening, ZONE).name == "2026-W41"
    assert last_week(sunday_evening + timedelta(hours=3), ZONE).name == "2026-W42"


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(["America/New_York", "UTC", "Europe/Berlin"]))
def test_a_week_survives_its_own_name_and_what_one_reads_the_next_does_not(day: date, zone: str) -> None:
    week = Week.holding(datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)), ZoneInfo(zone))
    assert Week.parse(week.name, week.zone) == week
    assert week.back(-1).reads_from == week.reads_to
    assert week.monday <= day < week.back(-1).monday
