"""The district's cap on money and the platforms' rate windows, across processes."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from connector_scene import NOW, no_sleep

from connectors import Budget
from connectors.budget import Reservation, next_month
from records.errors import Busy, Refused, Throttled

POSTS = "x.users_tweets"


class Clock:
    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "budget.sqlite"


def learn(budget: Budget, remaining: int, resets_at: datetime) -> None:
    """An answer says so, to a call that was let through before it was known."""
    Reservation(1, "hallpass_x", POSTS, "2026-10", budget).settle(1, (remaining, resets_at))


def test_a_page_that_asked_for_100_and_got_7_costs_7(path: Path, clock: Clock) -> None:
    budget = Budget(path, 10, clock)
    reservation = budget.reserve("hallpass_x", POSTS, want=100)
    assert budget.spent_usd() == 0.5
    reservation.settle(7)
    assert budget.spent_usd() == 0.035


def test_a_reservation_that_was_never_settled_stays_spent(path: Path, clock: Clock) -> None:
    Budget(path, 10, clock).reserve("hallpass_x", POSTS, want=100)
    assert Budget(path, 10, clock).spent_usd() == 0.5


def test_the_last_money_buys_a_smaller_page_and_then_nothing_until_next_month(path: Path, clock: Clock) -> None:
    budget = Budget(path, 0.53, clock)
    budget.reserve("hallpass_x", POSTS, want=100)
    assert budget.reserve("hallpass_x", POSTS, want=100, least=5).units == 6
    with pytest.raises(Throttled) as caught:
        budget.reserve("hallpass_x", POSTS, want=100, least=5)
    assert caught.value.resume_at == datetime(2026, 11, 1, tzinfo=UTC)
    assert str(caught.value) == (
        "This month's budget of $0.53 for X is spent. "
        "Collection goes on next month; IT can raise the limit, on its page Budget or with `hallpass budget set`."
    )
    clock.now = datetime(2026, 11, 1, tzinfo=UTC)
    assert budget.reserve("hallpass_x", POSTS, want=100).units == 100


def test_facebook_costs_nothing(path: Path, clock: Clock) -> None:
    budget = Budget(path, 0, clock)
    assert budget.reserve("hallpass_facebook", "facebook.posts", want=100).units == 100
    with pytest.raises(Throttled, match="budget"):
        budget.reserve("hallpass_x", "x.users")


def test_a_used_up_window_is_waited_for_and_then_forgotten(path: Path, clock: Clock) -> None:
    budget = Budget(path, 10, clock)
    learn(budget, 1, NOW + timedelta(minutes=9))
    budget.reserve("hallpass_x", POSTS)
    with pytest.raises(Throttled) as caught:
        budget.reserve("hallpass_x", POSTS)
    assert caught.value.resume_at == NOW + timedelta(minutes=9)
    clock.now = NOW + timedelta(minutes=9)
    assert budget.reserve("hallpass_x", POSTS).units == 1


def test_a_refused_call_costs_nothing(path: Path, clock: Clock) -> None:
    budget = Budget(path, 10, clock)
    learn(budget, 0, NOW + timedelta(minutes=9))
    with pytest.raises(Throttled):
        budget.reserve("hallpass_x", POSTS, want=100)
    assert budget.spent_usd() == 0


def test_windows_of_other_endpoints_and_credentials_are_their_own(path: Path, clock: Clock) -> None:
    budget = Budget(path, 10, clock)
    learn(budget, 0, NOW + timedelta(minutes=9))
    assert budget.reserve("hallpass_x", "x.users").units == 1
    assert budget.reserve("hallpass_other", POSTS).units == 1


def test_an_answer_that_comes_late_does_not_give_calls_back(path: Path, clock: Clock) -> None:
    budget = Budget(path, 10, clock)
    end = NOW + timedelta(minutes=9)
    learn(budget, 0, end)
    learn(budget, 3, end)
    with pytest.raises(Throttled):
        budget.reserve("hallpass_x", POSTS)
    learn(budget, 300, end + timedelta(minutes=15))
    assert budget.reserve("hallpass_x", POSTS).units == 1


def test_full_archive_searches_are_a_second_apart_also_between_processes(path: Path, clock: Clock) -> None:
    waited: list[float] = []
    for _ in range(3):
        Budget(path, 10, clock, monotonic=lambda: 50.0, sleep=waited.append).reserve("hallpass_x", "x.search_all")
    assert waited == [1.0, 2.0]


def test_a_pace_from_before_a_restart_of_the_machine_is_ignored(path: Path, clock: Clock) -> None:
    waited: list[float] = []
    Budget(path, 10, clock, monotonic=lambda: 9_000.0, sleep=no_sleep).reserve("hallpass_x", "x.search_all")
    Budget(path, 10, clock, monotonic=lambda: 3.0, sleep=waited.append).reserve("hallpass_x", "x.search_all")
    assert waited == []


def test_workers_at_once_never_pass_the_cap(path: Path, clock: Clock) -> None:
    budget = Budget(path, 1, clock)

    def spend(_: int) -> int:
        try:
            return budget.reserve("hallpass_x", POSTS, want=7).units
        except Throttled:
            return 0

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(spend, range(60))) == 200
    assert budget.spent_usd() == 1.0


def test_another_process_shares_the_budget(path: Path, clock: Clock) -> None:
    budget = Budget(path, 1, clock)
    code = (
        "import sys, datetime, pathlib; from connectors import Budget;"
        "Budget(pathlib.Path(sys.argv[1]), 1, lambda: datetime.datetime.fromisoformat(sys.argv[2]))"
        f".reserve('hallpass_x', '{POSTS}', want=150)"
    )
    subprocess.run([sys.executable, "-c", code, str(path), NOW.isoformat()], check=True)
    assert budget.reserve("hallpass_x", POSTS, want=100).units == 50


def test_a_damaged_file_is_named_and_left_alone(path: Path, clock: Clock) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(Refused, match=r"budget\.sqlite is damaged"):
        Budget(path, 1, clock)
    assert path.read_bytes() == b"this is no database" * 100


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "budget.sqlite").mkdir()
    with pytest.raises(Busy, match="cannot be used"):
        Budget(tmp_path / "budget.sqlite", 1, clock)


@pytest.mark.parametrize(
    ("now", "after"),
    [
        (datetime(2026, 12, 31, 23, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (NOW, datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
def test_the_next_month_begins_at_midnight_utc(now: datetime, after: datetime) -> None:
    assert next_month(now) == after
