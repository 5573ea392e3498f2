"""Whose accounts they are, asked of the sandbox: what is believed, what is given back, and what is seen of a secret."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from connector_scene import NOW, no_sleep
from sandbox_place import Place, served

from connectors import Budget, Transport
from connectors.sign_in import SIGN_INS, App, Held, PlatformSignIn
from records.errors import HallpassError, NotPermitted, Refused, TokenDead, Transient, UnexpectedAnswer
from records.model import Platform
from sandbox.world import Registration

VERIFIER = secrets.token_urlsafe(48)
BOTH = pytest.mark.parametrize("platform", SIGN_INS)


@pytest.fixture(scope="module")
def running() -> Iterator[Place]:
    with served("tweet") as place:
        yield place


@pytest.fixture
def place(running: Place) -> Place:
    return running.fresh()


class Person:
    """Somebody with a browser, at a platform that hallpass sends them to."""

    def __init__(self, place: Place, platform: Platform, folder: Path) -> None:
        self.place, self.platform = place, platform
        known = place.sandbox.apps[f"hallpass_{platform}_sign_in"]
        self.back = f"http://127.0.0.1:8100{known.path}"
        self.app = App(f"hallpass_{platform}_sign_in", known.client_id, known.client_secret)
        self.budget = Budget(folder / "budget.sqlite", 100.0, lambda: NOW, spacing={}, sleep=no_sleep)

    def sign_in(self, app: App | None = None, timeout: float = 5) -> PlatformSignIn:
        transport = Transport(self.place.url, lambda: NOW, timeout=timeout, patience=5)
        return SIGN_INS[self.platform](app or self.app, transport, lambda: self.budget)

    def registrations(self) -> list[Registration]:
        return [each for each in self.place.sandbox.world.registrations if each.platform == self.platform]

    def who(self, registration: Registration) -> str:
        """Whom the platform knows the account's owner by."""
        return registration.platform_id if self.platform is Platform.X else registration.owner_id

    def code(self, who: str) -> str:
        """What the browser comes back with, once ``who`` has allowed it."""
        address = self.sign_in().address("state", VERIFIER, self.back)
        answer = requests.post(address, data={"as": who}, timeout=10, allow_redirects=False)
        return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]

    def held(self, code: str, timeout: float = 5) -> Held:
        return self.sign_in(timeout=timeout).held(code, VERIFIER, self.back)

    @property
    def tokens(self) -> int:
        """How many tokens the platform would still take."""
        return self.place.sandbox.consents[self.platform].living()


@pytest.fixture
def person(place: Place, platform: Platform, tmp_path: Path) -> Person:
    return Person(place, platform, tmp_path)


@BOTH
def test_a_platform_names_the_accounts_of_who_signed_in_and_ends_the_leave(person: Person) -> None:
    owner = person.registrations()[1]
    if person.platform is Platform.X:
        expected = {owner.platform_id}
    else:
        expected = {each.platform_id for each in person.registrations() if each.owner_id == owner.owner_id}
    assert person.held(person.code(person.who(owner))) == Held(frozenset(expected), given_back=True)
    assert person.tokens == 0


@pytest.mark.parametrize("platform", [Platform.FACEBOOK])
def test_a_role_that_only_looks_on_is_not_a_hold(person: Person) -> None:
    district, *others = person.registrations()
    onlooker = next(each for each in others if each.owner_id != district.owner_id)
    assert district.platform_id not in person.held(person.code(onlooker.owner_id)).ids


@pytest.mark.parametrize("platform", [Platform.X])
def test_what_x_charges_counts_against_the_months_limit(person: Person) -> None:
    before = person.budget.spent_usd()
    person.held(person.code(person.registrations()[0].platform_id))
    assert round(person.budget.spent_usd() - before, 6) == 0.01


@BOTH
def test_a_code_is_taken_once(person: Person) -> None:
    code = person.code(person.who(person.registrations()[0]))
    person.held(code)
    with pytest.raises(Refused, match="does not take this sign-in any more"):
        person.held(code)
    assert person.tokens == 0


