"""Whatever a platform sends: records, or one clear error; and what is read can be stored."""

from __future__ import annotations

import json
from typing import Any

import pytest
from connector_scene import NOW, PAGE, USER
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import parse
from connectors.facebook.parse import KINDS
from connectors.values import json_object
from records.canonical import canonical
from records.errors import UnexpectedAnswer
from records.model import Envelope

X_KINDS = ("x.users", "x.users_tweets", "x.search", "x.tweets", "x.replies", "x.followers", "x.following", "x.mentions")

NAMES = """
    data includes tweets posts users media errors meta id text username name author_id conversation_id
    created_at referenced_tweets referenced_posts edit_history_tweet_ids edit_history_post_ids note_tweet
    attachments media_keys media_key type url entities urls expanded_url public_metrics followers_count
    in_reply_to_user_id resource_id resource_type parameter detail id_hmac handle_hmac message from parent
    comments attachment subattachments image target full_picture permalink_url created_time is_hidden images
    source format picture cover_photo error code error_subcode paging next 12 12_34
"""
KEYS = st.sampled_from(NAMES.split())
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([USER, PAGE, "12", "12_34", "photo", "replied_to", "retweeted", "tweet", "user", "ids", "\ud800"])
    | st.sampled_from(["https://www.facebook.com/4/posts/77/?comment_id=1", "https://[", "0001-01-01T00:00:00+23:59"])
    | st.sampled_from(["https://api.x.com/2/problems/resource-not-found", "9999-12-31T23:59:59-23:59", 10**30, 33, 100])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=7),
    max_leaves=20,
)
ANY_KIND = st.sampled_from([*X_KINDS, *KINDS])


@settings(max_examples=50)
@given(st.dictionaries(st.text(), JSON), st.booleans(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_an_answer_is_read_as_pythons_own_json_reads_it(value: dict[str, Any], ascii_only: bool, encoding: str) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only).encode(encoding, "surrogatepass")
    try:
        expected = json.loads(body)
    except ValueError:  # half a surrogate pair that is not spelled out
        with pytest.raises(UnexpectedAnswer):
            json_object(body, "this")
    else:
        assert repr(json_object(body, "this")) == repr(expected)


def read_and_store(body: bytes, kind: str, status: int = 200) -> None:
    path = f"2/users/{USER}/tweets?query=conversation_id%3A12" if kind.startswith("x.") else f"v26.0/{PAGE}/likes"
    subject = f"x:profile:{USER}" if kind.startswith("x.") else f"facebook:profile:{PAGE}"
    envelope = Envelope(kind, body, NOW, "account", url=f"https://host/{path}", status=status, subject=subject)
    try:
        records = list(parse(envelope))
    except UnexpectedAnswer:
        return
    for record in records:
        canonical(record)
    assert records == list(parse(envelope))
    assert len(set(records)) == len(records)


@pytest.mark.parametrize("kind", [*X_KINDS, *KINDS])
@given(value=JSON)
@settings(max_examples=25, deadline=None)
def test_any_json_gives_records_that_can_be_stored_or_one_error(kind: str, value: Any) -> None:
    read_and_store(json.dumps(value).encode(), kind)


@given(
    kind=ANY_KIND,
    nodes=st.lists(st.dictionaries(KEYS, JSON, max_size=9), max_size=4),
    includes=st.dictionaries(KEYS, JSON, max_size=5),
)
@settings(max_examples=100, deadline=None)
def test_answers_of_the_right_outer_form_do_no_harm_either(
    kind: str, nodes: list[Any], includes: dict[str, Any]
) -> None:
    read_and_store(json.dumps({"data": nodes, "includes": includes, "errors": nodes}).encode(), kind)


@given(
    kind=st.sampled_from([*X_KINDS, *KINDS]), body=st.binary(max_size=60), status=st.sampled_from([200, 400, 404, 502])
)
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_nothing_or_one_error(kind: str, body: bytes, status: int) -> None:
    read_and_store(body, kind, status)


@pytest.mark.parametrize("kind", ["facebook.comments", "facebook.posts"])
def test_a_thread_without_a_bottom_is_followed_only_so_far(kind: str) -> None:
    body = '{"id": "1_1", "comments": {"data": [' * 300 + "{}" + "]}}" * 300
    read_and_store(body.encode(), kind)
