"""IT's path from a handle to a proven account, over the real connectors and the sandbox's platforms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from console_scene import PASSWORD, Client, Visitor, words
from district_kit import MadeUp

from console.context import Console
from records.model import Account
from registry.directory import Proof
from registry.users import Role

SignIn = Callable[[Role], Client]
YEAR, DAY = timedelta(days=365), timedelta(hours=24)


def first(console: Console, platform: str) -> Account:
    return next(account for account in console.registry.accounts() if account.platform == platform)


def code_given(console: Console, browser: Client, account: Account) -> str:
    """What IT hands to the owner."""
    browser.submit(f"/it/accounts/{account.account_id}/code")
    code = console.registry.ownership.code(account.account_id, console.now())
    assert code is not None
    assert code.code in words(browser.get(f"/it/accounts/{account.account_id}"))
    return code.code


def proofs(console: Console, account: Account) -> tuple[Proof, ...]:
    """Newest first."""
    return console.registry.directory.history(account.account_id).proofs


@pytest.mark.parametrize("platform", ["x", "facebook"])
def test_a_code_in_the_bio_proves_the_account_for_a_year_and_counts_once(
    console: Console, client: SignIn, registered: MadeUp, platform: str
) -> None:
    browser, account = client(Role.IT), first(console, platform)
    before = proofs(console, account)
    text = f"News of our school. {code_given(console, browser, account)}"
    registered.control("POST", "bio", {"account": account.account_id, "text": text})
    answer = browser.follow(browser.submit(f"/it/accounts/{account.account_id}/check"))
    assert f"The bio of @{account.handle} shows the code: it is proven for a year." in words(answer)
    now = console.now()
    assert proofs(console, account) == (Proof("code-in-bio", now, now + YEAR, "it"), *before)
    again = browser.submit(f"/it/accounts/{account.account_id}/check")
    assert f"No code for @{account.handle} is in force" in words(again)
    assert len(proofs(console, account)) == len(before) + 1


def test_a_code_is_refused_once_a_day_has_gone_by(
    console: Console, client: SignIn, visitor: Visitor, registered: MadeUp
) -> None:
    account = first(console, "x")
    before = proofs(console, account)
    code = code_given(console, client(Role.IT), account)
    registered.control("POST", "bio", {"account": f"x:{account.handle}", "text": code})
    tomorrow = visitor(replace(console, now=lambda: registered.settings.now() + DAY))
    tomorrow.submit("/sign-in", login="it", password=PASSWORD)
    answer = tomorrow.submit(f"/it/accounts/{account.account_id}/check")
    assert f"No code for @{account.handle} is in force" in words(answer)
    assert proofs(console, account) == before


@pytest.mark.parametrize("platform", ["x", "facebook"])
def test_an_account_is_registered_by_its_handle_under_the_number_that_the_platform_gives(
    console: Console, client: SignIn, platform: str
) -> None:
    account = first(console, platform)
    console.registry.deactivate_account(account.account_id, "test", console.now(), "to register it again")
    typed = {"owner": account.owner_id, "school": account.school, "purpose": "News", "credential": account.credential}
    answer = client(Role.IT).submit("/it/register", platform=platform, handle=f"@{account.handle.upper()}", **typed)
    assert answer.headers["location"].endswith(account.account_id)
    found = next(each for each in console.registry.accounts() if each.account_id == account.account_id)
    assert (found.platform_id, found.handle, found.purpose) == (account.platform_id, account.handle, "News")


@pytest.mark.parametrize(
    ("handle", "said"),
    [
        ("nobody_has_this", "Check the handle as the platform shows it, then try again"),
        ("../../tweets/1", "'../../tweets/1' is no handle and no number"),
    ],
)
def test_what_is_nobodys_handle_is_refused_and_stays_typed(client: SignIn, handle: str, said: str) -> None:
    answer = client(Role.IT).submit("/it/register", platform="x", handle=handle, purpose="News of the choir")
    assert answer.status_code == 422
    assert said in words(answer)
    assert "News of the choir" in answer.text
