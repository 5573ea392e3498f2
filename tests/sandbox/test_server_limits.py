"""Rate windows on a clock of the test's own."""

from __future__ import annotations

from sandbox.limits import Limits, Rate, Standing


class Clock:
    """A hand-moved clock, in seconds."""

    at = 1000.25

    def __call__(self) -> float:
        return self.at


def test_a_window_counts_down_refuses_and_opens_again() -> None:
    clock = Clock()
    limits = Limits(clock)
    taken = [limits.take("app", "/posts", Rate(2, 60)) for _ in range(3)]
    assert taken == [Standing(2, 1, 1061, True), Standing(2, 0, 1061, True), Standing(2, 0, 1061, False)]
    clock.at += 60
    assert limits.take("app", "/posts", Rate(2, 60)) == Standing(2, 1, 1121, True)


def test_callers_and_endpoints_have_windows_of_their_own() -> None:
    limits = Limits(Clock())
    rate = Rate(1, 60)
    assert limits.take("app", "/posts", rate).allowed
    assert limits.take("app", "/users", rate).allowed
    assert limits.take("page", "/posts", rate).allowed
    assert not limits.take("app", "/posts", rate).allowed


def test_the_tighter_of_two_rates_refuses_and_what_is_refused_does_not_count() -> None:
    clock = Clock()
    limits = Limits(clock)
    rates = (Rate(3, 900), Rate(1, 1))
    assert limits.take("app", "/all", *rates) == Standing(3, 2, 1901, True)
    assert limits.take("app", "/all", *rates) == Standing(1, 0, 1002, False)
    clock.at += 1
    assert limits.take("app", "/all", *rates) == Standing(3, 1, 1901, True)


def test_a_cleared_window_is_as_new() -> None:
    limits = Limits(Clock())
    limits.take("app", "/posts", Rate(1))
    limits.clear()
    assert limits.take("app", "/posts", Rate(1)).allowed
