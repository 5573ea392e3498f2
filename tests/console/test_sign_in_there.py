"""Proof of ownership by signing in on the platform, over the real clients and the sandbox's X and Facebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from console_scene import Client, TestClock, Visitor, words
from district_kit import MadeUp

from console.context import Console
from console.visit import SESSION
from hallpass.console import platform_sign_ins
from hallpass.pipeline.office import opened
from records.model import Account, Platform
from registry.directory import Proof
from registry.users import Role, UserDraft

SignIn = Callable[[Role], Client]
BOTH = pytest.mark.parametrize("platform", [Platform.X, Platform.FACEBOOK])
YEAR = timedelta(days=365)


@pytest.fixture
def account(console: Console, platform: Platform) -> Account:
    """A registered account: not the district's own Page, on which others look on."""
    return [each for each in console.registry.accounts() if each.platform is platform][1]


@pytest.fixture
def sandbox(registered: MadeUp) -> Iterator[MadeUp]:
    yield registered
    registered.control("DELETE", "fault")


def holder(account: Account) -> str:
    """Whom the platform knows the account's owner by."""
    return account.platform_id if account.platform is Platform.X else account.owner_id


def stranger(console: Console, account: Account) -> str:
    """Somebody there who does not hold the account."""
    others = [each for each in console.registry.accounts() if each.owner_id != account.owner_id]
    return holder(next(each for each in others if each.platform is account.platform))


def there(browser: Client, page: str) -> str:
    """The platform's page that the browser is sent to."""
    answer = browser.get(f"{page}/sign-in")
    assert answer.status_code == 303, words(answer)
    return str(answer.headers["location"])


def back(address: str, **form: str) -> str:
    """The way back that the platform gives, once somebody has chosen there."""
    answer = requests.post(address, data=form, timeout=10, allow_redirects=False)
    parts = urlsplit(answer.headers["location"])
    return f"{parts.path}?{parts.query}"


def page_of(account: Account) -> str:
    return f"/it/accounts/{account.account_id}"


def proofs(console: Console, account: Account) -> tuple[Proof, ...]:
    """Newest first."""
    return console.registry.directory.history(account.account_id).proofs


@BOTH
def test_who_holds_the_account_there_proves_it_for_a_year(console: Console, client: SignIn, account: Account) -> None:
    browser, before, now = client(Role.IT), proofs(console, account), console.now()
    answer = browser.get(back(there(browser, page_of(account)), **{"as": holder(account)}))
    assert (answer.status_code, answer.headers["location"]) == (303, page_of(account))
    said = words(browser.follow(answer))
    assert f"@{account.handle} is proven for a year. Nothing of the sign-in is kept." in said
    assert "Sign-in on the platform" in said and "did not end the leave" not in said
    assert proofs(console, account) == (Proof("oauth", now, now + YEAR, "it"), *before)


@BOTH
def test_an_owner_proves_their_own_account_from_their_own_page_and_no_other(
    console: Console, visitor: Visitor, account: Account
) -> None:
    owner = UserDraft("owner", "The Owner", frozenset({Role.STAFF}), person_id=account.owner_id)
    console.registry.users.add(owner, "test", console.clock(), "correct horse battery staple")
    browser, page = visitor(), f"/staff/accounts/{account.account_id}"
    browser.submit("/sign-in", login="owner", password="correct horse battery staple")
    assert "Sign in on" in words(browser.get(page))
    answer = browser.get(back(there(browser, page), **{"as": holder(account)}))
    assert "is proven for a year" in words(browser.follow(answer))
    assert proofs(console, account)[0].by == "owner"
    other = next(each for each in console.registry.accounts() if each.owner_id != account.owner_id)
    assert browser.get(f"/staff/accounts/{other.account_id}/sign-in").status_code == 404
    assert browser.get(f"{page_of(account)}/sign-in").status_code == 403


def refused(console: Console, browser: Client, account: Account, way_back: str, status: int, *said: str) -> None:
    """The way back leads to a page that says so, and nothing has changed."""
    before = proofs(console, account), console.registry.outbox()
    answer = browser.get(way_back)
    assert answer.status_code == status, words(answer)
    assert all(each in words(answer) for each in said), words(answer)
    assert (proofs(console, account), console.registry.outbox()) == before


@BOTH
def test_another_account_proves_nothing_and_is_not_named(console: Console, client: SignIn, account: Account) -> None:
    browser, other = client(Role.IT), stranger(console, account)
    way_back = back(there(browser, page_of(account)), **{"as": other})
    refused(console, browser, account, way_back, 403, f"does not hold @{account.handle}", "Everything is as it was")
    assert other not in browser.get(page_of(account)).text


