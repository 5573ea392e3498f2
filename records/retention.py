"""How long what must be kept, and what must not go: shared by those who decide it and those who carry it out."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Series(StrEnum):
    """What a retention period can be set for. Decisions, reports and disposals themselves are always kept."""

    POSTS = "posts"
    COMMENTS = "comments"
    PROFILES = "profiles"
    RELATIONSHIPS = "relationships"
    OBSERVATIONS = "observations"
    COVERAGE = "coverage"


class Trigger(StrEnum):
    """What a period is counted from: when a record was created by its author, or captured by the district."""

    CREATED = "created"
    CAPTURED = "captured"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How many ``months`` a series is kept from its trigger on, who says so (``citation``), and who approved it."""

    series: Series
    months: int
    trigger: Trigger
    citation: str
    approved_by: str

    def over(self, moment: datetime, now: datetime) -> bool:
        """Whether the period that began at ``moment`` has ended by ``now``."""
        return moment <= earlier(now, self.months)  # from now backwards: a hostile year 9999 is no matter


@dataclass(frozen=True, slots=True)
class LegalHold:
    """What nobody may dispose of while the hold stands: what fits all of the given account, record and dates.

    ``starts`` up to but not including ``ends`` are compared with when a record was created and captured.
    """

    hold_id: str
    account_id: str | None
    record_id: str | None
    starts: datetime | None
    ends: datetime | None
    reason: str

    def covers(self, account_ids: frozenset[str], record_ids: frozenset[str], moments: frozenset[datetime]) -> bool:
        """Whether a record with these accounts, ids and moments is held."""
        return (
            (self.account_id is None or self.account_id in account_ids)
            and (self.record_id is None or self.record_id in record_ids)
            and any(self._within(moment) for moment in moments)
        )

    def _within(self, moment: datetime) -> bool:
        return (self.starts is None or self.starts <= moment) and (self.ends is None or moment < self.ends)


def earlier(moment: datetime, months: int) -> datetime:
    """``moment`` so many calendar months earlier; the last day of a month that has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
