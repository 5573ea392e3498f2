"""Collecting from Facebook through the real facebook-sdk, against a real server that answers as a test wishes."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from connector_scene import NOW, PAGE, TOKEN, graph_error, records
from scripted_platform import Answer, Asked, ScriptedPlatform

from connectors import Scope
from connectors.base import Checked
from connectors.facebook.collect import following
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
from records.model import Check, Comment, Completeness, Gone, Platform, Post, Relationship, Tombstone

FULL = Completeness.FULL
POSTS = f"/v26.0/{PAGE}/posts"
GONE = Answer(graph_error(100, 33, "Unsupported get request"), 400)


def post(number: int, **more: Any) -> dict[str, Any]:
    return {"id": f"{PAGE}_{number}", "message": f"Post {number}", "created_time": "2026-10-18T09:00:00+0000", **more}


def comment(number: int, of: int = 1) -> dict[str, Any]:
    return {"id": f"{of}_{number}", "message": f"Comment {number}", "created_time": "2026-10-18T10:00:00+0000"}


def counted(number: int, comments: int | None, **more: Any) -> dict[str, Any]:
    summary = {} if comments is None else {"comments": {"data": [], "summary": {"total_count": comments}}}
    return {"id": f"{PAGE}_{number}", "created_time": "2026-10-18T09:00:00+0000", **summary, **more}


def next_link(after: str, path: str = POSTS, host: str = "graph.facebook.com") -> dict[str, str]:
    return {"next": f"https://{host}{path}?access_token={quote(TOKEN, safe='')}&limit=100&after={after}"}


def test_the_profile_is_asked_on_a_living_version_with_the_token_in_the_query_only(
    platform: ScriptedPlatform, facebook_desk: Any
) -> None:
    platform.reply(Answer({"id": PAGE, "name": "Westbrook"}))
    assert facebook_desk.check(Check.PROFILE) == Checked(FULL, 1, NOW, NOW)
    (asked,) = platform.asked
    assert (asked.host, asked.path, asked.query["access_token"]) == ("graph.facebook.com", f"/v26.0/{PAGE}", TOKEN)
    assert "access_token" not in facebook_desk.kept[0].url
    assert facebook_desk.kept[0].kind == "facebook.page"


def test_each_call_bears_the_proof_of_the_app_secret_where_there_is_one(
    platform: ScriptedPlatform, open_desk: Callable[..., Any]
) -> None:
    platform.reply(Answer({"id": PAGE, "name": "Westbrook"}))
    desk = open_desk(Platform.FACEBOOK, app_secret="app")
    desk.check(Check.PROFILE)
    assert platform.asked[0].query["appsecret_proof"] == hmac.new(b"app", TOKEN.encode(), hashlib.sha256).hexdigest()
    assert "appsecret_proof" not in desk.kept[0].url


def test_posts_are_paged_over_an_empty_page_and_the_token_is_hidden_in_what_is_kept(
    platform: ScriptedPlatform, facebook_desk: Any
) -> None:
    platform.reply(
        Answer({"data": [post(3), post(2)], "paging": next_link("b")}),
        Answer({"data": [], "paging": next_link("c", POSTS.replace("26", "27"))}),
        Answer({"data": [post(1)], "paging": {"cursors": {"after": "d"}}}),
    )
    since = NOW - timedelta(days=8)
    assert facebook_desk.check(Check.POSTS, Scope(NOW, since)) == Checked(FULL, 3, since, NOW)
    assert [asked.query.get("after") for asked in platform.asked] == [None, "b", "c"]
    assert {asked.query["since"] for asked in platform.asked} == {str(int(since.timestamp()))}
    assert {asked.query["access_token"] for asked in platform.asked} == {TOKEN}
    assert [p.record_id for p in records(facebook_desk.kept, Post)] == [f"facebook:post:{PAGE}_{n}" for n in (3, 2, 1)]
    assert json.loads(facebook_desk.kept[0].body)["paging"]["next"].count("access_token=***&") == 1
    assert [e.headers.get("x-hallpass-scrubbed") for e in facebook_desk.kept] == ["1", "1", None]


@pytest.mark.parametrize(
    "link",
    [
        f"https://evil.example{POSTS}?after=b",
        f"http://graph.facebook.com{POSTS}?after=b",
        f"https://graph.facebook.com.evil.example{POSTS}?after=b",
        f"https://me@graph.facebook.com{POSTS}?after=b",
        "https://graph.facebook.com/v26.0/999/posts?after=b",
        "https://graph.facebook.com/v26.0/me/accounts?after=b",
        "https://[broken",
        "next please",
    ],
)
def test_a_next_page_elsewhere_is_refused(platform: ScriptedPlatform, facebook_desk: Any, link: str) -> None:
    platform.reply(Answer({"data": [post(1)], "paging": {"next": link}}))
    with pytest.raises(UnexpectedAnswer, match="leads elsewhere"):
        facebook_desk.check(Check.POSTS)
    assert len(platform.asked) == 1


@pytest.mark.parametrize(
    "body", [{}, {"paging": {}}, {"paging": {"next": None}}, {"paging": []}, {"paging": {"next": 5}}]
)
def test_a_listing_ends_where_no_next_is_named(body: dict[str, Any]) -> None:
    assert following(body, "/1/posts") is None


def test_followers_are_a_count_and_following_is_the_pages_it_likes(
    platform: ScriptedPlatform, facebook_desk: Any
) -> None:
    platform.reply(Answer({"id": PAGE, "name": "Westbrook", "followers_count": 812, "fan_count": 7}))
    assert facebook_desk.check(Check.FOLLOWERS) == Checked(Completeness.COUNT_ONLY, 812, NOW, NOW)
    platform.reply(Answer({"data": [{"id": "8", "name": "Library"}]}))
    assert facebook_desk.check(Check.FOLLOWING) == Checked(Completeness.PARTIAL, 1, NOW, NOW)
    assert [r.counterpart_key for r in records(facebook_desk.kept, Relationship)] == ["facebook:8"]


def test_comments_are_asked_only_where_a_count_says_that_there_are_any(
    platform: ScriptedPlatform, facebook_desk: Any
) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path == POSTS:
            return Answer({"data": [counted(3, 0), counted(2, 1), counted(1, 2)], "paging": next_link("never")})
        number = int(asked.path.split("_")[1].split("/")[0])
        return Answer({"data": [comment(n, number) for n in range(1, 4 - number)]})

    platform.script = answer
    known = [f"facebook:post:{PAGE}_{n}" for n in (3, 2, 1)]
    assert facebook_desk.check(Check.COMMENTS, Scope(NOW, None, known)) == Checked(FULL, 3, None, NOW)
    assert [asked.path for asked in platform.asked] == [
        POSTS,
        f"/v26.0/{PAGE}_2/comments",
        f"/v26.0/{PAGE}_1/comments",
    ]
    assert {(a.query["filter"], a.query["order"]) for a in platform.asked[1:]} == {("stream", "chronological")}
    assert [c.post_id for c in records(facebook_desk.kept, Comment)] == [f"facebook:post:{PAGE}_{n}" for n in (2, 1, 1)]


def test_comments_come_for_known_and_new_posts_but_not_for_every_old_one(
    platform: ScriptedPlatform, facebook_desk: Any
) -> None:
    old = {"created_time": "2025-01-01T00:00:00+0000"}

    def answer(asked: Asked) -> Answer:
        if asked.path != POSTS:
            return GONE if "_9/" in asked.path else Answer({"data": [comment(1)]})
        if "after" in asked.query:
            return Answer({"data": [counted(2, 1, **old), counted(1, 1, **old)]})
        return Answer({"data": [counted(4, None), counted(3, 5, **old)], "paging": next_link("b")})

    platform.script = answer
    known = [f"facebook:post:{PAGE}_{n}" for n in (2, 9)]
    checked = facebook_desk.check(Check.COMMENTS, Scope(NOW, NOW - timedelta(days=7), known))
    assert checked == Checked(FULL, 2, NOW - timedelta(days=7), NOW)
    asked = [asked.path.split("/")[2] for asked in platform.asked]
    assert asked == [PAGE, PAGE, f"{PAGE}_2", f"{PAGE}_9", f"{PAGE}_4"]


def test_what_a_listing_lacks_is_asked_twice_by_itself(platform: ScriptedPlatform, facebook_desk: Any) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path == POSTS:
            return Answer({"data": [post(1)]})
        if asked.path == f"/v26.0/{PAGE}_1/comments":
            return Answer({"data": [comment(1)]})
        return Answer(post(3)) if asked.path.endswith("_3") else GONE

    platform.script = answer
    known = [f"facebook:post:{PAGE}_{n}" for n in (1, 2, 3)] + ["facebook:comment:1_1", "facebook:comment:1_2"]
    assert facebook_desk.check(Check.RECHECK, Scope(NOW, None, known)) == Checked(FULL, 3, NOW, NOW)
    assert [asked.path for asked in platform.asked] == [
        POSTS,
        *[f"/v26.0/{PAGE}_2"] * 2,
        f"/v26.0/{PAGE}_3",
        f"/v26.0/{PAGE}_1/comments",
        *["/v26.0/1_2"] * 2,
    ]
    tombstones = [(e.kind, r.record_id, r.gone) for e in facebook_desk.kept for r in records([e], Tombstone)]
    assert tombstones == [
        ("facebook.post", f"facebook:post:{PAGE}_2", Gone.DELETED),
        ("facebook.post", f"facebook:post:{PAGE}_2", Gone.DELETED),
        ("facebook.comment", "facebook:comment:1_2", Gone.DELETED),
        ("facebook.comment", "facebook:comment:1_2", Gone.DELETED),
    ]


def test_a_token_that_dies_during_a_re_check_deletes_nothing(platform: ScriptedPlatform, facebook_desk: Any) -> None:
    platform.reply(Answer({"data": []}), Answer(graph_error(190, 463), 400))
    with pytest.raises(TokenDead):
        facebook_desk.check(Check.RECHECK, Scope(NOW, None, [f"facebook:post:{PAGE}_2"]))
    assert records(facebook_desk.kept, Tombstone) == []


def test_a_page_that_cannot_be_seen_deletes_none_of_its_posts(platform: ScriptedPlatform, facebook_desk: Any) -> None:
    platform.reply(GONE)
    with pytest.raises(Unavailable):
        facebook_desk.check(Check.RECHECK, Scope(NOW, None, [f"facebook:post:{PAGE}_2", "facebook:comment:2_1"]))
    assert records(facebook_desk.kept, Tombstone) == []
    assert len(platform.asked) == 1


def test_comments_of_a_post_that_is_gone_are_asked_for_one_by_one(
    platform: ScriptedPlatform, facebook_desk: Any
) -> None:
    platform.script = lambda asked: Answer({"data": []}) if asked.path == POSTS else GONE
    checked = facebook_desk.check(Check.RECHECK, Scope(NOW, None, ["facebook:comment:1_1"]))
    assert checked == Checked(FULL, 0, NOW, NOW)
    assert [r.record_id for r in records(facebook_desk.kept, Tombstone)] == ["facebook:comment:1_1"] * 2


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        *[(Answer(graph_error(code), 500), Transient, "asked again") for code in (1, 2)],
        *[(Answer(graph_error(code), 400), Throttled, "goes on") for code in (4, 17, 32, 341, 613, 80001)],
        (Answer(graph_error(368), 400), Throttled, "IT looks at the app's alerts"),
        *[(Answer(graph_error(190, sub), 400), TokenDead, "authorises the Page again") for sub in (None, 458, 467)],
        (Answer(graph_error(190, 2069032), 400), TokenDead, "with a Page token"),
        (Answer(graph_error(100, 2069032), 400), TokenDead, "with a Page token"),
        *[(Answer(graph_error(code), 403), NotPermitted, "the permission") for code in (10, 200, 299)],
        *[(Answer(graph_error(100, sub), 400), NotPermitted, "the permission") for sub in (2069030, 2069031)],
        (Answer(graph_error(100, 33), 400), Unavailable, "Check in Facebook"),
        (Answer(graph_error(803), 404), Unavailable, "Check in Facebook"),
        (Answer(graph_error(100), 400), Terminal, "report it"),
        (Answer(graph_error(2500), 400), Terminal, "report it"),
        (Answer(graph_error(9999), 503), Transient, "asked again"),
        (Answer({"error": {"code": 5, "is_transient": True}}, 400), Transient, "asked again"),
        (Answer({"error": "odd"}, 400), Terminal, "report it"),
        (Answer(graph_error(190, 463), 200), TokenDead, "authorises"),
        (Answer(b"<html>502</html>", 502, content_type="text/html"), Transient, "Facebook answered 502"),
        (Answer(b"<html>hello</html>", content_type="text/html"), UnexpectedAnswer, "not a JSON object"),
        (Answer(b"", content_type=None), UnexpectedAnswer, "is empty"),
        (Answer({"data": []}, content_type=None), UnexpectedAnswer, "the client cannot read it, KeyError"),
        (Answer({"data": []}, content_type="text/plain"), UnexpectedAnswer, "the client cannot read it, GraphAPIError"),
        (Answer({}), UnexpectedAnswer, "it has no data"),
        (Answer([]), UnexpectedAnswer, "not a JSON object"),
        (Answer({"a": 1}, 404), UnexpectedAnswer, "404 without an error"),
    ],
)
def test_each_refusal_has_its_type_says_what_to_do_and_is_kept(
    platform: ScriptedPlatform, facebook_desk: Any, answer: Answer, error: type[PlatformError], message: str
) -> None:
    platform.reply(answer)
    with pytest.raises(error) as caught:
        facebook_desk.check(Check.POSTS)
    assert type(caught.value) is error
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    tries = 3 if issubclass(error, Transient) else 1
    assert [envelope.body for envelope in facebook_desk.kept] == [answer.content] * tries


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"X-Business-Use-Case-Usage": '{"1": [{"call_count": 101, "estimated_time_to_regain_access": 42}]}'}, 42),
        ({"X-App-Usage": '{"call_count": 100, "total_time": 3}'}, 60),
        ({"X-App-Usage": "not json"}, 15),
        ({}, 15),
    ],
)
def test_a_limit_waits_as_long_as_the_usage_header_says(
    platform: ScriptedPlatform, facebook_desk: Any, headers: dict[str, str], wait: int
) -> None:
    platform.reply(Answer(graph_error(32), 400, headers))
    with pytest.raises(Throttled) as caught:
        facebook_desk.check(Check.POSTS)
    assert caught.value.resume_at == NOW + timedelta(minutes=wait)


def test_a_good_answer_that_says_the_limit_is_reached_holds_the_next_call_back(
    platform: ScriptedPlatform, facebook_desk: Any
) -> None:
    usage = {"1": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 5}]}
    platform.reply(Answer({"id": PAGE, "name": "W"}, 200, {"X-Business-Use-Case-Usage": json.dumps(usage)}))
    facebook_desk.check(Check.PROFILE)
    with pytest.raises(Throttled) as caught:
        facebook_desk.check(Check.POSTS)
    assert caught.value.resume_at == NOW + timedelta(minutes=5)
    assert len(platform.asked) == 1


def test_no_token_is_in_a_log_an_error_or_what_is_kept(
    platform: ScriptedPlatform, facebook_desk: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    errors = []
    for answer in (
        Answer({"data": [post(1, message=f"my token is {TOKEN}")], "paging": next_link("b")}),
        Answer(graph_error(190, message=f"Bad token {TOKEN}"), 400),
        Answer(reset=True),
    ):
        platform.reply(answer)
        with pytest.raises(PlatformError) as caught:
            facebook_desk.check(Check.POSTS)
        errors += [caught.value, caught.value.__cause__, caught.value.__context__]
    everything = caplog.text + "".join(f"{e!r} {e}" for e in errors) + repr(facebook_desk.kept)
    everything += repr(vars(facebook_desk.connector))
    assert "***" in everything
    assert not any(part in everything for part in ("AAAA-secret", "token/of", "token%2Fof"))


def test_facebook_says_beforehand_what_it_never_shows(facebook_desk: Any) -> None:
    assert facebook_desk.connector.capabilities() == {
        Check.PROFILE: FULL,
        Check.POSTS: FULL,
        Check.COMMENTS: FULL,
        Check.RECHECK: FULL,
        Check.FOLLOWERS: Completeness.COUNT_ONLY,
        Check.FOLLOWING: Completeness.PARTIAL,
    }
