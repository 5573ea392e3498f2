"""What X may cost: the registry's limit where IT has set one, else the setting; and what the report says of it."""

from __future__ import annotations

from dataclasses import replace

from made_up_district import District

from hallpass.pipeline import collect
from hallpass.pipeline.office import opened
from hallpass.settings import Settings
from records.model import Platform
from registry import Registry
from reports.model import Spending

MONTH = "October 2026"


def limited(settings: Settings, usd: str) -> None:
    with Registry.open(settings.registry_url) as registry:
        known = registry.budgets.limit(Platform.X)
        registry.budgets.set_limit(Platform.X, usd, known.version if known else 0, "it", settings.now(), "why")


def spending(settings: Settings) -> Spending:
    with opened(settings) as office:
        return office.spending()


def test_the_setting_is_the_limit_until_it_is_set_in_the_registry(district: District) -> None:
    settings = replace(district.settings, x_budget_usd=80)
    assert spending(settings) == Spending(MONTH, 0, 80)
    limited(settings, "0.50")
    assert spending(settings) == Spending(MONTH, 0, 0.5)


def test_a_limit_of_nothing_stops_x_only_and_a_higher_one_lets_it_go_on(district: District) -> None:
    limited(district.settings, "0")
    ended = {(one.account_id.partition(":")[0], one.outcome): one.error for one in district.collect()}
    assert ended["x", "throttled"] == "This month's budget of $0.00 for X is spent"
    assert ("facebook", "ok") in ended and ("x", "ok") not in ended
    limited(district.settings, "100")
    (one,) = collect.collect(district.settings, [a for batch in collect.plan(district.settings) for a in batch][:1])
    assert (one.account_id[:2], one.outcome) == ("x:", "ok")
    assert 0 < spending(district.settings).spent_usd < 100
