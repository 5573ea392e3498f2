"""Faults as the real clients meet them."""

from __future__ import annotations

from typing import Any

import facebook
import pytest
import requests
import tweepy
from hypothesis import given
from hypothesis import strategies as st
from sandbox_place import Place

from sandbox.faults import KINDS, Fault, Faults, UnknownFault

X = "api.twitter.com/2/users/by"
GRAPH = "graph.facebook.com"


def plan(place: Place, **wish: Any) -> None:
    assert place.control("POST", "fault", json=wish).status_code == 200


def ask_x(place: Place) -> Any:
    return place.tweepy(return_type=dict).get_users(usernames=["AlderFallsPS"])


def ask_graph(place: Place) -> Any:
    page = next(r for r in place.moment.world.registrations if r.platform == "facebook")
    return place.graph(page.credential).get_object(page.platform_id)


def test_a_500_is_xs_server_error_once_and_then_all_is_well(place: Place) -> None:
    plan(place, match=X, kind="500")
    with pytest.raises(tweepy.TwitterServerError):
        ask_x(place)
    assert ask_x(place)["data"]
    assert [entry["status"] for entry in place.control("GET", "log").json()] == [500, 200]


def test_a_500_is_graphs_own_error_body(place: Place) -> None:
    plan(place, match=GRAPH, kind="500")
    with pytest.raises(facebook.GraphAPIError) as caught:
        ask_graph(place)
    assert (caught.value.code, caught.value.result["error"]["is_transient"]) == (2, True)


@pytest.mark.parametrize("kind", ["502", "html"])
def test_a_page_for_people_is_html(place: Place, kind: str) -> None:
    plan(place, match=GRAPH, kind=kind)
    with pytest.raises(facebook.GraphAPIError, match="Maintype was not text, image, or querystring"):
        ask_graph(place)


def test_an_empty_body_is_no_json(place: Place) -> None:
    plan(place, match="api.twitter.com", kind="empty")
    with pytest.raises(requests.JSONDecodeError):
        ask_x(place)


def test_a_body_without_data_is_an_empty_object(place: Place) -> None:
    plan(place, match="twitter|facebook", kind="nodata", times=2)
    assert (ask_x(place), ask_graph(place)) == ({}, {})


def test_a_reset_is_a_tcp_rst(place: Place) -> None:
    plan(place, match=X, kind="reset")
    with pytest.raises(requests.ConnectionError, match="Connection reset by peer"):
        ask_x(place)
    assert ask_x(place)["data"]


def test_a_hang_says_nothing_until_the_client_gives_up(place: Place) -> None:
    plan(place, match="pbs.twimg.com", kind="hang")
    with pytest.raises(requests.ReadTimeout):
        place.session().get("https://pbs.twimg.com/media/any.jpg", timeout=0.2)
    assert ask_x(place)["data"]


def test_a_slow_answer_is_the_right_one(place: Place) -> None:
    plan(place, match=X, kind="slow", seconds=0.05)
    assert ask_x(place)["data"]


def test_a_429_of_x_tells_its_reset_or_not(place: Place) -> None:
    plan(place, match=X, kind="429")
    plan(place, match=X, kind="429-without-reset")
    with pytest.raises(tweepy.TooManyRequests) as told:
        ask_x(place)
    with pytest.raises(tweepy.TooManyRequests) as untold:
        ask_x(place)
    assert told.value.reset_time is not None
    assert untold.value.reset_time is None


def test_a_429_of_graph_is_the_pages_throttle(place: Place) -> None:
    plan(place, match=GRAPH, kind="429", times=2)
    with pytest.raises(facebook.GraphAPIError) as caught:
        ask_graph(place)
    assert caught.value.code == 32
    page = next(r for r in place.moment.world.registrations if r.platform == "facebook")
    answer = place.session().get(
        f"https://graph.facebook.com/v26.0/{page.platform_id}",
        params={"access_token": place.sandbox.credentials[page.credential]},
    )
    assert '"estimated_time_to_regain_access": 15' in answer.headers["X-Business-Use-Case-Usage"]


@pytest.mark.parametrize(("code", "subcode"), [(1, None), (4, None), (10, None), (17, None), (190, 460), (368, None)])
def test_any_graph_error_can_be_planned(place: Place, code: int, subcode: int | None) -> None:
    plan(place, match=GRAPH, kind="error", code=code, subcode=subcode)
    with pytest.raises(facebook.GraphAPIError) as caught:
        ask_graph(place)
    assert (caught.value.code, caught.value.result["error"].get("error_subcode")) == (code, subcode)


def test_an_error_of_x_has_the_status_of_its_code(place: Place) -> None:
    plan(place, match=X, kind="error", code=402)
    with pytest.raises(tweepy.HTTPException) as caught:
        ask_x(place)
    assert caught.value.response.status_code == 402


def test_planned_faults_are_listed_and_lifted(place: Place) -> None:
    plan(place, match=X, kind="500", times=None)
    listed = [{"match": X, "kind": "500", "times": None, "after": 0}]
    assert place.control("GET", "fault").json() == listed
    assert place.control("DELETE", "fault").json() == []
    assert ask_x(place)["data"]


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"match": "x", "kind": "earthquake"}, "use one of 500"),
        ({"kind": "500"}, "the field 'match' is missing"),
        ({"match": "x"}, "the field 'kind' is missing"),
        ({"match": "x", "kind": "500", "mood": 1}, "unknown field 'mood'"),
        ([], "must be a JSON object"),
    ],
)
def test_a_fault_that_cannot_be_planned_is_refused(place: Place, wish: Any, why: str) -> None:
    answer = place.control("POST", "fault", json=wish)
    assert answer.status_code == 400
    assert why in answer.json()["error"]
    assert place.control("GET", "fault").json() == []


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 15))
def test_a_fault_strikes_times_requests_after_the_first_ones(after: int, times: int, asked: int) -> None:
    faults = Faults([Fault("host/path", "500", times=times, after=after)])
    struck = [faults.due("host/path/1") is not None for _ in range(asked)]
    assert struck == ([False] * after + [True] * times + [False] * asked)[:asked]


def test_a_match_is_a_part_of_the_text_or_a_pattern() -> None:
    targets = ["api.x.com/2/tweets", "api.x.com/2/tweets/7", "api-x-com/2/tweets"]
    assert [Fault("api.x.com/2/tweets$", "500").covers(t) for t in targets] == [True, False, True]
    assert [Fault("tweets/", "500").covers(t) for t in targets] == [False, True, False]
    assert [Fault("tweets(", "500").covers(t) for t in [*targets, "tweets("]] == [False, False, False, True]


def test_the_first_planned_fault_strikes_first() -> None:
    faults = Faults()
    for kind in KINDS:
        faults.plan({"match": "host", "kind": kind})
    struck = [fault.kind for fault in iter(lambda: faults.due("host/"), None)]
    assert struck == list(KINDS)


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(UnknownFault, match="'flood'"):
        Fault("x", "flood")
