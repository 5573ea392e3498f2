"""The district's own sign-in against a real provider on loopback: what opens the console, and what does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from console_scene import Client, TestClock, Visitor, words
from joserfc.jwk import RSAKey
from oidc_provider import CLIENT, SECRET, OpenIdProvider, openid_provider

from console.context import Console
from console.security.oidc import Provider, provider
from records.errors import BadInput
from registry import sessions
from registry.access_log import TRIES_PER_LOGIN

BACK = "/sign-in/provider/back"


@pytest.fixture
def openid(clock: TestClock) -> Iterator[OpenIdProvider]:
    with openid_provider(clock.at) as running:
        yield running


@pytest.fixture
def browser(console: Console, visitor: Visitor, openid: OpenIdProvider) -> Client:
    return visitor(replace(console, sandboxed=False, provider=provider(openid.url, CLIENT, SECRET)))


def came_back(browser: Client, openid: OpenIdProvider) -> str:
    there = browser.get("/sign-in/provider?next=/it")
    return f"{BACK}?{openid.consent(there.headers['location'])}"


def test_a_known_address_opens_the_console_and_is_known_by_its_subject_from_then_on(
    console: Console, browser: Client, openid: OpenIdProvider
) -> None:
    answer = browser.get(came_back(browser, openid))
    assert (answer.status_code, answer.headers["location"]) == (303, "/it")
    assert browser.get("/it").status_code == 200
    openid.claims = {"email": "married-since@alder.example"}
    assert browser.get(came_back(browser, openid)).status_code == 303
    assert {(each.login, each.allowed) for each in console.registry.sessions.log()} == {("it", True)}


def test_the_way_there_carries_state_nonce_and_a_challenge_and_no_secret(browser: Client) -> None:
    address = browser.get("/sign-in/provider").headers["location"]
    query = parse_qs(urlsplit(address).query)
    assert query["code_challenge_method"] == ["S256"] and SECRET not in address
    assert all(len(query[name][0]) >= 43 for name in ("state", "nonce", "code_challenge"))


WRONG = {
    "another audience": {"aud": "another-client"},
    "another nonce": {"nonce": "replayed"},
    "no nonce": {"nonce": None},
    "another issuer": {"iss": "https://accounts.google.com"},
    "a time that is over": {"exp": 1},
    "no subject": {"sub": None},
    "an address that is not verified": {"email_verified": False},
    "an address of nobody here": {"email": "stranger@elsewhere.example"},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
def test_what_does_not_hold_opens_nothing_and_is_logged(
    console: Console, browser: Client, openid: OpenIdProvider, claims: dict[str, object]
) -> None:
    openid.claims = claims
    assert browser.get(came_back(browser, openid)).status_code == 403
    assert browser.get("/it").status_code == 303
    (entry,) = console.registry.sessions.log()
    assert (entry.allowed, entry.what) == (False, openid.url) and entry.reason


@pytest.mark.parametrize(("vouched", "status"), [(True, 303), ("1", 303), (False, 403), (None, 403)])
def test_microsofts_own_word_for_an_address_that_it_has_verified_is_known(
    browser: Client, openid: OpenIdProvider, vouched: object, status: int
) -> None:
    openid.claims = {"email_verified": None, "xms_edov": vouched}
    assert browser.get(came_back(browser, openid)).status_code == status


def test_a_token_that_another_key_signed_opens_nothing(browser: Client, openid: OpenIdProvider) -> None:
    openid.signing = RSAKey.generate_key(2048, {"kid": "one"})
    assert browser.get(came_back(browser, openid)).status_code == 403


def test_a_state_is_good_once_and_in_the_browser_that_it_was_made_for(
    browser: Client, visitor: Visitor, openid: OpenIdProvider
) -> None:
    back = came_back(browser, openid)
    assert "not one that began here" in words(visitor(browser.app.state.console).get(back))  # type: ignore[attr-defined]
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 422


def test_a_closed_user_stays_outside(console: Console, browser: Client, openid: OpenIdProvider) -> None:
    user = console.registry.users.named("staff")
    assert user is not None
    console.registry.users.close(user.user_id, user.version, "it", console.clock())
    openid.claims = {"email": "staff@alder.example"}
    assert browser.get(came_back(browser, openid)).status_code == 403


def test_wrong_passwords_of_others_do_not_stop_whom_the_provider_vouches_for(
    browser: Client, openid: OpenIdProvider
) -> None:
    tried = [browser.submit("/sign-in", login="it", password="x" * 12) for _ in range(TRIES_PER_LOGIN + 1)]
    assert tried[-1].status_code == 429
    assert browser.get(came_back(browser, openid)).headers["location"] == "/it"


@pytest.mark.parametrize(
    ("named", "label", "issuer"),
    [
        ("google", "Google", "https://accounts.google.com"),
        ("microsoft/alder.example", "Microsoft", "https://login.microsoftonline.com/alder.example/v2.0"),
        ("https://login.alder.example/", "login.alder.example", "https://login.alder.example"),
    ],
)
def test_google_microsoft_and_any_issuer_are_set_by_name(named: str, label: str, issuer: str) -> None:
    assert provider(named, CLIENT, SECRET) == Provider(label, issuer, CLIENT, SECRET)


@pytest.mark.parametrize("named", ["microsoft/common", "microsoft", "http://accounts.example", "ftp://x", ""])
def test_a_provider_that_could_vouch_for_anybody_is_not_taken(named: str) -> None:
    with pytest.raises(BadInput):
        provider(named, CLIENT, SECRET)


def test_who_sets_out_again_and_again_is_told_to_wait_and_others_are_not(
    browser: Client, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "TRIPS_PER_ADDRESS", 3)
    for _ in range(3):
        assert browser.get("/sign-in/provider").status_code == 303
    answer = browser.get("/sign-in/provider")
    assert (answer.status_code, "Too many have set out to sign in from here" in words(answer)) == (429, True)
    clock.later(minutes=11)
    assert browser.get("/sign-in/provider").status_code == 303
