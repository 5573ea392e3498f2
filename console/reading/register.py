"""The register of accounts as IT reads it: narrowed, and with how each is being seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import duckdb

from records.model import Account
from registry import RegisteredAccount
from registry.ownership import WARN
from reports.coverage import gap_hours
from reports.hours import Stretch
from reports.queries import Published, seen_stretches

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Standing:
    """An account's state in a word, with the tone in which it is shown."""

    words: str
    tone: str


@dataclass(frozen=True, slots=True)
class Seen:
    """How an account was seen: the last posts check that went well, what failed since, and hours of gap in a week.

    The hours are the report's: those of the last seven days that no posts check vouches for.
    """

    last: datetime | None
    failing_since: datetime | None
    error: str
    todo: str
    gap_hours: float


@dataclass(frozen=True, slots=True)
class Checks:
    """The posts checks of one account, as one copy of the archive has them."""

    last: datetime | None = None
    failing_since: datetime | None = None
    error: str = ""
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """How accounts are being seen, as one copy of the archive says: the same until the next copy."""

    checks: Mapping[str, Checks] = field(default_factory=dict)
    stretches: Mapping[str, Sequence[Stretch]] = field(default_factory=dict)

    def of(self, account: Account, now: datetime) -> Seen:
        """How one account is being seen at ``now``."""
        gap = gap_hours(account, self.stretches, (now - WEEK, now), now)
        found = self.checks.get(account.account_id, Checks())
        return Seen(found.last, found.failing_since, found.error, found.todo, gap)


NOTHING_SEEN = Sight()
"""How accounts are seen before anything was loaded."""


@dataclass(frozen=True, slots=True)
class Row:
    """One account with where it stands; ``seen`` is None before anything was collected."""

    each: RegisteredAccount
    standing: Standing
    seen: Seen | None


@dataclass(frozen=True, slots=True)
class Board:
    """Every account as it stood in one minute, and what that was made from."""

    accounts: Sequence[RegisteredAccount]
    sight: Sight
    minute: datetime
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the register is narrowed by; empty lets everything through."""

    q: str = ""
    platform: str = ""
    school: str = ""
    state: str = ""


def standing(each: RegisteredAccount, now: datetime, checks: Checks | None = None) -> Standing:
    """Whether the account may be collected, for how much longer, and whether that goes well (by its ``checks``)."""
    account = each.account
    if each.state != "active":
        return Standing("deactivated", "plain")
    if account.consent_verified_at is None:
        return Standing("ownership not proven", "wait")
    if not account.consent_in_force(now):
        return Standing("proof has ended", "alert")
    if checks is not None and checks.failing_since is not None:
        return Standing("disconnected", "alert")
    if due([each], now):
        return Standing("proof ends soon", "wait")
    return Standing("collected", "good")


def due(rows: Sequence[RegisteredAccount], now: datetime) -> list[RegisteredAccount]:
    """The active accounts whose proof was given and ends within 30 days, or has ended; the first to end first."""
    ends = {each.account.account_id: each.account.consent_expires_at for each in rows if each.state == "active"}
    soon = {key: end for key, end in ends.items() if end is not None and end <= now + WARN}
    return sorted(
        (each for each in rows if each.account.account_id in soon), key=lambda each: soon[each.account.account_id]
    )


def board(accounts: Sequence[RegisteredAccount], sight: Sight, now: datetime) -> Board:
    """Each account with where it stands."""
    collected = bool(sight.checks)

    def row(each: RegisteredAccount) -> Row:
        where = standing(each, now, sight.checks.get(each.account.account_id))
        return Row(each, where, sight.of(each.account, now) if collected else None)

    return Board(accounts, sight, minute_of(now), tuple(map(row, accounts)))


def minute_of(now: datetime) -> datetime:
    """The minute that ``now`` lies in."""
    return now.replace(second=0, microsecond=0)


def narrowed(rows: Iterable[Row], by: Filters) -> list[Row]:
    """The accounts that all of the filters let through."""
    wanted = by.q.lower().removeprefix("@").split()

    def fits(row: Row) -> bool:
        each, account = row.each, row.each.account
        text = f"{account.handle} {account.platform_id} {each.owner_name} {each.school_title} {account.purpose}".lower()
        return (
            all(word in text for word in wanted)
            and by.platform in ("", account.platform)
            and by.school in ("", account.school)
            and by.state in ("", row.standing.words)
        )

    return [row for row in rows if fits(row)]


def worst_first(rows: Iterable[Row]) -> list[Row]:
    """Those that cannot be seen, then the longest gaps, then as they were."""
    return sorted(rows, key=lambda row: (row.standing.tone != "alert", -(row.seen.gap_hours if row.seen else 0)))


def sight(cursor: duckdb.DuckDBPyConnection, account_id: str | None = None) -> Sight:
    """How all accounts, or the one that is given, are being seen: from the posts checks in the archive."""
    statement = """
        WITH checked AS (
            SELECT * FROM coverage WHERE "check" = 'posts' AND account_id = coalesce($account_id, account_id)
        ), well AS (
            SELECT account_id, max(finished_at) AS last FROM checked WHERE outcome = 'ok' GROUP BY account_id
        )
        SELECT account_id, any_value(last),
            min(finished_at) FILTER (outcome <> 'ok' AND finished_at > coalesce(last, '-infinity'::TIMESTAMPTZ)),
            arg_max(coalesce(error, ''), finished_at), arg_max(coalesce(todo, ''), finished_at), max(finished_at)
        FROM checked LEFT JOIN well USING (account_id) GROUP BY account_id
    """
    rows = cursor.execute(statement, {"account_id": account_id}).fetchall()
    newest = max((row[5] for row in rows), default=None)
    if newest is None:
        return Sight()
    checks = {id_: Checks(last, failing, error, todo) for id_, last, failing, error, todo, _ in rows}
    return Sight(checks, seen_stretches(Published(cursor), (newest - WEEK, newest), account_id))


def without_accounts(schools: Mapping[str, str], rows: Iterable[RegisteredAccount]) -> list[str]:
    """The titles of the schools for which no active account is registered."""
    covered = {each.account.school for each in rows if each.state == "active"}
    return sorted(title for sourced_id, title in schools.items() if sourced_id not in covered)
