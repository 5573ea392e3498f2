"""The queue in a browser without JavaScript: what waits, several at once, undo, and two people on one thing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from console_scene import PASSWORD, Client, Visitor, words
from review_scene import SEEN_AT, ReviewScene, picture

from records.model import Observation
from registry.looks import OBSERVATION
from registry.review_values import Precision
from registry.users import Role, UserDraft

HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)> & "quoted" {{ 7*7 }} </main>'
QUEUE = "/communications"


@pytest.fixture
def noor(client: Callable[[Role], Client]) -> Client:
    return client(Role.COMMUNICATIONS)


@pytest.fixture
def second(review: ReviewScene, visitor: Visitor) -> Client:
    """A colleague's browser, over an application of its own: nothing is shared but registry and archive."""
    draft = UserDraft("abel", "Abel Second", frozenset({Role.COMMUNICATIONS}))
    review.console.registry.users.add(draft, "test", SEEN_AT, PASSWORD)
    browser = visitor()
    assert browser.submit("/sign-in", login="abel", password=PASSWORD).status_code == 303
    return browser


def shown(client: Client, path: str = QUEUE) -> list[str]:
    """The titles of the entries."""
    answer = client.get(path)
    assert answer.status_code == 200, words(answer)
    return re.findall(r"data-open>([^<]*)</a>", answer.text)


def item(seen: Observation, version: int = 0) -> str:
    return f"{seen.observation_id}:{version}"


def state(review: ReviewScene, seen: Observation) -> tuple[str, str, str] | None:
    found = review.console.registry.reviews.get(seen.observation_id)
    return (found.state, found.reason, found.by) if found else None


def busy(review: ReviewScene) -> list[Observation]:
    """Twice the same picture, another one, a permitted one, and somebody who is followed."""
    one, two = picture("one"), picture("two")
    mine, theirs = review.accounts[0], review.accounts[1]
    seen = [
        review.marked(review.posted(1, "Game night", mine, one), one),
        review.marked(review.posted(2, "Game night again", theirs, one), one),
        review.marked(review.posted(3, HOSTILE, mine, two), two, confidence=0.7),
        review.marked(review.posted(4, "Permitted", mine, two), two, outcome="permitted"),
        review.follows("<b>pizza</b>", theirs),
    ]
    review.publish()
    return seen


def test_before_anything_is_published_the_page_says_so(noor: Client) -> None:
    assert "Nothing is archived yet" in words(noor.get(QUEUE))


def test_what_waits_is_listed_once_for_the_same_evidence_and_markup_is_text(noor: Client, review: ReviewScene) -> None:
    busy(review)
    page = noor.get(QUEUE)
    assert shown(noor) == [
        "Follows @&lt;b&gt;pizza&lt;/b&gt;", "District seal in a picture", "District seal in a picture",
    ]  # fmt: skip
    assert "4 observations in 3 entries." in words(page)
    assert "Same evidence ×2" in words(page)
    assert "<b>pizza" not in page.text


def test_filters_narrow_the_list_and_what_matches_nothing_says_how_to_go_on(noor: Client, review: ReviewScene) -> None:
    busy(review)
    assert shown(noor, f"{QUEUE}?clause=4.2") == ["Follows @&lt;b&gt;pizza&lt;/b&gt;"]
    assert len(shown(noor, f"{QUEUE}?strength=review")) == 1
    assert len(shown(noor, f"{QUEUE}?state=any&outcome=permitted")) == 1
    nothing = noor.get(f"{QUEUE}?school=<script>")
    assert "Nothing matches" in words(nothing)
    assert "<script>" not in nothing.text.split("</head>")[1]


def test_a_dismissal_needs_a_reason_and_then_leads_to_what_waits_next(noor: Client, review: ReviewScene) -> None:
    seen = busy(review)
    assert noor.submit(f"{QUEUE}/move", item=item(seen[4]), to="dismissed").status_code == 422
    assert state(review, seen[4]) is None
    after = f"{QUEUE}/observations/{seen[0].observation_id}"
    answer = noor.submit(f"{QUEUE}/move", item=item(seen[4]), to="dismissed", reason="harmless", onwards=after)
    assert answer.headers["location"] == after
    assert "Dismissed: it needs nothing from anybody." in words(noor.follow(answer))
    assert state(review, seen[4]) == ("dismissed", "harmless", "communications")
    assert len(shown(noor)) == 2


def test_nobody_is_sent_to_another_site_after_a_step(noor: Client, review: ReviewScene) -> None:
    seen = busy(review)
    answer = noor.submit(f"{QUEUE}/move", item=item(seen[4]), to="contacted", onwards="https://elsewhere.example/")
    assert answer.headers["location"] == QUEUE


