"""What a platform may cost in a month, as IT decides it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from roster_kit import AT

from records.errors import BadInput, Conflict
from records.model import Platform
from registry import Registry
from registry.budgets import MonthlyLimit

LATER = AT + timedelta(days=1)


def test_a_limit_holds_until_another_takes_its_place_and_both_are_on_record(registry: Registry) -> None:
    assert registry.budgets.limit(Platform.X) is None
    first = registry.budgets.set_limit(Platform.X, " $1,250.5 ", 0, "it", AT, " The budget of 2026-27 ")
    assert first == MonthlyLimit(Platform.X, 125_050, "it", AT, "The budget of 2026-27", 1)
    assert registry.budgets.limit(Platform.X) == first and first.usd == 1250.5
    second = registry.budgets.set_limit(Platform.X, "0", 1, "dana", LATER, "Spend nothing in summer")
    assert registry.budgets.limit(Platform.X) == second
    assert second == MonthlyLimit(Platform.X, 0, "dana", LATER, "Spend nothing in summer", 2)
    assert [(e.action, e.subject, e.by, e.at, e.reason, e.data) for e in registry.outbox()] == [
        ("budget.set", "x", "it", AT, "The budget of 2026-27", {"limit": "1250.50"}),
        ("budget.set", "x", "dana", LATER, "Spend nothing in summer", {"former": "1250.50", "limit": "0.00"}),
    ]


@pytest.mark.parametrize(
    ("platform", "usd", "why", "problem"),
    [
        (Platform.FACEBOOK, "5", "why", "Facebook costs nothing"),
        (Platform.X, "", "why", "'' is no amount in US dollars. Write it like 150 or 1,250.50"),
        (Platform.X, "-1", "why", "'-1' is no amount"),
        (Platform.X, "1e3", "why", "'1e3' is no amount"),
        (Platform.X, "1,25", "why", "'1,25' is no amount"),
        (Platform.X, "1.005", "why", "'1.005' is no amount"),
        (Platform.X, "٣", "why", "'٣' is no amount"),
        (Platform.X, "1000000.01", "why", r"\$1,000,000.01 a month is more than can be set. Set \$1,000,000 at most"),
        (Platform.X, "5", " ", "The limit needs its reason"),
    ],
)
def test_a_limit_that_cannot_be_changes_nothing(
    registry: Registry, platform: Platform, usd: str, why: str, problem: str
) -> None:
    with pytest.raises(BadInput, match=problem):
        registry.budgets.set_limit(platform, usd, 0, "it", AT, why)
    assert (registry.budgets.limit(Platform.X), registry.outbox()) == (None, [])


def test_of_two_who_set_a_limit_at_once_the_slower_hears_of_it(registry: Registry) -> None:
    def set_to(usd: str) -> str:
        try:
            return str(registry.budgets.set_limit(Platform.X, usd, 0, "it", AT, "why").cents)
        except Conflict as error:
            return error.what

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(set_to, ("5", "5")))
    assert outcomes == ["500", "The monthly limit was set by somebody else meanwhile"]
    assert len(registry.outbox()) == 1
