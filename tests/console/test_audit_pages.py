"""The auditor reads who did what, and every office's pages without anything on them that they could not do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from console_scene import Client, words
from review_scene import ReviewScene, picture

from console.routes.audit.words import ACTIONS
from registry.audit import DECISIONS
from registry.users import Role, UserDraft


@pytest.fixture
def anselm(client: Callable[[Role], Client]) -> Client:
    return client(Role.AUDITOR)


def rows(page: str) -> list[str]:
    """What each row of the page's table says, the time left out."""
    told = re.findall(r"(?s)<tr>\s*<td class=\"moment\">.*?</td>(.*?)</tr>", page)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in told]


def test_the_auditor_lands_on_what_was_decided_and_finds_each_in_words(anselm: Client, review: ReviewScene) -> None:
    account = review.accounts[0]
    review.console.registry.deactivate_account(account.account_id, "it", review.console.now(), "The club has ended")
    assert anselm.get("/").headers["location"] == "/audit"
    page = anselm.get("/audit")
    assert rows(page.text)[0] == f"IT One Account deactivated @{account.handle} The club has ended"
    assert f'href="/it/accounts/{account.account_id}"' in page.text
    assert "roster" not in words(anselm.get("/audit?by=it"))


def test_every_decision_of_the_made_up_district_has_words(review: ReviewScene) -> None:
    audit, number, seen = review.console.registry.audit, 1, set()
    while (page := audit.page(DECISIONS, number=number))[0]:
        seen |= {entry.what for entry in page[0]}
        number += 1
    assert seen and seen <= set(ACTIONS)


def test_facts_are_told_as_people_say_them(anselm: Client, review: ReviewScene) -> None:
    registry, now = review.console.registry, review.console.now()
    registry.credentials.note("hallpass_x", now + timedelta(days=6), now, "it")
    registry.users.add(UserDraft("ada", "Ada", frozenset({Role.IT, Role.STAFF})), "it", now, "a password that is long")
    registry.public_requests.receive("The Gazette", "Otters", now.date(), "records", now)
    told = words(anselm.get("/audit"))
    assert "ends: October 25, 2026, 7:00 AM" in told and "roles: IT, Staff" in told
    assert "due: November 2, 2026" in told
    assert not re.search(r"\d{4}-\d\d-\d\d", told)


def test_names_looks_and_denials_are_read_with_their_reasons(
    anselm: Client, client: Callable[[Role], Client], review: ReviewScene
) -> None:
    assert "Nobody's name was opened" in words(anselm.get("/audit?kind=names"))
    seen = review.follows("acme")
    post = review.posted(1, "Otters")
    review.commented(post, 11, "Hello", "Greta Whitlock", "greta_w11")
    review.publish()
    noor = client(Role.COMMUNICATIONS)
    noor.get(f"/communications/observations/{seen.observation_id}")
    noor.submit("/communications/posts/x:post:1/names", reason="A parent asked")
    noor.get("/it")
    assert rows(anselm.get("/audit?kind=names").text) == [
        "Communications One The names in a thread x:post:1 A parent asked"
    ]
    looked = anselm.get("/audit?kind=looks&by=communications")
    assert rows(looked.text) == [f"Communications One An observation {seen.observation_id[:12]}… –"]
    assert f'href="/communications/observations/{seen.observation_id}"' in looked.text
    assert rows(anselm.get("/audit?kind=access").text)[0] == (
        "Communications One Denied GET /it only for IT address: testclient"
    )


@pytest.mark.parametrize("query", ["?page=0", "?page=x", "?page=99999", "?kind=nothing", "?by=nobody", "?by=%00"])
def test_a_strange_address_is_answered(anselm: Client, query: str) -> None:
    assert anselm.get(f"/audit{query}").status_code == 200


def test_the_offices_pages_offer_an_auditor_nothing_that_would_be_denied(anselm: Client, review: ReviewScene) -> None:
    shown = picture("one")
    seen = review.marked(review.posted(1, "Otters", shown=shown), shown)
    review.commented(review.posted(2, "Beavers"), 11, "Hello", "Greta Whitlock", "greta_w11")
    review.publish()
    for path in (
        "/communications",
        f"/communications/observations/{seen.observation_id}",
        "/communications/posts/x:post:2",
        "/communications/reports",
        "/superintendent",
        "/superintendent/organisations",
        "/records",
        "/records/holds",
        "/records/retention",
        "/records/ledger",
        "/it",
        f"/it/accounts/{review.accounts[0].account_id}",
        "/it/coverage",
        "/it/leavers",
        "/it/users",
        "/it/users/1",
        "/it/budget",
        "/it/golive",
    ):
        page = anselm.get(path)
        assert page.status_code == 200, path
        actions = set(re.findall(r'<form method="post" action="([^"?]*)', page.text))
        assert actions == {"/sign-out"}, path
    assert "The communications office decides" in words(
        anselm.get(f"/communications/observations/{seen.observation_id}")
    )
    assert "waiting for the superintendent" in words(anselm.get("/superintendent"))


@pytest.mark.parametrize("form", ["/it/register", "/it/import", "/it/users/new", "/superintendent/permissions/new"])
def test_a_form_is_not_shown_to_an_auditor_and_the_page_says_why(anselm: Client, form: str) -> None:
    page = anselm.get(form)
    assert page.status_code == 403
    assert "an auditor changes nothing" in words(page) and "<textarea" not in page.text
    assert f'href="{form}"' not in anselm.get(form.rpartition("/")[0]).text


def test_who_was_added_is_named_and_not_numbered(anselm: Client, review: ReviewScene) -> None:
    registry, now = review.console.registry, review.console.now()
    user = registry.users.add(UserDraft("wren", "Wren Okafor", frozenset({Role.IT})), "it", now)
    row = rows(anselm.get("/audit").text)[0]
    assert "User added Wren Okafor" in row and "user:" not in row
    assert f'<a href="/it/users/{user.user_id}">Wren Okafor</a>' in anselm.get("/audit").text
