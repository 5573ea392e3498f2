"""Collecting from X through the real tweepy, against a real server that answers as a test wishes."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from connector_scene import NOW, USER, records, x_miss, x_post, x_user
from scripted_platform import Answer, Asked, ScriptedPlatform

from connectors import Budget, Scope
from connectors.base import Checked
from connectors.calls import Pages
from connectors.x.collect import posted_at
from records.errors import (
    NotPermitted,
    PlatformError,
    Terminal,
    Throttled,
    TokenDead,
    Transient,
    Unavailable,
    UnexpectedAnswer,
)
from records.minimise import minimised_key
from records.model import Check, Comment, Completeness, Gone, Platform, Post, Relationship, Tombstone

FULL, PARTIAL = Completeness.FULL, Completeness.PARTIAL
ONE_PAGE: dict[str, Any] = {"data": [x_post("1979000000000000001")], "meta": {"result_count": 1}}
EMPTY: dict[str, Any] = {"meta": {"result_count": 0}}


def snowflake(at: datetime) -> str:
    return str(int((at - datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=UTC)).total_seconds() * 1000) << 22)


def test_the_profile_is_asked_by_its_id(platform: ScriptedPlatform, x_desk: Any) -> None:
    platform.reply(Answer({"data": x_user()}))
    assert x_desk.check(Check.PROFILE) == Checked(FULL, 1, NOW, NOW)
    assert [(asked.host, asked.path) for asked in platform.asked] == [("api.twitter.com", f"/2/users/{USER}")]
    (envelope,) = x_desk.kept
    assert (envelope.kind, envelope.account_id, envelope.subject) == ("x.users", "account-x", f"x:profile:{USER}")
    assert envelope.url.startswith(f"https://api.twitter.com/2/users/{USER}?user.fields=")


def test_the_profile_is_asked_by_its_handle_where_its_id_is_not_known_yet(
    platform: ScriptedPlatform, x_desk: Any
) -> None:
    platform.reply(Answer({"data": x_user()}))
    x_desk.account = replace(x_desk.account, platform_id="", handle="westbrook_high")
    x_desk.check(Check.PROFILE)
    assert [asked.path for asked in platform.asked] == ["/2/users/by/username/westbrook_high"]


def test_posts_are_paged_by_the_next_token_also_over_an_empty_page(platform: ScriptedPlatform, x_desk: Any) -> None:
    platform.reply(
        Answer({"data": [x_post("3"), x_post("2")], "meta": {"result_count": 2, "next_token": "b"}}),
        Answer({"meta": {"result_count": 0, "next_token": "c"}}),
        Answer({"data": [x_post("1")], "meta": {"result_count": 1}}),
    )
    since = NOW - timedelta(days=8)
    assert x_desk.check(Check.POSTS, Scope(NOW, since)) == Checked(FULL, 3, since, NOW)
    assert [asked.query.get("pagination_token") for asked in platform.asked] == [None, "b", "c"]
    assert {asked.query["start_time"] for asked in platform.asked} == {"2026-10-11T11:00:00Z"}
    assert {asked.query["max_results"] for asked in platform.asked} == {"100"}
    assert [post.record_id for post in records(x_desk.kept, Post)] == ["x:post:2", "x:post:3", "x:post:1"]


def test_a_listing_that_comes_back_to_itself_is_stopped(platform: ScriptedPlatform, x_desk: Any) -> None:
    platform.reply(Answer({"data": [x_post("1")], "meta": {"next_token": "round"}}))
    with pytest.raises(UnexpectedAnswer, match="came back to a page"):
        x_desk.check(Check.POSTS)
    assert len(platform.asked) == 2


def test_a_timeline_that_reaches_its_end_at_3200_posts_is_partial(platform: ScriptedPlatform, x_desk: Any) -> None:
    def page(asked: Asked) -> Answer:
        number = int(asked.query.get("pagination_token", "0"))
        posts = [x_post(f"{number}{n:02}1") for n in range(100)]
        return Answer({"data": posts, "meta": {"next_token": str(number + 1)} if number < 31 else {}})

    platform.script = page
    assert x_desk.check(Check.POSTS) == Checked(PARTIAL, 3200, None, NOW)


def test_a_listing_without_an_end_is_cut_off_and_says_so() -> None:
    pages = Pages(lambda position: {"number": (position or 0) + 1}, lambda body: body["number"], max_pages=3)
    assert [body["number"] for body in pages] == [1, 2, 3]
    assert not pages.complete


def test_comments_on_the_first_capture_are_searched_in_the_whole_archive_from_the_first_post(
    platform: ScriptedPlatform, x_desk: Any
) -> None:
    roots = [snowflake(NOW - timedelta(days=days)) for days in (30, 3)]
    comment = x_post("1979000000000000009", author="5", conversation_id=roots[0])
    platform.reply(Answer({"data": [comment], "meta": {"result_count": 1}}))
    known = [f"x:post:{root}" for root in roots]
    assert x_desk.check(Check.COMMENTS, Scope(NOW, None, known)) == Checked(FULL, 1, None, NOW)
    (asked,) = platform.asked
    assert asked.path == "/2/tweets/search/all"
    assert asked.query["query"] == f"conversation_id:{roots[0]} OR conversation_id:{roots[1]}"
    assert asked.query["start_time"] == "2026-09-19T11:00:00Z"
    assert [comment.post_id for comment in records(x_desk.kept, Comment)] == [f"x:post:{roots[0]}"]


def test_a_search_query_never_grows_beyond_what_x_accepts(platform: ScriptedPlatform, x_desk: Any) -> None:
    platform.reply(Answer(EMPTY))
    known = [f"x:post:{1979000000000000000 + n}" for n in range(40)]
    x_desk.check(Check.COMMENTS, Scope(NOW, NOW - timedelta(days=1), known))
    queries = [asked.query["query"] for asked in platform.asked]
    assert max(map(len, queries)) <= 512
    assert sorted(term.removeprefix("conversation_id:") for q in queries for term in q.split(" OR ")) == [
        record_id.removeprefix("x:post:") for record_id in known
    ]


@pytest.mark.parametrize(
    ("since_days", "post_days", "search"),
    [(2, 40, "recent"), (9, 3, "recent"), (9, 40, "all")],
)
def test_comments_come_from_recent_search_where_it_reaches_and_from_the_archive_where_it_does_not(
    platform: ScriptedPlatform, x_desk: Any, since_days: int, post_days: int, search: str
) -> None:
    platform.reply(Answer(EMPTY))
    known = [f"x:post:{snowflake(NOW - timedelta(days=post_days))}"]
    since = NOW - timedelta(days=since_days)
    assert x_desk.check(Check.COMMENTS, Scope(NOW, since, known)) == Checked(FULL, 0, since, NOW)
    assert platform.asked[0].path == f"/2/tweets/search/{search}"


def test_no_known_posts_cost_no_search(platform: ScriptedPlatform, x_desk: Any) -> None:
    assert x_desk.check(Check.COMMENTS) == Checked(FULL, 0, None, NOW)
    assert x_desk.check(Check.COMMENTS, Scope(NOW, None, ["x:post:not-a-number", "x:post:1" + "0" * 40])).seen == 0
    assert platform.asked == []


def test_inbound_followers_are_minimised_before_they_are_kept(
    platform: ScriptedPlatform, open_desk: Callable[..., Any]
) -> None:
    desk = open_desk(Platform.X, minimise_key=b"k" * 32)
    platform.reply(
        Answer(
            {"data": [x_user("7", "Ann_O")], "includes": {"users": [x_user("8", "bo")]}, "meta": {"next_token": "n"}}
        ),
        Answer({"data": [x_user("9", "Cy")], "meta": {}}),
    )
    assert desk.check(Check.FOLLOWERS) == Checked(FULL, 2, NOW, NOW)
    first = json.loads(desk.kept[0].body)
    assert first == {
        "data": [
            {
                "id_hmac": minimised_key(b"k" * 32, "x", "id", "7"),
                "handle_hmac": minimised_key(b"k" * 32, "x", "handle", "ann_o"),
            }
        ],
        "meta": {"next_token": "n"},
    }
    assert [envelope.minimised for envelope in desk.kept] == [True, True]
    assert not any(name in envelope.body for envelope in desk.kept for name in (b"nn_", b"westbrook", b"Cy"))
    assert len(records(desk.kept, Relationship)) == 2


def test_what_a_registered_account_follows_is_kept_as_it_is(
    platform: ScriptedPlatform, open_desk: Callable[..., Any]
) -> None:
    desk = open_desk(Platform.X, minimise_key=b"k" * 32)
    platform.reply(Answer({"data": [x_user("7", "Ann_O")], "meta": {}}))
    desk.check(Check.FOLLOWING)
    assert [r.counterpart_key for r in records(desk.kept, Relationship)] == ["x:7"]
    assert platform.asked[0].query["max_results"] == "1000"


def test_a_page_of_followers_that_cannot_be_read_is_kept_without_its_bytes(
    platform: ScriptedPlatform, open_desk: Callable[..., Any]
) -> None:
    desk = open_desk(Platform.X, minimise_key=b"k" * 32)
    platform.reply(Answer(b'[{"username": "ann_o"}]'))
    with pytest.raises(UnexpectedAnswer):
        desk.check(Check.FOLLOWERS)
    assert [(envelope.body, envelope.minimised) for envelope in desk.kept] == [(b"", True)] * 3


def test_a_miss_is_asked_a_second_time_and_both_answers_stand(platform: ScriptedPlatform, x_desk: Any) -> None:
    platform.reply(
        Answer({"data": [x_post("1")], "errors": [x_miss("2")]}),
        Answer({"errors": [x_miss("2")]}),
        Answer({"errors": [x_miss("3", "not-authorized-for-resource")]}),
        Answer({"data": [x_post("3", author="5", conversation_id="1")]}),
    )
    checked = x_desk.check(Check.RECHECK, Scope(NOW, None, ["x:post:1", "x:post:2", "x:comment:3"]))
    assert checked == Checked(FULL, 2, NOW, NOW)
    assert [asked.query["ids"] for asked in platform.asked] == ["1,2", "2", "3", "3"]
    shown = [(e.kind, [(r.record_id, r.gone) for r in records([e], Tombstone)]) for e in x_desk.kept]
    assert shown == [
        ("x.tweets", [("x:post:2", Gone.DELETED)]),
        ("x.tweets", [("x:post:2", Gone.DELETED)]),
        ("x.replies", [("x:comment:3", Gone.PRIVATE)]),
        ("x.replies", []),
    ]


def test_look_ups_go_by_the_hundred_and_silence_about_one_makes_them_partial(
    platform: ScriptedPlatform, x_desk: Any
) -> None:
    def all_but_150(asked: Asked) -> Answer:
        return Answer({"data": [x_post(i) for i in asked.query["ids"].split(",") if i != "150"]})

    platform.script = all_but_150
    known = [f"x:post:{n}" for n in range(1, 251)]
    assert x_desk.check(Check.RECHECK, Scope(NOW, None, known)) == Checked(PARTIAL, 249, NOW, NOW)
    assert [len(asked.query["ids"].split(",")) for asked in platform.asked] == [100, 100, 50]


@pytest.mark.parametrize(
    ("problem", "gone"),
    [
        (x_miss(USER, resource_type="user", detail=f"User has been suspended: [{USER}]."), Gone.SUSPENDED),
        (x_miss(USER, "not-authorized-for-resource", resource_type="user"), Gone.PRIVATE),
        (x_miss(USER, resource_type="user"), Gone.DELETED),
    ],
)
@pytest.mark.parametrize("check", [Check.PROFILE, Check.POSTS, Check.FOLLOWERS, Check.FOLLOWING])
def test_an_account_that_x_does_not_show_is_unavailable_and_says_how(
    platform: ScriptedPlatform, x_desk: Any, check: Check, problem: dict[str, Any], gone: Gone
) -> None:
    platform.reply(Answer({"errors": [problem]}))
    with pytest.raises(Unavailable) as caught:
        x_desk.check(check)
    assert caught.value.gone is gone
    assert caught.value.todo
    assert len(x_desk.kept) == len(platform.asked) == 1


def problem(kind: str, **more: Any) -> dict[str, Any]:
    return {"title": "No", "detail": "Because", "type": f"https://api.twitter.com/2/problems/{kind}", **more}


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (Answer(problem("about:blank"), 401), TokenDead, "IT puts a valid bearer token"),
        (Answer(problem("credits"), 402), Throttled, "IT buys credits at console.x.com"),
        (Answer(problem("client-forbidden"), 403), NotPermitted, "IT gives the developer app access"),
        (Answer(problem("usage-capped", period="Monthly"), 403), Throttled, "usage cap is reached"),
        (Answer({"errors": [{"message": "bad start_time"}], **problem("invalid-request")}, 400), Terminal, "hallpass"),
        (Answer({"errors": [{"message": "Unknown"}]}, 404), Unavailable, "Check the account's id"),
        (Answer(b"<html>502</html>", 502, content_type="text/html"), Transient, "asked again"),
        (Answer(problem("x"), 503), Transient, "asked again"),
        (Answer(b"<html>hello</html>", content_type="text/html"), UnexpectedAnswer, "not a JSON object"),
        (Answer(b""), UnexpectedAnswer, "is empty"),
        (Answer({}), UnexpectedAnswer, "has no data"),
        (Answer([1, 2]), UnexpectedAnswer, "not a JSON object"),
        (Answer([1, 2], 400), Terminal, "report it"),
        (Answer({"errors": "none"}, 400), Terminal, "report it"),
        (Answer({}, 302, {"Location": "https://evil.example/"}), UnexpectedAnswer, "evil.example"),
        (Answer({}, 418), Terminal, "report it"),
    ],
)
def test_each_refusal_has_its_type_says_what_to_do_and_is_kept(
    platform: ScriptedPlatform, x_desk: Any, answer: Answer, error: type[PlatformError], message: str
) -> None:
    platform.reply(answer)
    with pytest.raises(error) as caught:
        x_desk.check(Check.POSTS)
    assert type(caught.value) is error
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    tries = 3 if issubclass(error, Transient) else 1
    assert [envelope.body for envelope in x_desk.kept] == [answer.content] * tries
    assert len(platform.asked) == tries


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"x-rate-limit-reset": "1792407900", "Date": "Mon, 19 Oct 2026 11:00:00 GMT"}, timedelta(minutes=5)),
        ({"x-rate-limit-reset": "4000000300", "Date": "Tue, 02 Oct 2096 07:06:40 GMT"}, timedelta(minutes=5)),
        ({"x-rate-limit-reset": "1"}, timedelta(minutes=15)),
        ({"x-rate-limit-reset": "soon"}, timedelta(minutes=15)),
        ({}, timedelta(minutes=15)),
    ],
)
def test_a_429_is_asked_once_and_waits_until_x_says_also_when_it_says_nothing(
    platform: ScriptedPlatform, x_desk: Any, headers: dict[str, str], wait: timedelta
) -> None:
    platform.reply(Answer(problem("about:blank"), 429, headers))
    with pytest.raises(Throttled) as caught:
        x_desk.check(Check.POSTS)
    assert caught.value.resume_at == NOW + wait
    assert len(platform.asked) == 1


def test_the_window_of_the_headers_is_kept_and_nothing_is_asked_while_it_is_used_up(
    platform: ScriptedPlatform, x_desk: Any
) -> None:
    headers = {
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": "1792407900",
        "Date": "Mon, 19 Oct 2026 11:00:00 GMT",
    }
    platform.reply(Answer(ONE_PAGE, 200, headers))
    x_desk.check(Check.POSTS)
    with pytest.raises(Throttled) as caught:
        x_desk.check(Check.POSTS)
    assert caught.value.resume_at == NOW + timedelta(minutes=5)
    assert len(platform.asked) == 1


def test_only_what_was_read_is_paid(platform: ScriptedPlatform, x_desk: Any, budget: Budget) -> None:
    platform.reply(Answer({}, 503), Answer(ONE_PAGE))
    x_desk.check(Check.POSTS)
    assert budget.spent_usd() == 0.005
    platform.reply(Answer(reset=True))
    with pytest.raises(Transient):
        x_desk.check(Check.FOLLOWERS)
    assert budget.spent_usd() == 0.005


def test_a_fault_that_passes_is_outlasted(platform: ScriptedPlatform, x_desk: Any) -> None:
    platform.reply(Answer(reset=True), Answer({}, 500), Answer(ONE_PAGE))
    assert x_desk.check(Check.POSTS).seen == 1
    assert [envelope.status for envelope in x_desk.kept] == [500, 200]


def test_tweepy_knows_every_argument_and_logs_no_token(
    platform: ScriptedPlatform, x_desk: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    platform.reply(Answer({"data": [], "meta": {}}))
    for check in x_desk.connector.capabilities():
        x_desk.check(check, Scope(NOW, None, ["x:post:1979000000000000001"]))
    assert "Unexpected parameter" not in caplog.text
    assert "AAAA-secret" not in caplog.text + repr(x_desk.kept) + repr(vars(x_desk.connector))


def test_x_shows_everything_and_an_id_tells_when_it_was_posted(x_desk: Any) -> None:
    assert x_desk.connector.platform is Platform.X
    assert set(x_desk.connector.capabilities().values()) == {FULL}
    assert abs(posted_at("1293593516040269825") - datetime(2020, 8, 12, 17, 1, tzinfo=UTC)) < timedelta(minutes=1)
