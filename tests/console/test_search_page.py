"""The archive's search, and a record with all its versions."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from console_scene import Client, words
from review_scene import POSTED_AT, ReviewScene

from registry.looks import IDENTITY, POST
from registry.users import Role

SEARCH = "/communications/search"


@pytest.fixture
def noor(client: Callable[[Role], Client]) -> Client:
    return client(Role.COMMUNICATIONS)


@pytest.fixture
def told(review: ReviewScene) -> ReviewScene:
    """Two posts about otters by two accounts, one edited, and a comment with markup in it."""
    first = review.posted(1, "Otters at the science fair")
    review.edited(first, "Beavers at the science fair")
    review.posted(2, "Science night, no otters", by=review.accounts[1], at=POSTED_AT - timedelta(days=30))
    review.commented(first, 11, "<script>alert(1)</script> otters & <b>more</b>", "Greta Whitlock", "greta_w11")
    review.publish()
    return review


def finds(client: Client, **asked: str) -> list[str]:
    answer = client.get(SEARCH, params=asked)
    assert answer.status_code == 200, words(answer)
    return sorted(re.findall(r'class="snippet" dir="auto"><a href="/communications/posts/([^?"]+)', answer.text))


def test_every_version_is_found_and_the_filters_narrow_what_is(noor: Client, told: ReviewScene) -> None:
    assert finds(noor, words="otters") == ["x:comment:11", "x:post:1", "x:post:2"]
    assert finds(noor, words='"science fair"') == ["x:post:1", "x:post:1"]
    assert finds(noor, words="otters NOT science") == ["x:comment:11"]
    assert finds(noor, words="otters", kind="comment") == ["x:comment:11"]
    assert finds(noor, words="otters", account=told.accounts[1].account_id) == ["x:post:2"]
    assert finds(noor, words="otters", since="2026-10-14", until="2026-10-14", kind="post") == ["x:post:1"]
    assert finds(noor, words="otters", literally="Otters") == ["x:post:1"]
    assert "An earlier version" in words(noor.get(SEARCH, params={"words": "otters"}))


def test_words_are_marked_and_everything_else_is_text(noor: Client, told: ReviewScene) -> None:
    page = noor.get(SEARCH, params={"words": "alert"}).text
    (snippet,) = re.findall(r'<p class="snippet" dir="auto"><a [^>]*>(.*?)</a></p>', page)
    assert re.findall(r"</?[a-z][^>]*>", snippet) == ["<b>", "</b>"]
    assert unescape(snippet) == "<script><b>alert</b>(1)</script> otters & <b>more</b"
    assert "Greta" not in page


def test_handles_of_strangers_are_hidden_in_what_is_found_and_the_districts_own_are_not(
    noor: Client, review: ReviewScene
) -> None:
    ours = review.accounts[0].handle
    post = review.posted(1, f"Thanks @greta_w11 and greta_w11 & @{ours}, mail office@greta.example")
    review.commented(post, 11, "greta is me, @GRETA_w11!", "Greta Whitlock", "greta_w11")
    review.publish()
    shown = words(noor.get(SEARCH, params={"words": "greta"}))
    hidden = "[name hidden]"
    assert f"Thanks {hidden} and {hidden} & @{ours}, mail office@ greta .example" in shown
    assert f"greta is me, {hidden}" in shown
    assert "w11" not in shown


def test_what_is_no_query_says_what_to_do_and_keeps_what_was_typed(noor: Client, told: ReviewScene) -> None:
    for asked in ({"words": "(otters"}, {"words": "x", "since": "yesterday"}, {"words": "x", "kind": "letter"}):
        answer = noor.get(SEARCH, params=asked)
        assert answer.status_code == 422
        assert f'value="{asked["words"]}"' in answer.text
        assert 'role="alert"' in answer.text


def test_nothing_found_says_so_and_an_empty_search_asks_nothing(noor: Client, told: ReviewScene) -> None:
    assert "Nothing was found" in words(noor.get(SEARCH, params={"words": "zebra"}))
    assert "Nothing was found" not in words(noor.get(SEARCH))
    assert finds(noor, words="otters", page="7") == []


def test_a_find_leads_to_the_record_with_all_its_versions_and_the_look_is_noted(
    noor: Client, told: ReviewScene
) -> None:
    page = noor.get(SEARCH, params={"words": "beavers"}).text
    (address,) = re.findall(r'href="(/communications/posts/[^"]+)"', page)
    shown = noor.get(address.replace("&amp;", "&"))
    assert "2 versions" in words(shown)
    assert re.findall(r"</span>(\w+)<span class=\"hidden\"> \[end\]", shown.text) == ["Otters", "Beavers"]
    assert "Commenter 1" in words(shown)
    assert "Greta" not in shown.text
    assert [look.by for look in told.console.registry.looks.of(POST, "x:post:1")] == ["communications"]


def test_a_record_is_found_without_or_with_a_wrong_hint_of_its_time(noor: Client, told: ReviewScene) -> None:
    for hint in ("", "?at=2020-01-01T00:00:00%2B00:00", "?at=nonsense", "?at=2026-10-14"):
        assert "Otters" in words(noor.get(f"/communications/posts/x:post:1{hint}"))
    assert "Otters" in words(noor.get("/communications/posts/x:comment:11"))
    assert noor.get("/communications/posts/x:post:404").status_code == 404


def test_names_under_a_post_are_opened_for_a_reason_too(noor: Client, told: ReviewScene) -> None:
    address = "/communications/posts/x:post:1"
    opened = noor.follow(noor.submit(f"{address}/names", reason="A records request"))
    assert "Greta Whitlock @greta_w11" in words(opened)
    assert [look.reason for look in told.console.registry.looks.of(IDENTITY, "x:post:1")] == ["A records request"]


def test_the_records_officer_searches_and_the_staff_do_not(client: Callable[[Role], Client], told: ReviewScene) -> None:
    assert finds(client(Role.RECORDS), words="beavers") == ["x:post:1"]
    assert client(Role.STAFF).get(SEARCH, params={"words": "beavers"}).status_code == 403
