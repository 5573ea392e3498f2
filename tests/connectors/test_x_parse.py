"""X's answers as records, in both dialects."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from connector_scene import NOW, USER, x_miss, x_post, x_user

from connectors import parse
from records.errors import UnexpectedAnswer
from records.model import (
    Comment,
    Direction,
    Envelope,
    Gone,
    MediaItem,
    Platform,
    Post,
    ProfileSnapshot,
    Record,
    Relationship,
    Tombstone,
)

OTHER = "1700000000000000002"
ROOT = "1970000000000000001"
NEW_NAMES = {
    "tweets": "posts",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
}


def envelope(body: Any, kind: str = "x.users_tweets", **more: Any) -> Envelope:
    url = more.pop("url", f"https://api.twitter.com/2/users/{USER}/tweets?max_results=100")
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Envelope(kind, content, NOW, "account-x", url=url, subject=f"x:profile:{USER}", **more)


def read(body: Any, kind: str = "x.users_tweets", **more: Any) -> list[Record]:
    return list(parse(envelope(body, kind, **more)))


def renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {NEW_NAMES.get(key, key): renamed(inner) for key, inner in value.items()}
    return [renamed(inner) for inner in value] if isinstance(value, list) else value


def test_a_post_with_everything_becomes_a_post_its_media_and_its_author() -> None:
    body = {
        "data": [
            x_post(
                ROOT,
                "Short…",
                note_tweet={"text": "Short, and then the whole of it"},
                attachments={"media_keys": ["3_1", "7_2"]},
                public_metrics={"like_count": 4},
            )
        ],
        "includes": {
            "users": [
                x_user(
                    description="We teach",
                    url="https://t.co/a",
                    entities={"url": {"urls": [{"expanded_url": "https://westbrook.example"}]}},
                    public_metrics={"followers_count": 10, "following_count": 3},
                )
            ],
            "media": [
                {
                    "media_key": "3_1",
                    "type": "photo",
                    "url": "https://pbs.twimg.com/media/a.jpg",
                    "alt_text": "A gym",
                    "width": 800,
                    "height": 600,
                },
                {"media_key": "7_2", "type": "video", "preview_image_url": "https://pbs.twimg.com/b.jpg"},
            ],
        },
        "meta": {"result_count": 1},
    }
    assert read(body) == [
        ProfileSnapshot(
            f"x:profile:{USER}",
            Platform.X,
            "account-x",
            "westbrook_high",
            "Westbrook_High",
            "We teach",
            "https://westbrook.example",
            10,
            3,
        ),
        MediaItem(
            "x:media:3_1", Platform.X, "account-x", "photo", "https://pbs.twimg.com/media/a.jpg", "A gym", 800, 600
        ),
        MediaItem("x:media:7_2", Platform.X, "account-x", "video", "https://pbs.twimg.com/b.jpg"),
        Post(
            record_id=f"x:post:{ROOT}",
            version_id=ROOT,
            platform=Platform.X,
            account_id="account-x",
            author_id=USER,
            kind="post",
            text="Short, and then the whole of it",
            created_at=datetime(2026, 10, 18, 9, tzinfo=UTC),
            conversation_id=ROOT,
            permalink=f"https://x.com/i/web/status/{ROOT}",
            media_ids=("x:media:3_1", "x:media:7_2"),
        ),
    ]


@pytest.mark.parametrize(
    ("references", "kind", "in_reply_to"),
    [
        ([], "post", None),
        ([("replied_to", "5")], "reply", "x:post:5"),
        ([("quoted", "5")], "quote", None),
        ([("retweeted", "5")], "repost", None),
        ([("quoted", "5"), ("replied_to", "6")], "reply", "x:post:6"),
        ([("something new", "5")], "post", None),
    ],
)
def test_the_kind_of_a_post_follows_from_what_it_refers_to(
    references: list[tuple[str, str]], kind: str, in_reply_to: str | None
) -> None:
    referenced = [{"type": what, "id": target} for what, target in references]
    (post,) = read({"data": [x_post(ROOT, referenced_tweets=referenced)]})
    assert isinstance(post, Post)
    assert (post.kind, post.in_reply_to) == (kind, in_reply_to)


def test_an_edit_is_a_new_version_of_the_record_of_its_first_id_oldest_first() -> None:
    history = [ROOT, "1970000000000000009"]
    newest = x_post(history[1], "Sunday at 3", edit_history_tweet_ids=history, conversation_id=ROOT)
    oldest = x_post(ROOT, "Sunday at 2", edit_history_tweet_ids=history)
    records = read({"data": [newest], "includes": {"tweets": [oldest]}})
    assert [(r.record_id, r.version_id, r.text) for r in records if isinstance(r, Post)] == [
        (f"x:post:{ROOT}", ROOT, "Sunday at 2"),
        (f"x:post:{ROOT}", history[1], "Sunday at 3"),
    ]


def test_search_gives_comments_of_others_and_the_accounts_own_answers_as_posts() -> None:
    comment = x_post("1970000000000000003", "Go!", OTHER, conversation_id=ROOT, in_reply_to_user_id=USER)
    comment["referenced_tweets"] = [{"type": "replied_to", "id": ROOT}]
    answer = x_post("1970000000000000004", "Thanks", conversation_id=ROOT, in_reply_to_user_id=OTHER)
    answer["referenced_tweets"] = [{"type": "replied_to", "id": comment["id"]}]
    deeper = x_post("1970000000000000005", "Any time", OTHER, conversation_id=ROOT, in_reply_to_user_id=USER)
    deeper["referenced_tweets"] = [{"type": "replied_to", "id": answer["id"]}]
    among = x_post("1970000000000000006", "Me too", "3", conversation_id=ROOT, in_reply_to_user_id=OTHER)
    among["referenced_tweets"] = [{"type": "replied_to", "id": comment["id"]}]
    body = {"data": [among, deeper, answer, comment], "includes": {"users": [x_user(OTHER, "Parent_of_two")]}}
    url = f"https://api.twitter.com/2/tweets/search/all?query=conversation_id%3A{ROOT}+OR+conversation_id%3A7"
    found = [record for record in read(body, "x.search", url=url) if isinstance(record, Post | Comment)]
    assert [(r.record_id, r.parent_id if isinstance(r, Comment) else r.in_reply_to) for r in found] == [
        ("x:comment:1970000000000000003", None),
        ("x:post:1970000000000000004", "x:post:1970000000000000003"),
        ("x:comment:1970000000000000005", "x:post:1970000000000000004"),
        ("x:comment:1970000000000000006", "x:comment:1970000000000000003"),
    ]
    assert found[0] == Comment(
        record_id="x:comment:1970000000000000003",
        version_id="1970000000000000003",
        platform=Platform.X,
        account_id="account-x",
        post_id=f"x:post:{ROOT}",
        parent_id=None,
        author_id=OTHER,
        author_handle="Parent_of_two",
        author_name="Parent_Of_Two",
        text="Go!",
        created_at=datetime(2026, 10, 18, 9, tzinfo=UTC),
        permalink="https://x.com/i/web/status/1970000000000000003",
    )


def test_a_comment_is_the_same_comment_whichever_answer_shows_it() -> None:
    comment = x_post("1970000000000000003", "Go!", OTHER, conversation_id=ROOT, in_reply_to_user_id=USER)
    comment["referenced_tweets"] = [{"type": "replied_to", "id": ROOT}]
    answer = x_post("1970000000000000004", "Thanks", conversation_id=ROOT)
    answer["referenced_tweets"] = [{"type": "replied_to", "id": comment["id"]}]
    users = {"users": [x_user(OTHER, "parent")]}
    search = f"https://api.twitter.com/2/tweets/search/recent?query=conversation_id%3A{ROOT}"
    shown = [
        read({"data": [comment], "includes": users}, "x.search", url=search),
        read({"data": [answer], "includes": users | {"tweets": [comment]}}),
        read({"data": [comment], "includes": users}, "x.replies"),
    ]
    comments = [[r for r in records if isinstance(r, Comment)] for records in shown]
    assert comments[0] == comments[1] == comments[2]
    assert len(comments[0]) == 1


def test_what_the_account_reposted_is_a_post_of_nobody_registered() -> None:
    original = x_post("1960000000000000000", "State finals!", OTHER, attachments={"media_keys": ["3_9"]})
    repost = x_post(ROOT, "RT @other: State finals!", referenced_tweets=[{"type": "retweeted", "id": original["id"]}])
    media = [{"media_key": "3_9", "type": "photo", "url": "https://pbs.twimg.com/media/c.jpg"}]
    records = read({"data": [repost], "includes": {"tweets": [original], "media": media}})
    accounts = {record.record_id: record.account_id for record in records if isinstance(record, Post | MediaItem)}
    assert accounts == {"x:media:3_9": None, "x:post:1960000000000000000": None, f"x:post:{ROOT}": "account-x"}


def test_both_dialects_give_the_same_records() -> None:
    history = [ROOT, "1970000000000000009"]
    reply = x_post("1970000000000000012", "Go!", OTHER, conversation_id=ROOT, in_reply_to_user_id=USER)
    reply["referenced_tweets"] = [{"type": "replied_to", "id": ROOT}]
    body = {
        "data": [
            x_post(history[1], "New", edit_history_tweet_ids=history, note_tweet={"text": "New, all of it"}),
            reply,
        ],
        "includes": {"tweets": [x_post(ROOT, "Old", edit_history_tweet_ids=history)], "users": [x_user()]},
        "errors": [x_miss("1970000000000000013")],
    }
    new = renamed(body)
    new["errors"][0] |= {"type": "https://api.x.com/2/problems/resource-not-found", "resource_type": "post"}
    assert "referenced_posts" in json.dumps(new)
    assert read(new) == read(body)
    assert len(read(body)) == 5


def test_inbound_and_outbound_lists_become_relationships() -> None:
    body = {"data": [x_user(OTHER, "Mascot_Fan")], "meta": {"result_count": 1}}
    inbound = Relationship(
        account_id="account-x",
        platform=Platform.X,
        direction=Direction.INBOUND,
        kind="follow",
        counterpart_key=f"x:{OTHER}",
        handle_key="mascot_fan",
        name="Mascot_Fan",
        minimised=False,
    )
    assert [r for r in read(body, "x.followers") if isinstance(r, Relationship)] == [inbound]
    outbound = [r for r in read(body, "x.following") if isinstance(r, Relationship)]
    assert [r.direction for r in outbound] == [Direction.OUTBOUND]


def test_a_minimised_follower_is_a_relationship_without_a_name_and_no_profile() -> None:
    body = {"data": [{"id_hmac": "aa", "handle_hmac": "bb"}], "meta": {}}
    assert read(body, "x.followers", minimised=True) == [
        Relationship("account-x", Platform.X, Direction.INBOUND, "follow", "hmac:aa", "bb", None, True)
    ]


@pytest.mark.parametrize(
    ("problem", "gone"),
    [
        ({}, Gone.DELETED),
        ({"kind": "not-authorized-for-resource"}, Gone.PRIVATE),
        ({"kind": "resource-not-found", "detail": "User has been suspended: [5]."}, Gone.SUSPENDED),
        ({"kind": "disallowed-resource"}, Gone.FORBIDDEN),
        ({"kind": "resource-unavailable"}, Gone.FORBIDDEN),
    ],
)
def test_a_miss_is_typed(problem: dict[str, Any], gone: Gone) -> None:
    miss = x_miss("5", **problem)
    assert read({"errors": [miss]}, "x.tweets") == [Tombstone("x:post:5", gone, miss["detail"])]


def test_a_missed_comment_is_a_comment_and_a_missed_user_a_profile() -> None:
    assert read({"errors": [x_miss("5")]}, "x.replies") == [Tombstone("x:comment:5", Gone.DELETED, "Could not find it")]
    user = x_miss("5", resource_type="user", parameter="id")
    assert read({"errors": [user]}, "x.users") == [Tombstone("x:profile:5", Gone.DELETED, "Could not find it")]


@pytest.mark.parametrize("parameter", ["referenced_tweets.id", "pinned_tweet_id", "usernames"])
def test_what_only_an_expansion_or_a_name_missed_is_no_tombstone(parameter: str) -> None:
    assert read({"data": [], "errors": [x_miss("5", parameter=parameter)]}, "x.tweets") == []


def test_a_problem_with_a_field_is_no_tombstone() -> None:
    assert read({"errors": [x_miss("5", "field-hydration-failure")]}, "x.tweets") == []


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b"null", b"\xff\xfe", b"[" * 100_000])
def test_a_good_status_without_a_json_object_is_unexpected(body: bytes) -> None:
    with pytest.raises(UnexpectedAnswer):
        read(body)


@pytest.mark.parametrize("status", [302, 401, 429, 503])
def test_an_error_answer_gives_no_records_whatever_it_holds(status: int) -> None:
    assert read({"data": [x_post(ROOT)], "errors": [x_miss("5")]}, status=status) == []
    assert read(b"<html>", status=status) == []


def test_private_messages_and_other_things_give_nothing() -> None:
    message = {"id": "1", "text": "psst", "event_type": "MessageCreate"}
    assert read({"data": [message]}, "x.direct_messages") == []
    assert read({"data": [message, {"id": "2", "name": "A list"}, {"id": "3", "state": "live"}]}, "x.other") == []


def test_numbers_as_ids_halves_of_characters_and_absurd_values_do_no_harm() -> None:
    body = {
        "data": [{"id": 19, "text": "\ud83d half", "created_at": "0001-01-01T00:00:00+23:00", "author_id": int(USER)}],
        "includes": {"users": [x_user(public_metrics={"followers_count": 10**30, "following_count": -1})]},
    }
    profile, post = read(body)
    assert isinstance(profile, ProfileSnapshot)
    assert isinstance(post, Post)
    assert (profile.followers, profile.following) == (None, None)
    assert (post.record_id, post.account_id, post.text, post.created_at) == (
        "x:post:19",
        "account-x",
        "\ufffd half",
        None,
    )
