"""The Graph API's answers as records: single nodes, lists and maps by id."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from connector_scene import NOW, PAGE, graph_error

from connectors import parse
from connectors.values import version_id
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

POST = f"{PAGE}_77"
AT = "2026-10-18T09:00:00+0000"


def read(body: Any, kind: str, path: str = "", status: int = 200, subject: str | None = None) -> list[Record]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    url = f"https://graph.facebook.com/v26.0/{path}"
    return list(parse(Envelope(kind, content, NOW, "account-facebook", url=url, status=status, subject=subject)))


def photo(src: str, target: str | None = None, **more: Any) -> dict[str, Any]:
    image = {"src": src, "width": 720, "height": 405}
    return {"media": {"image": image}, "media_type": "photo", "target": {"id": target} if target else {}, **more}


def test_a_post_of_the_page_with_an_album_shows_each_photo_once_in_order() -> None:
    album = {
        "media": photo("https://scontent.xx.fbcdn.net/a.jpg?oh=1")["media"],
        "media_type": "album",
        "subattachments": {
            "data": [
                photo("https://scontent.xx.fbcdn.net/a.jpg?oh=1", "901"),
                photo("https://scontent.xx.fbcdn.net/b.jpg?oh=2", "902"),
            ]
        },
    }
    node = {
        "id": POST,
        "message": "Science fair",
        "created_time": AT,
        "from": {"id": PAGE, "name": "Westbrook"},
        "is_hidden": False,
        "permalink_url": "https://www.facebook.com/4/posts/77",
        "full_picture": "https://scontent.xx.fbcdn.net/a.jpg?oh=3",
        "attachments": {"data": [album]},
    }
    ids = ("facebook:media:901", "facebook:media:902")
    pictures = [
        MediaItem(ids[0], Platform.FACEBOOK, "account-facebook", "photo", "https://scontent.xx.fbcdn.net/a.jpg?oh=1"),
        MediaItem(ids[1], Platform.FACEBOOK, "account-facebook", "photo", "https://scontent.xx.fbcdn.net/b.jpg?oh=2"),
    ]
    post, *media = read({"data": [node]}, "facebook.posts", f"{PAGE}/posts")
    assert [(m.record_id, m.account_id, m.kind, m.url, m.width) for m in media if isinstance(m, MediaItem)] == [
        (p.record_id, p.account_id, p.kind, p.url, 720) for p in pictures
    ]
    assert post == Post(
        record_id=f"facebook:post:{POST}",
        version_id=version_id("Science fair", False, ids),
        platform=Platform.FACEBOOK,
        account_id="account-facebook",
        author_id=PAGE,
        kind="post",
        text="Science fair",
        created_at=datetime(2026, 10, 18, 9, tzinfo=UTC),
        permalink="https://www.facebook.com/4/posts/77",
        hidden=False,
        media_ids=ids,
    )


def test_a_newly_signed_address_makes_no_new_version_and_an_edit_does() -> None:
    def version(message: str, signature: str) -> str:
        link = {"media": {"image": {"src": f"https://external.xx.fbcdn.net/s.php?d={signature}"}}, "media_type": "link"}
        node = {"id": POST, "message": message, "attachments": {"data": [link]}, "shares": {"count": len(signature)}}
        (post, _) = read(node, "facebook.post", POST)
        assert isinstance(post, Post)
        return post.version_id

    assert version("Sunday at 2", "x") == version("Sunday at 2", "yy")
    assert version("Sunday at 2", "x") != version("Sunday at 3", "x")


def test_the_full_picture_stands_in_where_attachments_show_none() -> None:
    post, medium = read({"id": POST, "full_picture": "https://scontent.xx.fbcdn.net/f.jpg"}, "facebook.post", POST)
    assert isinstance(post, Post)
    assert post.media_ids == (f"facebook:media:{POST}_full",)
    assert isinstance(medium, MediaItem)
    assert (medium.record_id, medium.kind, medium.url) == (
        f"facebook:media:{POST}_full",
        "picture",
        "https://scontent.xx.fbcdn.net/f.jpg",
    )


def test_a_visitors_post_in_the_feed_is_nobodys_of_ours() -> None:
    visitor = {"id": POST, "message": "Lovely school", "from": {"id": "5", "name": "Ann"}}
    unsaid = {"id": f"{PAGE}_78", "message": "Who wrote this?"}
    posts = read({"data": [visitor, unsaid]}, "facebook.feed", f"{PAGE}/feed")
    assert [(p.author_id, p.account_id) for p in posts if isinstance(p, Post)] == [("5", None), (None, None)]


def test_a_shared_post_is_a_repost() -> None:
    (post,) = read({"id": POST, "story": "Westbrook shared a post", "parent_id": "9_9"}, "facebook.post", POST)
    assert isinstance(post, Post)
    assert (post.kind, post.text) == ("repost", "Westbrook shared a post")


def test_a_stream_of_comments_keeps_its_threads() -> None:
    nodes = [
        {"id": "77_1", "message": "Great", "created_time": AT, "from": {"id": "5", "name": "Ann"}, "is_hidden": True},
        {"id": "77_2", "message": "", "parent": {"id": "77_1"}, "attachment": photo("https://a.fbcdn.net/c", "903")},
    ]
    first, second, picture = read({"data": nodes}, "facebook.comments", f"{POST}/comments")
    assert first == Comment(
        record_id="facebook:comment:77_1",
        version_id=version_id("Great", True, ()),
        platform=Platform.FACEBOOK,
        account_id="account-facebook",
        post_id=f"facebook:post:{POST}",
        parent_id=None,
        author_id="5",
        author_handle=None,
        author_name="Ann",
        text="Great",
        created_at=datetime(2026, 10, 18, 9, tzinfo=UTC),
        hidden=True,
    )
    assert isinstance(second, Comment)
    assert (second.parent_id, second.media_ids) == ("facebook:comment:77_1", ("facebook:media:903",))
    assert isinstance(picture, MediaItem)


def test_nested_comments_and_their_answers_belong_to_the_post_around_them() -> None:
    answer = {"id": "77_2", "message": "Thanks"}
    node = {"id": POST, "comments": {"data": [{"id": "77_1", "message": "Great", "comments": {"data": [answer]}}]}}
    comments = [record for record in read({POST: node}, "facebook.posts") if isinstance(record, Comment)]
    assert [(c.record_id, c.post_id, c.parent_id) for c in comments] == [
        ("facebook:comment:77_1", f"facebook:post:{POST}", None),
        ("facebook:comment:77_2", f"facebook:post:{POST}", "facebook:comment:77_1"),
    ]


@pytest.mark.parametrize(
    ("node", "path", "subject", "record_id", "post_id"),
    [
        ({"id": "77_1"}, f"{POST}/comments", None, "77_1", POST),
        ({"id": "77_1"}, "77_1", f"facebook:post:{POST}", "77_1", POST),
        ({"id": f"{POST}_1"}, "x", None, f"{POST}_1", POST),
        ({"id": 1, "permalink_url": "https://www.facebook.com/4/posts/77/?comment_id=1"}, "1", None, "1", "4_77"),
        ({"permalink_url": "https://www.facebook.com/4/posts/77/?comment_id=1"}, "x", None, "77_1", "4_77"),
        (
            {"permalink_url": "https://www.facebook.com/4/posts/77/?comment_id=1&reply_comment_id=2"},
            "x",
            None,
            "77_2",
            "4_77",
        ),
    ],
)
def test_a_comment_finds_its_id_and_its_post(
    node: dict[str, Any], path: str, subject: str | None, record_id: str, post_id: str
) -> None:
    (comment,) = read({"message": "Hi", **node}, "facebook.comment", path, subject=subject)
    assert isinstance(comment, Comment)
    assert (comment.record_id, comment.post_id) == (f"facebook:comment:{record_id}", f"facebook:post:{post_id}")


def test_a_page_is_a_profile_and_its_own_account() -> None:
    node = {"id": PAGE, "name": "Westbrook", "username": "westbrook", "about": "We teach", "fan_count": 9}
    node |= {"followers_count": 12, "link": "https://www.facebook.com/westbrook"}
    expected = ProfileSnapshot(
        record_id=f"facebook:profile:{PAGE}",
        platform=Platform.FACEBOOK,
        account_id="account-facebook",
        handle="westbrook",
        name="Westbrook",
        bio="We teach",
        url="https://www.facebook.com/westbrook",
        followers=12,
        following=None,
    )
    assert read(node, "facebook.page", PAGE, subject=f"facebook:profile:{PAGE}") == [expected]


def test_the_pages_own_likes_are_outbound_and_likes_of_a_post_are_not() -> None:
    liked = {"data": [{"id": "8", "name": "Library", "username": "Town.Library"}]}
    subject = f"facebook:profile:{PAGE}"
    profile, relationship = read(liked, "facebook.likes", f"{PAGE}/likes", subject=subject)
    assert isinstance(profile, ProfileSnapshot)
    assert relationship == Relationship(
        account_id="account-facebook",
        platform=Platform.FACEBOOK,
        direction=Direction.OUTBOUND,
        kind="like",
        counterpart_key="facebook:8",
        handle_key="town.library",
        name="Library",
        minimised=False,
    )
    assert [type(r) for r in read(liked, "facebook.likes", f"{POST}/likes", subject=subject)] == [ProfileSnapshot]


@pytest.mark.parametrize(
    ("kind", "node", "media_kind", "url"),
    [
        (
            "facebook.photos",
            {
                "images": [
                    {"source": "https://a.fbcdn.net/s", "width": 1},
                    {"source": "https://a.fbcdn.net/l", "width": 9},
                ]
            },
            "photo",
            "https://a.fbcdn.net/l",
        ),
        ("facebook.photos", {"picture": "https://a.fbcdn.net/p"}, "photo", "https://a.fbcdn.net/p"),
        (
            "facebook.videos",
            {"format": [{"picture": "https://a.fbcdn.net/v", "width": 9}]},
            "video",
            "https://a.fbcdn.net/v",
        ),
        ("facebook.live_videos", {}, "live_video", None),
    ],
)
def test_photos_and_videos_are_media_at_their_largest_picture(
    kind: str, node: dict[str, Any], media_kind: str, url: str | None
) -> None:
    (medium,) = read({"id": 5, "alt_text": "A gym", **node}, kind)
    assert isinstance(medium, MediaItem)
    assert (medium.record_id, medium.kind, medium.url, medium.alt_text) == (
        "facebook:media:5",
        media_kind,
        url,
        "A gym",
    )


def test_an_albums_cover_is_a_photo_and_a_profile_picture_belongs_to_its_profile() -> None:
    (cover,) = read({"id": "1", "cover_photo": {"id": "2"}}, "facebook.albums")
    (picture,) = read({PAGE: {"data": {"url": "https://a.fbcdn.net/p?x=1"}}}, "facebook.pictures")
    assert isinstance(cover, MediaItem)
    assert isinstance(picture, MediaItem)
    assert (cover.record_id, picture.record_id) == ("facebook:media:2", f"facebook:media:{PAGE}_picture")


@pytest.mark.parametrize("what", ["messages", "conversations", "events", "businesses", "applications"])
def test_private_messages_and_other_nodes_give_nothing(what: str) -> None:
    assert read({"id": "1", "message": "psst", "from": {"id": "2", "name": "Ann"}}, f"facebook.{what}") == []


@pytest.mark.parametrize(("code", "subcode"), [(100, 33), (803, None)])
def test_a_single_object_that_is_not_there_is_a_tombstone(code: int, subcode: int | None) -> None:
    error = graph_error(code, subcode, "It does not exist")
    gone = Tombstone(f"facebook:post:{POST}", Gone.DELETED, "It does not exist")
    assert read(error, "facebook.post", POST, 400) == [gone]
    assert read(error, "facebook.comment", "77_1", 400, f"facebook:post:{POST}") == [
        Tombstone("facebook:comment:77_1", Gone.DELETED, "It does not exist")
    ]
    assert read(error, "facebook.posts", f"{PAGE}/posts", 400) == []


@pytest.mark.parametrize("error", [graph_error(190, 463), graph_error(100), graph_error(2), {"error": "odd"}, {}])
def test_no_other_error_makes_a_tombstone(error: dict[str, Any]) -> None:
    assert read(error, "facebook.post", POST, 400) == []


def test_an_error_answer_that_is_no_json_gives_nothing_and_a_good_one_is_unexpected() -> None:
    assert read(b"<html>", "facebook.post", POST, 502) == []
    with pytest.raises(UnexpectedAnswer):
        read(b"<html>", "facebook.post", POST)


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(UnexpectedAnswer, match=r"No parser is known for facebook\.reels"):
        read({}, "facebook.reels")
    with pytest.raises(UnexpectedAnswer, match=r"No parser is known for linkedin\.posts"):
        read({}, "linkedin.posts")
