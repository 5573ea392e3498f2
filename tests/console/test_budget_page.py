"""The budget's page: what X has cost of what it may, and the limit that IT sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from console_scene import Client, Visitor, words

from console.context import Console
from records.model import Platform
from registry.users import Role
from reports.model import Spending

SignIn = Callable[[Role], Client]


@pytest.fixture
def browser(client: SignIn) -> Client:
    return client(Role.IT)


def limit(console: Console) -> tuple[float, str, str] | None:
    now = console.registry.budgets.limit(Platform.X)
    return (now.usd, now.set_by, now.why) if now else None


def test_a_limit_is_set_and_stands_beside_what_the_month_has_cost(console: Console, browser: Client) -> None:
    before = words(browser.get("/it/budget"))
    assert "October 2026 X has cost $0.00 of the $100.00 that it may. 100% left" in before
    assert "Nobody has set a limit here yet: this one comes from hallpass's settings." in before
    answer = browser.submit("/it/budget", version="0", limit="$1,250.50", why="As the School Committee voted")
    page = words(browser.follow(answer))
    assert "X may cost $1,250.50 a month from now on." in page
    assert "X has cost $0.00 of the $1,250.50 that it may." in page
    assert "The limit was set by IT One on October 19, 2026 : As the School Committee voted" in page
    assert limit(console) == (1250.5, "it", "As the School Committee voted")


def test_a_month_that_has_cost_what_it_may_says_what_to_do(visitor: Visitor, console: Console) -> None:
    over = replace(console, spending=lambda: Spending("October 2026", 12.34, 12))
    user = console.registry.users.named(Role.IT.value)
    assert user is not None
    token = console.registry.sessions.sign_in_by_provider(user, "test", "127.0.0.1", console.clock())
    browser = visitor(over)
    browser.cookies.set("hallpass_session", token)
    assert (
        "X has cost $12.34 of the $12.00 that it may. "
        "Used up X is asked again next month, or after you raise the limit." in words(browser.get("/it/budget"))
    )


@pytest.mark.parametrize(
    ("typed", "status", "told"),
    [
        ({"limit": "a lot", "why": "We need it"}, 422, "'a lot' is no amount in US dollars. Write it like 150"),
        ({"limit": "50", "why": ""}, 422, "The limit needs its reason. Say why it is to be so."),
        ({"limit": "50", "why": "We need it", "version": "7"}, 409, "was set by somebody else meanwhile"),
        ({"limit": "50", "why": "We need it", "version": "x"}, 409, "was set by somebody else meanwhile"),
    ],
)
def test_a_limit_that_cannot_be_set_is_told_beside_what_was_typed(
    console: Console, browser: Client, typed: dict[str, str], status: int, told: str
) -> None:
    answer = browser.submit("/it/budget", **{"version": "0", **typed})
    assert (answer.status_code, told in words(answer)) == (status, True)
    assert f'name="limit" type="text" value="{typed["limit"]}"' in answer.text.replace("&#39;", "'")
    assert limit(console) is None


def test_the_slower_of_two_sees_the_others_limit_and_can_still_set_their_own(console: Console, client: SignIn) -> None:
    one, other = client(Role.IT), client(Role.IT)
    assert one.submit("/it/budget", version="0", limit="20", why="Less").status_code == 303
    conflict = other.submit("/it/budget", version="0", limit="200", why="More")
    assert conflict.status_code == 409
    assert "of the $20.00 that it may" in words(conflict) and 'value="200"' in conflict.text
    assert 'name="version" value="1"' in conflict.text
    assert other.submit("/it/budget", version="1", limit="200", why="More").status_code == 303
    assert limit(console) == (200, "it", "More")


def test_the_auditor_reads_who_set_which_limit_and_why(console: Console, client: SignIn) -> None:
    client(Role.IT).submit("/it/budget", version="0", limit="20", why="Less")
    client(Role.IT).submit("/it/budget", version="1", limit="200", why="More")
    anselm = client(Role.AUDITOR)
    told = words(anselm.get("/audit"))
    assert "IT One Monthly limit set X More" in told
    assert "former: 20.00" in told and "limit in US dollars: 200.00" in told
    assert '<a href="/it/budget">X</a>' in anselm.get("/audit").text
