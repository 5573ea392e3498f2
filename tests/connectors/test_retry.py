"""Passing faults are tried again a bounded number of times; nothing else is."""

from __future__ import annotations

import pytest
from connector_scene import NOW

from connectors.retry import retrying
from records.errors import PlatformError, Terminal, Throttled, Transient


class Call:
    def __init__(self, *errors: PlatformError) -> None:
        self.errors = list(errors)
        self.tries = 0

    def __call__(self) -> str:
        self.tries += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def test_a_passing_fault_is_outlasted_with_growing_pauses() -> None:
    pauses: list[float] = []
    call = Call(Transient("1"), Transient("2"))
    assert retrying(call, pauses.append, first_pause=1) == "done"
    assert call.tries == 3
    assert 0.5 <= pauses[0] <= 1.5 <= 2 * pauses[0] * 1.5
    assert 1.0 <= pauses[1] <= 3.0


def test_the_third_failure_is_raised_not_swallowed() -> None:
    pauses: list[float] = []
    call = Call(*(Transient(str(n)) for n in range(5)))
    with pytest.raises(Transient, match="2"):
        retrying(call, pauses.append)
    assert (call.tries, len(pauses)) == (3, 2)


@pytest.mark.parametrize("error", [Throttled("limit", NOW), Terminal("no")])
def test_limits_and_refusals_are_not_tried_again(error: PlatformError) -> None:
    call = Call(error)
    with pytest.raises(type(error)):
        retrying(call, lambda _: None)
    assert call.tries == 1