@BOTH
def test_a_leave_that_was_denied_proves_nothing(console: Console, client: SignIn, account: Account) -> None:
    browser = client(Role.IT)
    way_back = back(there(browser, page_of(account)), deny="1")
    refused(console, browser, account, way_back, 403, "The leave was denied on", "Everything is as it was")


@BOTH
@pytest.mark.parametrize("kind", ["500", "hang"])
def test_a_platform_out_of_order_proves_nothing_and_is_not_waited_for(
    console: Console, client: SignIn, visitor: Visitor, sandbox: MadeUp, account: Account, kind: str
) -> None:
    with ExitStack() as stack:
        office = stack.enter_context(opened(replace(sandbox.settings, timeout=0.3)))
        browser = visitor(replace(console, sign_ins=platform_sign_ins(office)))
        browser.cookies.update(client(Role.IT).cookies)
        way_back = back(there(browser, page_of(account)), **{"as": holder(account)})
        sandbox.control("POST", "fault", {"match": "oauth2/token|oauth/access_token", "kind": kind})
        refused(console, browser, account, way_back, 503, "Try again in a moment", "Everything is as it was")


@BOTH
def test_a_way_back_is_good_once_in_its_own_session_and_for_ten_minutes(
    console: Console, client: SignIn, clock: TestClock, account: Account
) -> None:
    browser, other = client(Role.IT), client(Role.IT)
    way_back = back(there(browser, page_of(account)), **{"as": holder(account)})
    refused(console, other, account, way_back, 422, "is not one that began here")
    assert browser.get(way_back).status_code == 303
    refused(console, browser, account, way_back, 422, "it was taken before")
    late = back(there(browser, page_of(account)), **{"as": holder(account)})
    clock.later(minutes=10, seconds=1)
    refused(console, browser, account, late, 422, "took longer than ten minutes")


@BOTH
def test_a_state_of_one_platform_is_not_taken_for_another(console: Console, client: SignIn, account: Account) -> None:
    browser = client(Role.IT)
    state = parse_qs(urlsplit(there(browser, page_of(account))).query)["state"][0]
    elsewhere = "facebook" if account.platform is Platform.X else "x"
    refused(console, browser, account, f"/ownership/{elsewhere}/back?state={state}&code=1", 422, "not one that began")


@pytest.mark.parametrize("platform", [Platform.X])
def test_without_an_app_of_the_districts_a_code_in_the_bio_is_what_there_is(
    console: Console, client: SignIn, visitor: Visitor, account: Account
) -> None:
    browser = visitor(replace(console, sign_ins={}))
    browser.cookies.update(client(Role.IT).cookies)
    assert browser.get(f"{page_of(account)}/sign-in").status_code == 404
    page = words(browser.get(page_of(account)))
    assert ("By a code in the bio" in page, "Sign in on X" in page) == (True, False)


@BOTH
def test_nothing_of_a_sign_in_stays_in_the_registry(console: Console, client: SignIn, account: Account) -> None:
    browser = client(Role.IT)
    address = there(browser, page_of(account))
    way_back = back(address, **{"as": holder(account)})
    code = parse_qs(urlsplit(way_back).query)["code"][0]
    state = parse_qs(urlsplit(address).query)["state"][0]
    browser.get(way_back)
    content = b"".join(path.read_bytes() for path in console.folder.glob("registry.sqlite*"))
    secrets = [code, state, browser.cookies[f"hallpass_{SESSION}"]]
    assert [secret.encode() in content for secret in secrets] == [False, False, False]


@pytest.mark.parametrize("platform", [Platform.X])
def test_what_ends_within_30_days_is_shown_to_it_and_to_its_owner(
    console: Console, client: SignIn, visitor: Visitor, account: Account
) -> None:
    owner = UserDraft("owner", "The Owner", frozenset({Role.STAFF}), person_id=account.owner_id)
    console.registry.users.add(owner, "test", console.clock(), "correct horse battery staple")
    ends = console.now() + timedelta(days=29)
    console.registry.verify_account(account.account_id, "letter", "it", console.now(), "seen", ends)
    assert f"@{account.handle}" in words(client(Role.IT).get("/it")).partition("Search")[0]
    browser = visitor()
    browser.submit("/sign-in", login="owner", password="correct horse battery staple")
    page = words(browser.get("/staff"))
    assert "Your proof of ownership ends soon" in page and "Prove that it is yours" in page
