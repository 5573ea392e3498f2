"""Permissions as the superintendent looks at them: what is in force, what ends soon, who may use what on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from console.reading.desk import Seen
from registry.requests import Request
from registry.values import Grant

SOON = timedelta(days=30)
"""How long before its end a permission is shown as ending."""

SHOWN = 6
"""Earlier uses that stand beside a request."""

_NEVER = datetime.max.replace(tzinfo=UTC)
IN_FORCE, COMING, ENDED, REVOKED = "in force", "not yet", "ended", "revoked"


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission and where it stands at a moment; ``renewed`` where another one carries it on."""

    grant: Grant
    state: str
    renewed: bool

    def ends_soon(self, now: datetime) -> bool:
        """Whether it is in force, ends within 30 days, and nothing carries it on."""
        ends = self.grant.ends
        return self.state == IN_FORCE and ends is not None and ends <= now + SOON and not self.renewed


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with what the same account posted with that asset before, the latest first; ``more`` are not shown."""

    request: Request
    uses: Sequence[Seen]
    more: int


def permissions(grants: Iterable[Grant], now: datetime) -> list[Permission]:
    """Each permission with its state at ``now``, those in force first, then by their end."""
    every = list(grants)
    renewed = {grant.renews for grant in every}
    found = [Permission(grant, _state(grant, now), grant.grant_id in renewed) for grant in every]
    order = (IN_FORCE, COMING, ENDED, REVOKED)
    return sorted(found, key=lambda each: (order.index(each.state), _end(each.grant) or _NEVER, each.grant.starts))


def on_day(grants: Iterable[Grant], day: date, zone: tzinfo) -> list[Grant]:
    """What was, is or will be in force at any moment of ``day`` by the calendar of ``zone``; by asset."""
    begins = datetime(day.year, day.month, day.day, tzinfo=zone)
    ends = begins + timedelta(days=1)
    found = [g for g in grants if g.starts < ends and ((end := _end(g)) is None or begins < end > g.starts)]
    return sorted(found, key=lambda grant: (grant.asset, grant.account_id is not None, grant.account_id or ""))


def asked(request: Request, seen: Iterable[Seen]) -> Asked:
    """``request`` with the earlier uses of its asset by its account (by any, where it is for all)."""
    mine = [s for s in seen if s.subject == request.asset and request.account_id in (None, s.account_id)]
    mine.sort(key=lambda each: each.posted_at or each.observed_at, reverse=True)
    return Asked(request, mine[:SHOWN], max(0, len(mine) - SHOWN))


def _state(grant: Grant, now: datetime) -> str:
    if grant.revoked_at is not None and grant.revoked_at <= now:
        return REVOKED
    if now < grant.starts:
        return COMING
    return ENDED if grant.ends is not None and grant.ends <= now else IN_FORCE


def _end(grant: Grant) -> datetime | None:
    return min((end for end in (grant.ends, grant.revoked_at) if end is not None), default=None)