@BOTH
def test_a_wrong_client_secret_is_its_own_error_and_names_the_connection(person: Person) -> None:
    wrong = replace(person.app, client_secret="of another app")
    with pytest.raises(TokenDead, match=f"hallpass_{person.platform}_sign_in"):
        person.sign_in(wrong).held(person.code(person.who(person.registrations()[0])), VERIFIER, person.back)


TOKEN = {Platform.X: "/2/oauth2/token", Platform.FACEBOOK: "/oauth/access_token"}
ACCOUNTS = {Platform.X: "/2/users/me", Platform.FACEBOOK: "/me/accounts"}
GIVE_BACK = {Platform.X: "/2/oauth2/revoke", Platform.FACEBOOK: "/me/permissions"}
FAULTS: list[tuple[str, type[HallpassError]]] = [
    ("500", Transient),
    ("502", Transient),
    ("reset", Transient),
    ("html", UnexpectedAnswer),
    ("empty", UnexpectedAnswer),
    ("nodata", UnexpectedAnswer),
]


@BOTH
@pytest.mark.parametrize(("kind", "error"), FAULTS)
def test_a_platform_out_of_order_proves_nothing(person: Person, kind: str, error: type[HallpassError]) -> None:
    for path in (TOKEN[person.platform], ACCOUNTS[person.platform]):
        person.place.sandbox.faults.plan({"match": path, "kind": kind})
        with pytest.raises(error):
            person.held(person.code(person.who(person.registrations()[0])))
    assert person.tokens == 0


@BOTH
def test_a_platform_that_hangs_is_not_waited_for(person: Person) -> None:
    code = person.code(person.who(person.registrations()[0]))
    person.place.sandbox.faults.plan({"match": TOKEN[person.platform], "kind": "hang"})
    with pytest.raises(Transient, match=r"did not answer within 0\.2 s"):
        person.held(code, timeout=0.2)


@pytest.mark.parametrize("platform", [Platform.FACEBOOK])
def test_somebody_who_keeps_the_list_of_pages_back_is_told_of_it(person: Person) -> None:
    person.place.sandbox.faults.plan({"match": "/me/accounts", "kind": "error", "code": 200})
    with pytest.raises(NotPermitted):
        person.held(person.code(person.who(person.registrations()[0])))


@BOTH
def test_a_leave_that_cannot_be_given_back_is_said_and_does_not_undo_the_proof(person: Person) -> None:
    owner = person.registrations()[0]
    person.place.sandbox.faults.plan({"match": GIVE_BACK[person.platform], "kind": "500"})
    held = person.held(person.code(person.who(owner)))
    assert (owner.platform_id in held.ids, held.given_back) == (True, False)


@BOTH
def test_no_secret_is_in_a_log_an_error_or_a_repr(person: Person, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    code = person.code(person.who(person.registrations()[0]))
    person.place.sandbox.faults.plan({"match": ACCOUNTS[person.platform], "kind": "500"})
    caplog.clear()
    with pytest.raises(Transient) as raised:
        person.held(code)
    ours = [each.getMessage() for each in caplog.records if not each.name.startswith("uvicorn")]  # the sandbox's own
    told = "\n".join([*ours, repr(person.app), repr(raised.value), repr(raised.value.__context__)])
    assert "HTTP/1.1" in told
    assert [secret in told for secret in (code, person.app.client_secret, VERIFIER)] == [False, False, False]
    assert "access_token=" not in told.replace("access_token=***", "")


@BOTH
def test_the_browser_is_sent_to_the_platforms_own_page_with_the_least_scope(person: Person) -> None:
    address = SIGN_INS[person.platform](person.app, Transport(None, lambda: NOW), lambda: person.budget).address(
        "the state", VERIFIER, "https://hallpass.example.org/back"
    )
    parts = urlsplit(address)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    page = {"x": "https://x.com/i/oauth2/authorize", "facebook": "https://www.facebook.com/v26.0/dialog/oauth"}
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == page[person.platform]
    assert asked["scope"] == {"x": "users.read tweet.read", "facebook": "pages_show_list"}[person.platform]
    assert (asked["state"], asked["redirect_uri"]) == ("the state", "https://hallpass.example.org/back")
    assert [secret in address for secret in (person.app.client_secret, VERIFIER)] == [False, False]
    assert asked.get("code_challenge_method") == ("S256" if person.platform is Platform.X else None)
