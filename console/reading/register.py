"""The register of accounts as IT reads it: narrowed, and with how each is being seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from records.model import Account
from registry import RegisteredAccount
from registry.ownership import WARN
from reports.coverage import gap_hours
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
class Filters:
    """What the register is narrowed by; empty lets everything through."""

    q: str = ""
    platform: str = ""
    school: str = ""
    state: str = ""


def standing(each: RegisteredAccount, now: datetime) -> Standing:
    """Whether the account may be collected, and for how much longer."""
    account = each.account
    if each.state != "active":
        return Standing("deactivated", "plain")
    if account.consent_verified_at is None:
        return Standing("ownership not proven", "wait")
    if not account.consent_in_force(now):
        return Standing("proof has ended", "alert")
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


def narrowed(rows: Iterable[RegisteredAccount], by: Filters, now: datetime) -> list[RegisteredAccount]:
    """The accounts that all of the filters let through."""
    wanted = by.q.lower().removeprefix("@").split()

    def fits(each: RegisteredAccount) -> bool:
        account = each.account
        text = f"{account.handle} {account.platform_id} {each.owner_name} {each.school_title} {account.purpose}".lower()
        return (
            all(word in text for word in wanted)
            and by.platform in ("", account.platform)
            and by.school in ("", account.school)
            and by.state in ("", standing(each, now).words)
        )

    return [each for each in rows if fits(each)]


def seen(cursor: duckdb.DuckDBPyConnection, accounts: Sequence[Account], now: datetime) -> dict[str, Seen]:
    """How each account is being seen, by its id: from the posts checks in the archive."""
    statement = """
        SELECT account_id,
            max(finished_at) FILTER (outcome = 'ok') AS last,
            arg_max(outcome, finished_at), arg_max(coalesce(error, ''), finished_at),
            arg_max(coalesce(todo, ''), finished_at),
            min(finished_at) FILTER (outcome <> 'ok' AND finished_at > coalesce(
                (SELECT max(finished_at) FROM coverage AS well
                 WHERE well.account_id = coverage.account_id AND well."check" = 'posts' AND well.outcome = 'ok'),
                '-infinity'::TIMESTAMPTZ))
        FROM coverage WHERE "check" = 'posts' AND finished_at <= $now GROUP BY account_id
    """
    found = {row[0]: row[1:] for row in cursor.execute(statement, {"now": now}).fetchall()}
    window = (now - WEEK, now)
    stretches = seen_stretches(Published(cursor), window)
    return {
        each.account_id: _seen(found.get(each.account_id), gap_hours(each, stretches, window, now)) for each in accounts
    }


def _seen(row: tuple[datetime | None, str, str, str, datetime | None] | None, gap: float) -> Seen:
    last, outcome, error, todo, failing = row or (None, "", "", "", None)
    return Seen(last, failing if outcome != "ok" else None, error, todo, gap)


def without_accounts(schools: Mapping[str, str], rows: Iterable[RegisteredAccount]) -> list[str]:
    """The titles of the schools for which no active account is registered."""
    covered = {each.account.school for each in rows if each.state == "active"}
    return sorted(title for sourced_id, title in schools.items() if sourced_id not in covered)
