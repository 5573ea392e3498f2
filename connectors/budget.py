"""Rate and money, reserved before a call, so that the district's cap holds whatever many workers do at once.

One small SQLite file is shared by all processes of a district. A reservation is written before the call and
corrected after it; a process that dies in between leaves its reservation spent: the cap may be reached early,
never passed. Days are not de-duplicated, though X bills a resource once per UTC day: the real bill may be lower.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from records.errors import Busy, Refused, Throttled

MICRO = 1_000_000

PRICES: Mapping[str, int] = MappingProxyType(
    {
        "x.users": 10_000,
        "x.users_tweets": 5_000,
        "x.mentions": 5_000,
        "x.search_recent": 5_000,
        "x.search_all": 5_000,
        "x.tweets": 5_000,
        "x.followers": 10_000,
        "x.following": 10_000,
    }
)
"""Millionths of a US dollar for each main item of an answer (https://docs.x.com/x-api/getting-started/pricing,
November 2026). Endpoints that are absent cost nothing."""

SPACING: Mapping[str, float] = MappingProxyType({"x.search_all": 1.0})
"""Seconds between two calls: full-archive search allows one a second."""

_TABLES = """
CREATE TABLE IF NOT EXISTS spent (month TEXT PRIMARY KEY, micros INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS rate (
    credential TEXT, endpoint TEXT, remaining INTEGER NOT NULL, resets_at REAL NOT NULL,
    PRIMARY KEY (credential, endpoint)
);
CREATE TABLE IF NOT EXISTS pace (
    credential TEXT, endpoint TEXT, free_at REAL NOT NULL, PRIMARY KEY (credential, endpoint)
);
"""


@dataclass(frozen=True, slots=True)
class Reservation:
    """Leave to make one call for at most ``units`` main items."""

    units: int
    credential: str
    endpoint: str
    month: str
    budget: Budget

    def settle(self, used: int, window: tuple[int, datetime] | None = None) -> None:
        """Say how many items the answer held: what was reserved beyond that is free again.

        ``window`` is what the answer said of the rate limit: how many calls remain until when.
        """
        self.budget._settle(self, used, window)


class Budget:
    """A district's hard limit.

    Parameters
    ----------
    path : the shared file; made where it is missing.
    cap_usd : the most that a calendar month (UTC) may cost, in US dollars.
    clock : the district's clock.
    spacing : seconds between two calls of an endpoint.
    monotonic, sleep : what the spacing is measured and waited with. ``CLOCK_MONOTONIC`` is one clock for all
        processes of a machine, and waiting a second here is cheaper than deferring a task.
    """

    def __init__(
        self,
        path: Path,
        cap_usd: float,
        clock: Callable[[], datetime],
        spacing: Mapping[str, float] = SPACING,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path = path
        self._cap = round(cap_usd * MICRO)
        self._clock = clock
        self._spacing = spacing
        self._monotonic = monotonic
        self._sleep = sleep
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._transaction() as connection:
            for statement in _TABLES.split(";"):
                connection.execute(statement)

    def reserve(self, credential: str, endpoint: str, want: int = 1, least: int = 1) -> Reservation:
        """Leave for one call of ``endpoint`` that may bring ``want`` items, or fewer where money is short.

        Raises
        ------
        Throttled : the rate window is used up, or not even ``least`` items can be paid this month.
        """
        now = self._clock().astimezone(UTC)
        month = f"{now:%Y-%m}"
        with self._transaction() as connection:
            self._take_turn(connection, credential, endpoint, now)
            units = self._affordable(connection, endpoint, month, want, least, now)
            _charge(connection, month, units * PRICES.get(endpoint, 0))
            wait = self._slot(connection, credential, endpoint)
        if wait > 0:
            self._sleep(wait)
        return Reservation(units, credential, endpoint, month, self)

    def spent_usd(self) -> float:
        """What this month has cost so far, open reservations included, in US dollars."""
        with self._transaction() as connection:
            return _spent(connection, f"{self._clock().astimezone(UTC):%Y-%m}") / MICRO

    def _take_turn(self, connection: sqlite3.Connection, credential: str, endpoint: str, now: datetime) -> None:
        key = (credential, endpoint)
        row = connection.execute("SELECT remaining, resets_at FROM rate WHERE (credential, endpoint) = (?, ?)", key)
        remaining, resets_at = row.fetchone() or (1, 0.0)
        if resets_at <= now.timestamp():
            connection.execute("DELETE FROM rate WHERE (credential, endpoint) = (?, ?)", key)
        elif remaining <= 0:
            raise Throttled(f"The rate limit of {endpoint} is used up", datetime.fromtimestamp(resets_at, UTC))
        else:
            connection.execute("UPDATE rate SET remaining = remaining - 1 WHERE (credential, endpoint) = (?, ?)", key)

    def _affordable(
        self, connection: sqlite3.Connection, endpoint: str, month: str, want: int, least: int, now: datetime
    ) -> int:
        price = PRICES.get(endpoint, 0)
        units = min(want, (self._cap - _spent(connection, month)) // price) if price else want
        if units >= least:
            return units
        raise Throttled(
            f"This month's budget of ${self._cap / MICRO:.2f} for X is spent",
            next_month(now),
            "Collection goes on next month; IT can raise the limit, on its page Budget or with `hallpass budget set`",
        )

    def _slot(self, connection: sqlite3.Connection, credential: str, endpoint: str) -> float:
        """Seconds until this call's turn. A turn further off than the calls in flight could make it is from before a
        restart of the machine, when the clock began anew."""
        spacing = self._spacing.get(endpoint, 0.0)
        if not spacing:
            return 0.0
        key = (credential, endpoint)
        row = connection.execute("SELECT free_at FROM pace WHERE (credential, endpoint) = (?, ?)", key).fetchone()
        now = self._monotonic()
        at = max(now, row[0]) if row and row[0] < now + 60 * spacing else now
        connection.execute("REPLACE INTO pace VALUES (?, ?, ?)", (*key, at + spacing))
        return at - now

    def _settle(self, reservation: Reservation, used: int, window: tuple[int, datetime] | None) -> None:
        micros = (used - reservation.units) * PRICES.get(reservation.endpoint, 0)
        if not micros and not window:
            return
        with self._transaction() as connection:
            _charge(connection, reservation.month, micros)
            if window:
                _learn(connection, reservation, *window)

    @property
    def cap_usd(self) -> float:
        """The most that a month may cost, in US dollars."""
        return self._cap / MICRO

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = None
        try:
            connection = sqlite3.connect(self._path, timeout=30, isolation_level=None)
            connection.execute("PRAGMA journal_mode=PERSIST")  # two of these to each call: they must be quick
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise Busy(f"The budget file {self._path} cannot be used ({error})", "Try again") from error
        except sqlite3.DatabaseError as error:
            raise Refused(
                f"The budget file {self._path} is damaged ({error})",
                "Restore it from a backup; deleting it makes hallpass forget what this month has cost",
            ) from error
        finally:
            if connection:
                connection.close()


def next_month(now: datetime) -> datetime:
    """The first moment (UTC) of the month after ``now``."""
    now = now.astimezone(UTC)
    years, month = divmod(now.month, 12)
    return datetime(now.year + years, month + 1, 1, tzinfo=UTC)


def _spent(connection: sqlite3.Connection, month: str) -> int:
    row = connection.execute("SELECT micros FROM spent WHERE month = ?", (month,)).fetchone()
    return int(row[0]) if row else 0


def _charge(connection: sqlite3.Connection, month: str, micros: int) -> None:
    if micros:
        connection.execute(
            "INSERT INTO spent VALUES (?, ?) ON CONFLICT DO UPDATE SET micros = micros + excluded.micros",
            (month, micros),
        )


def _learn(connection: sqlite3.Connection, of: Reservation, remaining: int, resets_at: datetime) -> None:
    """Note a window. Workers' answers may cross, so within one window the lowest number is the true one."""
    connection.execute(
        "INSERT INTO rate VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " remaining = iif(excluded.resets_at > resets_at + 5, excluded.remaining,"
        " min(remaining, excluded.remaining)), resets_at = max(resets_at, excluded.resets_at)",
        (of.credential, of.endpoint, remaining, resets_at.timestamp()),
    )
