"""Signing in with the made-up X and Facebook: what a strict platform gives out, once and to its own app only."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sandbox_place import Place

from sandbox.consent import App
from sandbox.world import Registration

VERIFIER = "a-verifier-of-at-least-forty-three-characters-in-all"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
X_BACK, FACEBOOK_BACK = (f"http://127.0.0.1:8100/ownership/{platform}/back" for platform in ("x", "facebook"))
GRAPH = "https://graph.facebook.com/v26.0"


def asked_of_x(place: Place, **other: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": app(place, "x").client_id,
        "redirect_uri": X_BACK,
        "scope": "users.read tweet.read",
        "state": "s",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | other


def asked_of_facebook(place: Place, **other: str) -> dict[str, str]:
    client = app(place, "facebook").client_id
    return {"client_id": client, "redirect_uri": FACEBOOK_BACK, "state": "s", "scope": "pages_show_list"} | other


def app(place: Place, platform: str) -> App:
    return place.sandbox.apps[f"hallpass_{platform}_sign_in"]


def registration(place: Place, platform: str) -> Registration:
    return next(each for each in place.sandbox.world.registrations if each.platform == platform)


def consented(place: Place, path: str, asked: dict[str, str], **form: str) -> dict[str, str]:
    """What the browser brings back to the app."""
    answer = requests.post(f"{place.url}{path}", params=asked, data=form, timeout=10, allow_redirects=False)
    assert answer.status_code == 303, answer.text
    address = urlsplit(answer.headers["location"])
    assert f"http://{address.netloc}{address.path}" == asked["redirect_uri"]
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def x_code(place: Place, **other: str) -> str:
    who = registration(place, "x").platform_id
    return consented(place, "/i/oauth2/authorize", asked_of_x(place, **other), **{"as": who})["code"]


def x_token(place: Place, code: str, auth: tuple[str, str] | None = None, **other: str) -> requests.Response:
    known = app(place, "x")
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": X_BACK, "code_verifier": VERIFIER}
    return place.session().post(
        "https://api.x.com/2/oauth2/token",
        data=form | other,
        auth=auth or (known.client_id, known.client_secret),
        timeout=10,
    )


def x_me(place: Place, token: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return place.session().get("https://api.x.com/2/users/me", headers=headers, timeout=10)


def facebook_code(place: Place, who: str) -> str:
    return consented(place, "/v26.0/dialog/oauth", asked_of_facebook(place), **{"as": who})["code"]


def facebook_token(place: Place, given: str, **other: str) -> dict[str, Any]:
    known = app(place, "facebook")
    asked = {"client_id": known.client_id, "client_secret": known.client_secret, "redirect_uri": FACEBOOK_BACK}
    answer = place.session().get(f"{GRAPH}/oauth/access_token", params=asked | {"code": given} | other, timeout=10)
    body: dict[str, Any] = answer.json()
    return body


def test_x_says_who_signed_in_until_the_token_is_revoked(place: Place) -> None:
    who = registration(place, "x")
    given = x_token(place, x_code(place)).json()
    token = given.pop("access_token")
    assert given == {"token_type": "bearer", "expires_in": 7200, "scope": "tweet.read users.read"}
    me = x_me(place, token).json()["data"]
    assert (me["id"], me["username"]) == (who.platform_id, who.handle)
    known = app(place, "x")
    revoked = place.session().post(
        "https://api.x.com/2/oauth2/revoke",
        data={"token": token},
        auth=(known.client_id, known.client_secret),
        timeout=10,
    )
    assert (revoked.json(), x_me(place, token).status_code) == ({"revoked": True}, 401)


def test_a_code_of_x_is_good_once_and_a_second_try_ends_what_the_first_brought(place: Place) -> None:
    code = x_code(place)
    token = x_token(place, code).json()["access_token"]
    assert x_token(place, code).json()["error"] == "invalid_request"
    assert x_me(place, token).status_code == 401


WRONG_AT_X = {
    "verifier": ({"code_verifier": "another-verifier-of-at-least-forty-three-characters"}, 400),
    "redirect_uri": ({"redirect_uri": "http://127.0.0.1:8101/ownership/x/back"}, 400),
    "grant": ({"grant_type": "client_credentials"}, 400),
    "client": ({"auth": ("1", "of another app")}, 401),
}


@pytest.mark.parametrize(("wrong", "status"), WRONG_AT_X.values(), ids=WRONG_AT_X)
def test_x_gives_no_token_for_anything_that_differs(place: Place, wrong: dict[str, Any], status: int) -> None:
    answer = x_token(place, x_code(place), **wrong)
    assert (answer.status_code, "access_token" in answer.text) == (status, False)
    assert place.sandbox.consents["x"].living() == 0


@pytest.fixture
def later(place: Place) -> Iterator[Place]:
    """The same, where half a minute goes by whenever somebody looks at the clock."""
    clock, steps = place.sandbox.limits.now, iter(range(0, 10_000, 31))
    place.sandbox.limits.now = lambda: next(steps)
    yield place
    place.sandbox.limits.now = clock


def test_a_code_of_x_holds_half_a_minute(later: Place) -> None:
    assert x_token(later, x_code(later)).json()["error_description"].endswith("authorization code was invalid.")


@pytest.mark.parametrize(
    "other",
    [
        {"client_id": "1"},
        {"redirect_uri": "https://elsewhere.example/ownership/x/back"},
        {"redirect_uri": "http://127.0.0.1:8100/another"},
        {"state": ""},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"scope": "everything"},
        {"response_type": "token"},
    ],
    ids=str,
)
def test_x_asks_nobody_for_what_an_app_may_not_ask(place: Place, other: dict[str, str]) -> None:
    asked = asked_of_x(place, **other)
    answer = requests.post(f"{place.url}/i/oauth2/authorize", params=asked, data={"as": "1"}, timeout=10)
    assert (answer.status_code, "Something went wrong" in answer.text) == (400, True)


def test_what_is_denied_comes_back_as_such(place: Place) -> None:
    told = consented(place, "/i/oauth2/authorize", asked_of_x(place), deny="1")
    assert told == {"error": "access_denied", "state": "s"}
    told = consented(place, "/v26.0/dialog/oauth", asked_of_facebook(place), deny="1")
    assert (told["error"], told["error_reason"], told["state"]) == ("access_denied", "user_denied", "s")


def test_a_token_without_both_scopes_does_not_say_who_it_is(place: Place) -> None:
    token = x_token(place, x_code(place, scope="users.read")).json()["access_token"]
    assert x_me(place, token).status_code == 403
    assert x_me(place, place.sandbox.credentials["hallpass_x"]).json()["title"] == "Unsupported Authentication"


def test_facebook_lists_the_pages_that_somebody_has_a_role_on_until_the_leave_is_taken_back(place: Place) -> None:
    pages = [each for each in place.sandbox.world.registrations if each.platform == "facebook"]
    owner = next(page.owner_id for page in pages if page.owner_id != pages[0].owner_id)
    token = facebook_token(place, facebook_code(place, owner))["access_token"]
    query = {"fields": "id,tasks", "access_token": token}
    listed = place.session().get(f"{GRAPH}/me/accounts", params=query, timeout=10).json()["data"]
    assert {page["id"]: "MANAGE" in page["tasks"] for page in listed} == {
        pages[0].platform_id: False,
        **{page.platform_id: True for page in pages if page.owner_id == owner},
    }
    assert all(page.keys() == {"id", "tasks"} for page in listed)
    taken_back = place.session().delete(f"{GRAPH}/me/permissions", params={"access_token": token}, timeout=10)
    assert taken_back.json() == {"success": True}
    again = place.session().get(f"{GRAPH}/me/accounts", params=query, timeout=10)
    assert again.json()["error"]["code"] == 190


def test_facebook_pages_of_roles_are_walked_by_their_cursor(place: Place) -> None:
    owner = registration(place, "facebook").owner_id
    token = facebook_token(place, facebook_code(place, owner))["access_token"]
    seen, after = [], "0"
    while after:
        query = {"fields": "id", "limit": "1", "after": after, "access_token": token}
        body = place.session().get(f"{GRAPH}/me/accounts", params=query, timeout=10).json()
        seen += [page["id"] for page in body["data"]]
        after = body["paging"]["cursors"]["after"] if "next" in body["paging"] else ""
    whole = place.session().get(f"{GRAPH}/me/accounts", params={"access_token": token}, timeout=10).json()["data"]
    assert seen == [page["id"] for page in whole]


@pytest.mark.parametrize(
    ("other", "code", "subcode"),
    [
        ({"client_id": "1"}, 101, None),
        ({"client_secret": "another"}, 1, None),
        ({"redirect_uri": "http://127.0.0.1:1/ownership/facebook/back"}, 100, 36008),
        ({"code": "never"}, 100, None),
    ],
)
def test_facebook_gives_no_token_for_anything_that_differs(
    place: Place, other: dict[str, str], code: int, subcode: int | None
) -> None:
    given = facebook_code(place, registration(place, "facebook").owner_id)
    error = facebook_token(place, given, **other)["error"]
    assert (error["code"], error.get("error_subcode")) == (code, subcode)


def test_a_code_of_facebook_is_good_once(place: Place) -> None:
    code = facebook_code(place, registration(place, "facebook").owner_id)
    assert "access_token" in facebook_token(place, code)
    assert facebook_token(place, code)["error"]["error_subcode"] == 36009


def test_no_code_secret_or_token_stands_in_the_log(place: Place) -> None:
    code = facebook_code(place, registration(place, "facebook").owner_id)
    token = facebook_token(place, code)["access_token"]
    text = place.control("GET", "log").text
    assert [secret in text for secret in (code, token, app(place, "facebook").client_secret)] == [False] * 3
