"""Days on which the district is closed, and the first one on which it is not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from roster_kit import AT

from records.errors import BadInput
from registry import Registry
from registry.closures import ClosedDay, first_open_day

THANKSGIVING = [ClosedDay(date(2026, 11, 26), "Thanksgiving"), ClosedDay(date(2026, 11, 27), "Day after it")]


def calendar(folder: Path, *lines: str) -> Path:
    path = folder / "closed.csv"
    path.write_text("\n".join(("date,title", *lines)))
    return path


def test_a_calendar_is_imported_once_and_each_day_is_a_decision(empty: Registry, tmp_path: Path) -> None:
    file = calendar(tmp_path, "2026-11-27,Day after it", "2026-11-26,Thanksgiving")
    first, again = (empty.closures.import_csv(file, "office", AT) for _ in range(2))
    assert (first.added, first.unchanged, again.added, again.unchanged) == (2, 0, 0, 2)
    assert empty.closures.all() == THANKSGIVING
    assert [(event.action, event.subject, event.data) for event in empty.outbox()] == [
        ("closure.noted", "2026-11-27", {"title": "Day after it"}),
        ("closure.noted", "2026-11-26", {"title": "Thanksgiving"}),
    ]


def test_one_wrong_row_keeps_the_whole_calendar_out_and_is_named(empty: Registry, tmp_path: Path) -> None:
    file = calendar(tmp_path, "2026-11-26,Thanksgiving", "26.11.2026,Thanksgiving", "2026-12-25,")
    report = empty.closures.import_csv(file, "office", AT)
    assert [(error.line, error.message) for error in report.errors] == [
        (3, "'26.11.2026' is not a date. Write it as 2026-11-26"),
        (4, "The closed day has no title. Say why the district is closed, for example Thanksgiving"),
    ]
    assert (empty.closures.all(), empty.outbox()) == ([], [])


def test_a_day_that_turns_out_open_is_taken_back_by_name(empty: Registry, tmp_path: Path) -> None:
    empty.closures.import_csv(calendar(tmp_path, "2026-11-26,Thanksgiving"), "office", AT)
    assert empty.closures.remove("2026-11-26", "office", AT) == THANKSGIVING[0]
    with pytest.raises(BadInput, match="2026-11-26 is not noted as a closed day"):
        empty.closures.remove("2026-11-26", "office", AT)


@pytest.mark.parametrize(
    ("day", "closed", "opens"),
    [
        (date(2026, 10, 19), set(), date(2026, 10, 19)),
        (date(2026, 10, 12), {date(2026, 10, 12)}, date(2026, 10, 13)),
        (date(2026, 11, 26), {date(2026, 11, 26), date(2026, 11, 27)}, date(2026, 11, 30)),
        (date(2026, 12, 28), {date(2026, 12, day) for day in range(28, 32)} | {date(2027, 1, 1)}, date(2027, 1, 4)),
    ],
)
def test_the_first_open_day_is_no_closed_day_and_no_weekend(day: date, closed: set[date], opens: date) -> None:
    assert first_open_day(day, closed) == opens