def test_several_are_previewed_before_anything_changes_then_moved_and_taken_back(
    noor: Client, review: ReviewScene
) -> None:
    seen = busy(review)
    chosen = [f"{item(seen[0])} {item(seen[1])}", item(seen[2])]
    preview = noor.submit(f"{QUEUE}/preview", item=chosen, to="dismissed")
    assert "Dismiss: these 3, is that right?" in words(preview)
    assert [state(review, each) for each in seen] == [None] * 5
    ticked = re.findall(r'name="item" value="([^"]+)" checked', preview.text)
    assert sorted(ticked) == sorted(item(each) for each in seen[:3])
    noor.submit(f"{QUEUE}/move", item=ticked, to="dismissed", reason="corrected", note="Taken down on Monday")
    assert [state(review, each) for each in seen[:3]] == [("dismissed", "corrected", "communications")] * 3
    undone = noor.submit(f"{QUEUE}/undo", item=" ".join(each.observation_id for each in seen[:3]))
    assert "Taken back: 3 observations." in words(noor.follow(undone))
    assert len(shown(noor)) == 3


def test_the_button_that_undoes_names_what_was_moved_last(noor: Client, review: ReviewScene) -> None:
    seen = busy(review)
    assert "Undo my last step" not in noor.get(QUEUE).text
    noor.submit(f"{QUEUE}/move", item=item(seen[4]), to="contacted")
    named = re.search(r'name="item" value="([^"]+)">\s*<button[^>]*>Undo', noor.get(QUEUE).text)
    assert named
    assert named[1] == seen[4].observation_id


def test_a_step_that_a_state_does_not_allow_is_refused_before_and_after_the_preview(
    noor: Client, review: ReviewScene
) -> None:
    seen = busy(review)
    preview = noor.submit(f"{QUEUE}/preview", item=item(seen[0]), to="referred")
    assert "Staff are contacted before anything is referred or closed." in words(preview)
    refused = noor.submit(f"{QUEUE}/move", item=item(seen[0]), to="referred")
    assert (refused.status_code, state(review, seen[0])) == (403, None)


@pytest.mark.parametrize("sent", ["", "no-such-id:0", "x:y", "a:-1"])
def test_a_form_that_names_no_observation_changes_nothing(noor: Client, review: ReviewScene, sent: str) -> None:
    busy(review)
    answer = noor.submit(f"{QUEUE}/move", item=sent, to="contacted")
    assert answer.status_code in (404, 422)
    assert review.console.registry.reviews.all() == {}


def test_two_people_on_one_observation_are_both_told_and_choose(
    noor: Client, second: Client, review: ReviewScene
) -> None:
    seen = busy(review)[4]
    page = noor.get(f"{QUEUE}/observations/{seen.observation_id}")
    assert f'value="{item(seen)}"' in page.text
    second.submit(f"{QUEUE}/move", item=item(seen), to="dismissed", reason="harmless", note="A parent's shop")
    conflict = noor.submit(f"{QUEUE}/move", item=item(seen), to="contacted", note="My <own> note")
    assert conflict.status_code == 409
    told = words(conflict)
    assert "Dismissed : it needs nothing from anybody Abel Second" in told
    assert "A parent's shop" in told
    assert "My <own> note" in told
    assert "Keep theirs" in told
    assert "this step is no longer possible" in told
    assert state(review, seen) == ("dismissed", "harmless", "abel")


def test_mine_can_be_applied_over_theirs_with_what_i_had_typed(
    noor: Client, second: Client, review: ReviewScene
) -> None:
    seen = busy(review)[4]
    second.submit(f"{QUEUE}/move", item=item(seen), to="in_review")
    conflict = noor.submit(f"{QUEUE}/move", item=item(seen), to="contacted", note="Wrote to the coach")
    fields = dict(re.findall(r'type="hidden" name="(to|note|item)" value="([^"]*)"', conflict.text))
    assert fields == {"to": "contacted", "note": "Wrote to the coach", "item": f"{item(seen, 1)} "}
    noor.submit(f"{QUEUE}/move", **fields)
    found = review.console.registry.reviews.get(seen.observation_id)
    assert found
    assert (found.state, found.note, found.by) == ("contacted", "Wrote to the coach", "communications")


def test_of_several_only_those_that_nobody_touched_can_be_moved_on(
    noor: Client, second: Client, review: ReviewScene
) -> None:
    seen = busy(review)
    second.submit(f"{QUEUE}/move", item=item(seen[0]), to="contacted")
    both = [item(seen[0]), item(seen[4])]
    conflict = noor.submit(f"{QUEUE}/move", item=both, to="dismissed", reason="harmless")
    assert conflict.status_code == 409
    assert "Keep theirs, apply mine to the other" in words(conflict)
    assert (state(review, seen[0]), state(review, seen[4])) == (("contacted", "", "abel"), None)


