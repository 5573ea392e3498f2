"""X's query language on its own."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.x_query import QueryError, compile_query


@dataclass(frozen=True)
class Said:
    text: str = "Book fair on Friday"
    author_id: str = "7"
    author_handle: str = "AFHS_News"
    conversation_id: str = "100"
    in_reply_to: str | None = None
    in_reply_to_handle: str | None = None
    kind: str = "post"
    traits: frozenset[str] = frozenset()


POSTS = {
    "root": Said(),
    "other": Said(conversation_id="200", text="Game tonight", traits=frozenset({"media", "images"})),
    "reply": Said(
        kind="reply", in_reply_to="100", in_reply_to_handle="AFHS_News", author_handle="walker", author_id="8"
    ),
    "repost": Said(kind="repost", text="RT @x: book fair"),
}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("conversation_id:100", "root reply repost"),
        ("conversation_id:100 OR conversation_id:200", "root other reply repost"),
        ("conversation_id:100 is:reply", "reply"),
        ("conversation_id:100 -is:retweet", "root reply"),
        ("(conversation_id:200 OR conversation_id:100) -is:reply -is:retweet", "root other"),
        ("from:afhs_news", "root other repost"),
        ("from:8", "reply"),
        ("to:AFHS_News", "reply"),
        ("in_reply_to_tweet_id:100", "reply"),
        ('"book fair"', "root reply repost"),
        ("fair book -game", "root reply repost"),
        ("has:media", "other"),
        ("from:walker OR has:images from:afhs_news", "other reply"),
        ("from:afhs_news -(is:retweet OR has:media)", "root"),
    ],
)
def test_a_query_finds(query: str, found: str) -> None:
    test = compile_query(query)
    assert [name for name, post in POSTS.items() if test(post)] == found.split()


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("mood:glad", "invalid operator 'mood'"),
        ("is:glad", "Invalid value 'glad'"),
        ("has:feelings", "Invalid value 'feelings'"),
        ("from:", "no viable alternative"),
        ("(a OR b", "missing ')'"),
        ("a)", "no viable alternative"),
        ("a OR", "missing a term"),
        ("()", "missing a term"),
        ("-is:retweet", "at least one positive"),
        ("-", "missing a term"),
        ('a "b', "extraneous input"),
    ],
)
def test_a_query_that_x_would_refuse_is_refused(query: str, why: str) -> None:
    with pytest.raises(QueryError) as caught:
        compile_query(query)
    assert why in str(caught.value)


@given(st.text(alphabet='abOR()-": \t1', max_size=40))
def test_any_text_is_a_query_or_a_clear_refusal(text: str) -> None:
    try:
        compile_query(text)(Said())
    except QueryError as error:
        assert str(error)


@given(st.lists(st.integers(0, 10**18).map(str), min_size=1, max_size=13), st.integers(0, 10**18).map(str))
def test_conversations_joined_by_or_are_a_set(wanted: list[str], asked: str) -> None:
    test = compile_query(" OR ".join(f"conversation_id:{post_id}" for post_id in wanted))
    assert test(Said(conversation_id=asked)) == (asked in wanted)
    assert test(Said(conversation_id=wanted[0]))
