"""Days on which the district's offices are closed: holidays, vacations, snow days. Weekends need not be named."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from records.errors import BadInput
from registry.csvfile import Row
from registry.csvimport import import_rows
from registry.database import Database
from registry.models import NAME_LENGTH, Closure
from registry.outbox import Decided, note
from registry.values import ImportReport

COLUMNS = ("date", "title")
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """One day and why the district is closed on it."""

    day: date
    title: str


class Closures:
    """The district's closed days."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[ClosedDay]:
        """Every closed day that is noted, in order."""
        with self._database.read() as session:
            return [ClosedDay(row.day, row.title) for row in session.scalars(select(Closure).order_by(Closure.day))]

    def days(self) -> frozenset[date]:
        """The closed days alone."""
        return frozenset(closed.day for closed in self.all())

    def import_csv(self, path: Path, by: str, at: datetime, dry_run: bool = False) -> ImportReport:
        """Note the days of a CSV file with the columns date and title: all of them, or none if a row is wrong.

        A day that is noted already gets the file's title.
        """
        decided = Decided(by, at, f"imported from {path.name}")
        with self._database.write() as session:

            def noted(row: Row) -> bool:
                day, title = _day(row.cells["date"]), _title(row.cells["title"])
                known = session.get(Closure, day)
                if known is not None and known.title == title:
                    return False
                session.merge(Closure(day=day, title=title, noted_by=decided.by, noted_at=decided.at))
                note(session, decided, "closure.noted", day.isoformat(), title=title)
                return True

            report = import_rows(path, COLUMNS, noted, dry_run)
            if dry_run or report.errors:
                session.rollback()
            return report

    def remove(self, day: str, by: str, at: datetime, why: str = "") -> ClosedDay:
        """The district is open on ``day`` (ISO 8601) after all.

        Raises
        ------
        BadInput : it is no date, or is not noted as closed.
        """
        with self._database.write() as session:
            row = session.get(Closure, _day(day))
            if row is None:
                raise BadInput(f"{day} is not noted as a closed day", "See `hallpass closure list`")
            session.delete(row)
            note(session, Decided(by, at, why), "closure.removed", row.day.isoformat(), title=row.title)
            return ClosedDay(row.day, row.title)


def first_open_day(day: date, closed: Container[date]) -> date:
    """``day``, or the first one after it that is neither in ``closed`` nor on a weekend."""
    while day.weekday() >= SATURDAY or day in closed:
        day += timedelta(days=1)
    return day


def business_day_after(day: date, number: int, closed: Container[date]) -> date:
    """The open day that is ``number`` open days after ``day``, which counts from the first open day on."""
    day = first_open_day(day, closed)
    for _ in range(number):
        day = first_open_day(day + timedelta(days=1), closed)
    return day


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput(f"'{text}' is not a date", "Write it as 2026-11-26") from error


def _title(text: str) -> str:
    if not 0 < len(text) <= NAME_LENGTH:
        raise BadInput("The closed day has no title", "Say why the district is closed, for example Thanksgiving")
    return text