def test_nobody_takes_back_the_step_of_somebody_else(noor: Client, second: Client, review: ReviewScene) -> None:
    seen = busy(review)[4]
    second.submit(f"{QUEUE}/move", item=item(seen), to="contacted")
    answer = noor.submit(f"{QUEUE}/undo", item=seen.observation_id)
    assert (answer.status_code, state(review, seen)) == (409, ("contacted", "", "abel"))


def test_a_dismissal_silences_the_same_evidence_when_it_turns_up_again_and_counts_in_the_measured_precision(
    noor: Client, review: ReviewScene
) -> None:
    seen = busy(review)
    noor.submit(f"{QUEUE}/move", item=item(seen[0]), to="dismissed", reason="not_ours")
    noor.submit(f"{QUEUE}/move", item=item(seen[2]), to="contacted")
    assert len(shown(noor)) == 1
    one = picture("one")
    later = review.marked(
        review.posted(9, "Once more", review.accounts[2], one), one, observed_at=SEEN_AT + timedelta(days=7)
    )
    review.publish()
    assert len(shown(noor)) == 1
    page = words(noor.get(f"{QUEUE}/observations/{later.observation_id}"))
    assert "Dismissed together with the same evidence, by Communications One" in page
    assert review.console.registry.reviews.precision() == {"logo-use": Precision(right=1, wrong=1)}


def test_an_empty_queue_says_that_all_is_done_and_what_is_still_with_somebody(
    noor: Client, review: ReviewScene
) -> None:
    seen = review.follows("pizza")
    review.publish()
    noor.submit(f"{QUEUE}/move", item=item(seen), to="contacted")
    told = words(noor.get(QUEUE))
    assert "All done" in told
    assert "1 observation still with somebody" in told
    assert shown(noor, f"{QUEUE}?state=contacted") == ["Follows @pizza"]


def test_an_auditor_reads_the_queue_and_moves_nothing(client: Callable[[Role], Client], review: ReviewScene) -> None:
    seen = busy(review)
    auditor = client(Role.AUDITOR)
    assert len(shown(auditor)) == 3
    assert auditor.get(f"{QUEUE}/observations/{seen[0].observation_id}").status_code == 200
    assert auditor.submit(f"{QUEUE}/move", item=item(seen[0]), to="contacted").status_code == 403
    assert [look.by for look in review.console.registry.looks.of(OBSERVATION, seen[0].observation_id)] == ["auditor"]


def test_a_permission_that_has_come_since_is_shown_before_the_next_judgement(noor: Client, review: ReviewScene) -> None:
    seen = busy(review)[0]
    assert seen.posted_at
    review.console.registry.add_grant(
        seen.subject, seen.account_id, "game night", seen.posted_at - timedelta(days=1), None, "Dr. Holm",
        SEEN_AT, "asked late",
    )  # fmt: skip
    assert "Permitted since" in words(noor.get(QUEUE))


def test_the_list_follows_a_new_published_copy(noor: Client, review: ReviewScene) -> None:
    review.follows("pizza")
    review.publish()
    assert len(shown(noor)) == 1
    review.follows("shoes")
    review.publish()
    assert len(shown(noor)) == 2


def test_a_mark_with_its_new_title_is_called_so_at_once(noor: Client, review: ReviewScene) -> None:
    busy(review)
    assert "District seal in a picture" in shown(noor)
    registry, folder = review.console.registry, review.console.folder
    (folder / "new.png").write_bytes(picture("new seal"))
    registry.add_mark("district-seal", "The great seal", folder / "new.png", "it", SEEN_AT)
    assert "The great seal in a picture" in shown(noor)


def test_pages_are_reached_by_links(noor: Client, review: ReviewScene) -> None:
    for number in range(27):
        review.follows(f"shop{number:02}")
    review.publish()
    assert "Page 1 of 2" in noor.get(QUEUE).text
    assert len(shown(noor, f"{QUEUE}?page=2")) == 2
    assert len(shown(noor, f"{QUEUE}?page=99999999999")) == 25


def test_what_is_seen_of_an_unregistered_account_still_has_its_page(noor: Client, review: ReviewScene) -> None:
    gone = replace(review.accounts[0], account_id="x:404", platform_id="404")
    seen = review.follows("pizza", gone)
    review.publish()
    assert noor.get(f"{QUEUE}/observations/{seen.observation_id}").status_code == 200
