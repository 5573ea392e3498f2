"""The sandbox's own side door."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from sandbox_place import Place

from sandbox.clock import EPOCH, FIRST_DEMO, WEEK
from sandbox.state import APP, Sandbox, credentials
from sandbox.truth import truth
from sandbox.world import World


def test_the_clock_is_told_and_moved(place: Place) -> None:
    assert place.control("GET", "clock").json() == {"now": "2026-10-19T11:00:00Z"}
    later = {"now": "2026-10-26T11:00:00Z"}
    assert place.control("PUT", "clock", json=later).json() == later
    assert place.sandbox.now == FIRST_DEMO + WEEK


UNREADABLE = (b"", b"[]", b"{}", b'{"now": "soon"}', b'{"now": "2026-10-19T11:00:00"}', b'{"now": 1}')


@pytest.mark.parametrize("body", UNREADABLE)
def test_a_clock_that_cannot_be_read_is_refused_and_stays(place: Place, body: bytes) -> None:
    assert place.control("PUT", "clock", data=body).status_code == 400
    assert place.sandbox.now == FIRST_DEMO


def test_posts_of_a_coming_week_appear_when_the_clock_reaches_it(place: Place) -> None:
    account = next(r for r in place.moment.world.registrations if r.platform == "x")
    before = place.tweepy().get_users_tweets(account.platform_id, max_results=100).data
    place.control("PUT", "clock", json={"now": (FIRST_DEMO + 2 * WEEK).isoformat()})
    after = place.tweepy().get_users_tweets(account.platform_id, max_results=100).data
    assert {p.id for p in after} - {p.id for p in before}
    place.control("PUT", "clock", json={"now": FIRST_DEMO.isoformat()})
    again = place.tweepy().get_users_tweets(account.platform_id, max_results=100).data
    assert [p.id for p in again] == [p.id for p in before]


def test_a_bio_that_was_written_is_shown_also_in_a_world_that_has_grown(place: Place) -> None:
    account = next(r for r in place.moment.world.registrations if r.platform == "x")
    actor = place.moment.actor("x", account.platform_id)
    assert actor is not None
    wish = {"account": f"x:{account.handle.upper()}", "text": "hallpass-ABCD2345"}
    assert place.control("POST", "bio", json=wish).json() == wish
    for now in (FIRST_DEMO, FIRST_DEMO + 9 * WEEK):
        place.control("PUT", "clock", json={"now": now.isoformat()})
        shown = place.tweepy().get_user(id=account.platform_id, user_fields=["description"]).data
        assert (shown.description, shown.name) == ("hallpass-ABCD2345", actor.name)
    place.control("POST", "bio", json={"account": f"x:{account.platform_id}", "text": actor.bio})


@pytest.mark.parametrize("body", [b"", b"[]", b'{"account": "x:1"}', b'{"account": "x:no_such_user", "text": "a"}'])
def test_a_bio_of_nobody_is_refused(place: Place, body: bytes) -> None:
    answer = place.control("POST", "bio", data=body)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


def test_credentials_are_the_same_for_the_same_seed_whatever_the_weeks() -> None:
    two, three = (credentials(World.make(seed=5, weeks=weeks)) for weeks in (2, 3))
    assert two == three
    assert len(set(two.values())) == len(two)
    assert credentials(World.make(seed=6, weeks=2)).keys() ^ two.keys() or credentials(World.make(6, 2)) != two


def test_each_connection_of_the_register_has_a_secret(place: Place) -> None:
    told = place.control("GET", "credentials").json()
    named = {registration.credential for registration in place.moment.world.registrations}
    assert set(told) == named | {APP, "hallpass_minimise"}
    assert len(bytes.fromhex(told["hallpass_minimise"])) == 32


def test_the_log_tells_each_request_without_secrets(place: Place) -> None:
    page = next(r for r in place.moment.world.registrations if r.platform == "facebook")
    token = place.sandbox.credentials[page.credential]
    url = f"https://graph.facebook.com/v26.0/{page.platform_id}/posts"
    place.session().get(url, params={"access_token": token, "appsecret_proof": "proof", "limit": 3})
    place.x("/2/tweets", ids="1")
    log = place.control("GET", "log")
    assert token not in log.text
    assert "proof" not in log.text
    assert place.sandbox.credentials["hallpass_x"] not in log.text
    graph, x = log.json()
    assert (graph["method"], graph["host"], graph["path"]) == ("GET", "graph.facebook.com", url.partition(".com")[2])
    assert (graph["query"], graph["status"]) == ("limit=3", 200)
    assert x == {
        "method": "GET",
        "host": "api.twitter.com",
        "path": "/2/tweets",
        "query": "ids=1",
        "endpoint": "GET api.twitter.com/2/tweets",
        "status": 200,
        "records": 0,
    }


def test_calls_are_counted_by_endpoint_and_records_in_the_log(place: Place) -> None:
    first, second, *_ = (r for r in place.moment.world.registrations if r.platform == "x")
    for registration in (first, first, second):
        place.x(f"/2/users/{registration.platform_id}/tweets", max_results=5)
    place.x(f"/2/users/by/username/{first.handle}")
    assert place.control("GET", "calls").json() == {
        "GET api.twitter.com/2/users/:id/tweets": 3,
        "GET api.twitter.com/2/users/by/username/:username": 1,
    }
    assert [entry["records"] for entry in place.control("GET", "log").json()] == [5, 5, 5, 1]
    assert place.control("DELETE", "log").json() == []
    assert place.control("GET", "calls").json() == {}


def test_rate_windows_can_be_opened_anew(place: Place) -> None:
    def remaining() -> str:
        return place.x("/2/tweets", ids="1").headers["x-rate-limit-remaining"]

    assert [remaining(), remaining()] == ["3499", "3498"]
    place.control("DELETE", "limits")
    assert remaining() == "3499"


def test_truth_is_told_for_the_captures_asked_for(place: Place) -> None:
    captures = (EPOCH + WEEK, EPOCH + 2 * WEEK)
    told: dict[str, Any] = place.control("GET", f"truth?captures={','.join(at.isoformat() for at in captures)}").json()
    expected = truth(place.sandbox.world, captures)
    assert sorted(told) == sorted(field.name for field in fields(expected))
    assert [len(value) for value in told.values()] == [len(getattr(expected, name)) for name in told]
    assert place.control("GET", "truth?captures=soon").status_code == 400


def test_the_side_door_is_not_to_be_found_on_a_platforms_host(place: Place) -> None:
    assert place.session().get("https://graph.facebook.com/control/credentials").status_code == 400
    assert place.x("/control/credentials").status_code == 404
    assert place.session().get("https://pbs.twimg.com/control/credentials").status_code == 404
    assert place.session().get("https://example.org/control/credentials").status_code == 404


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(ValueError, match="use one of tweet, post"):
        Sandbox(FIRST_DEMO, "toot")
