"""An ISO week in the district's own time zone, and the hours that belong to its report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from records.errors import BadInput

_NAME = re.compile(r"(\d{4})-W(\d{2})")
_NOON = time(12)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """Monday to Sunday by the district's clocks; one with a clock change has 167 or 169 hours.

    ``start`` is included, ``end`` is not. What the Monday morning run after a week finds is news of
    that week: its report therefore reads from noon on its own Monday (``reads_from``) to noon on the
    next (``reads_to``), so that each record is news in exactly one report, whenever that is made.
    """

    monday: date
    zone: tzinfo

    @classmethod
    def parse(cls, name: str, zone: tzinfo) -> Week:
        """The week that ISO 8601 calls ``name``, for example ``2026-W42``.

        Raises
        ------
        BadInput : for another form, or a week that its year does not have.
        """
        match = _NAME.fullmatch(name.strip())
        try:
            if match is None:
                raise ValueError(name)
            return cls(date.fromisocalendar(int(match[1]), int(match[2]), 1), zone)
        except ValueError:
            raise BadInput(f"{name!r} is not a week", "Write the year and the ISO week, for example 2026-W42") from None

    @classmethod
    def holding(cls, at: datetime, zone: tzinfo) -> Week:
        """The week in which the moment ``at`` lies for the district."""
        day = at.astimezone(zone).date()
        return cls(day - timedelta(days=day.weekday()), zone)

    @property
    def name(self) -> str:
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week

    @property
    def start(self) -> datetime:
        """Midnight before its Monday, in UTC."""
        return self._at(0, time())

    @property
    def end(self) -> datetime:
        """Midnight after its Sunday, in UTC."""
        return self._at(7, time())

    @property
    def reads_from(self) -> datetime:
        """Noon of its own Monday, in UTC."""
        return self._at(0, _NOON)

    @property
    def reads_to(self) -> datetime:
        """Noon of the Monday after it, in UTC."""
        return self._at(7, _NOON)

    def _at(self, days: int, clock: time) -> datetime:
        return datetime.combine(self.monday + timedelta(days=days), clock, self.zone).astimezone(UTC)

    def back(self, weeks: int) -> Week:
        """The week that lies ``weeks`` earlier."""
        return Week(self.monday - timedelta(weeks=weeks), self.zone)


def last_week(now: datetime, zone: tzinfo) -> Week:
    """The newest week that is over at ``now``: what a report is about unless somebody asks for another."""
    return Week.holding(now, zone).back(1)
