"""What the parsers find in the recorded exchanges, against a count made on the JSON itself."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from recordings import graph_envelopes, x_envelopes

from connectors import parse
from records.model import Comment, Envelope, MediaItem, Post, ProfileSnapshot

pytestmark = pytest.mark.shared

TYPES = (Post, Comment, ProfileSnapshot, MediaItem)


def found(envelope: Envelope) -> Counter[str]:
    return Counter(type(record).__name__ for record in parse(envelope) if isinstance(record, TYPES))


def test_every_x_post_user_and_medium_is_found_and_nothing_else(shared: Path) -> None:
    envelopes = x_envelopes(shared)
    assert len(envelopes) >= 38
    wrong = {e.url: (found(e), c) for e in envelopes if found(e) != (c := in_x_body(json.loads(e.body)))}
    assert wrong == {}


def test_the_x_recordings_hold_what_was_counted_by_hand(shared: Path) -> None:
    total = sum((found(envelope) for envelope in x_envelopes(shared)), Counter())
    assert total["Post"] >= 335
    assert total["ProfileSnapshot"] >= 422


def test_every_graph_post_comment_profile_and_medium_is_found_and_nothing_else(shared: Path) -> None:
    envelopes = graph_envelopes(shared)
    assert len(envelopes) >= 79
    wrong = {e.url: (found(e), c) for e in envelopes if found(e) != (c := in_graph_body(e))}
    assert wrong == {}


def test_the_graph_recordings_hold_what_was_counted_by_hand(shared: Path) -> None:
    total = sum((found(envelope) for envelope in graph_envelopes(shared)), Counter())
    assert total["Post"] >= 38
    assert total["Comment"] >= 36
    assert total["ProfileSnapshot"] >= 33
    assert total["MediaItem"] >= 60


def test_recorded_comments_know_their_posts_and_recorded_times_are_read(shared: Path) -> None:
    records = [record for envelope in graph_envelopes(shared) for record in parse(envelope)]
    comments = [record for record in records if isinstance(record, Comment)]
    assert {comment.post_id for comment in comments if "10158407654328553" in comment.record_id} == {
        "facebook:post:19292868552_10158407654328553"
    }
    timed = [record for record in records if isinstance(record, Post | Comment)]
    assert [record.record_id for record in timed if record.created_at is None] == []


def test_every_medium_of_a_recorded_post_is_listed_by_it(shared: Path) -> None:
    for envelope in graph_envelopes(shared):
        records = list(parse(envelope))
        listed = {media for r in records if isinstance(r, Post | Comment) for media in r.media_ids}
        if envelope.kind in ("facebook.posts", "facebook.feed", "facebook.comments"):
            assert {r.record_id for r in records if isinstance(r, MediaItem)} == listed


def in_x_body(body: dict[str, Any]) -> Counter[str]:
    """Distinct ids by shape, anywhere in ``data`` and ``includes``: an independent reading of X's OpenAPI."""
    shown: set[tuple[str, str]] = set()
    for item in walk([body.get("data"), body.get("includes")]):
        if {"id", "username"} <= item.keys():
            shown.add(("ProfileSnapshot", item["id"]))
        elif {"id", "text"} <= item.keys() and "event_type" not in item:
            shown.add(("Post", item["id"]))
        elif {"media_key", "type"} <= item.keys():
            shown.add(("MediaItem", item["media_key"]))
    return Counter(kind for kind, _ in shown)


def in_graph_body(envelope: Envelope) -> Counter[str]:
    """Distinct things by the folder that they were recorded in: nodes, and what is nested in posts and comments."""
    folder, _, file = envelope.url.partition("/recorded/")[2].partition("/")
    folder = f"{file}s" if folder == "models" else folder
    body = json.loads(envelope.body)
    nodes = body.get("data", body) if "id" not in body else [body]
    nodes = list(nodes.values()) if isinstance(nodes, dict) and folder != "pictures" else nodes
    count: Counter[str] = Counter()
    if folder in ("posts", "groups") and ("feed" in file or folder == "posts"):
        count["Post"] = len(nodes)
        count["Comment"] = sum(len(node.get("comments", {}).get("data", [])) for node in nodes)
        count["MediaItem"] = sum(pictures(node) for node in nodes)
    elif folder in ("pages", "groups", "users", "likes") and "businesses" not in file:
        count["ProfileSnapshot"] = sum("name" in node for node in nodes)
    elif folder == "comments":
        count["Comment"] = len(nodes)
        count["MediaItem"] = sum("image" in node.get("attachment", {}).get("media", {}) for node in nodes)
    elif folder in ("photos", "videos", "live_videos"):
        count["MediaItem"] = len(nodes)
    elif folder == "albums":
        count["MediaItem"] = sum("cover_photo" in node for node in nodes)
    elif folder == "pictures":
        count["MediaItem"] = 1 if "data" in body else len(body)
    return +count


def pictures(post: dict[str, Any]) -> int:
    """Pictures with their own address, an album's cover not counted twice; or the one full picture."""
    attachments = post.get("attachments", {}).get("data", [])
    leaves = [leaf for a in attachments for leaf in a.get("subattachments", {}).get("data", [a])]
    return sum("src" in leaf.get("media", {}).get("image", {}) for leaf in leaves) or int("full_picture" in post)


def walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(inner)
