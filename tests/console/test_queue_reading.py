"""The queue as values: what is the same evidence, what waits, what a dismissal silences, how pages are cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.reading.desk import Desk, Seen
from console.reading.differences import differences
from console.reading.queue import PAGE, Filters, Standings, beside, entries, page
from records.model import Platform
from registry.review_values import Review
from reports.model import AccountLabel

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
PLAIN = Filters()
SEEN = Seen(
    observation_id="a",
    rule="logo-use",
    clause="4.9",
    account_id="x:1",
    record_id="x:post:1",
    subject="seal",
    confidence=0.9,
    strong=True,
    observed_at=NOW - timedelta(days=3),
    posted_at=NOW - timedelta(days=5),
    media_sha256="m1",
    box=None,
    outcome="no_permission",
    basis="",
    named="",
    link="",
)
ELSEWHERE = replace(SEEN, observation_id="b", account_id="x:2", record_id="x:post:2")
OTHER_PICTURE = replace(SEEN, observation_id="c", media_sha256="m2", observed_at=NOW - timedelta(days=40), strong=False)
FOLLOWED = replace(
    SEEN, observation_id="d", rule="outbound-outside-community", clause="4.2", media_sha256=None, subject="x:9",
    outcome="outside_community", observed_at=NOW - timedelta(days=10), link="follow", named="@pizza",
)  # fmt: skip
PERMITTED = replace(SEEN, observation_id="e", media_sha256="m3", outcome="permitted")
ALL = (SEEN, ELSEWHERE, OTHER_PICTURE, FOLLOWED, PERMITTED)


class Names:
    def account(self, account_id: str) -> AccountLabel:
        school = {"x:1": "Mill", "x:2": "Oak"}[account_id]
        return AccountLabel(account_id, Platform.X, f"{school}Robotics", school, "Teacher", "news")


def reviewed(seen: Seen, state: str, reason: str = "", version: int = 1) -> Review:
    ids = (seen.observation_id, seen.rule, seen.account_id, seen.subject, "g")
    return Review(*ids, state, reason, "", "noor", NOW, version)


def standings(seen: Iterable[Seen] = ALL, *reviews: Review) -> Standings:
    known: Mapping[str, Review] = {review.observation_id: review for review in reviews}
    return Standings(Desk.of(seen), known)


def queue(found: Standings, filters: Filters = PLAIN) -> list[str]:
    """Each entry as the letters of its observations."""
    return [
        "".join(member.seen.observation_id for member in entry.members)
        for entry in entries(found, filters, Names(), NOW)  # type: ignore[arg-type]
    ]


def test_observations_of_the_same_evidence_are_one_entry_and_what_was_permitted_waits_for_nobody() -> None:
    assert queue(standings()) == ["ab", "c", "d"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(clause="4.2"), ["d"]),
        (Filters(rule="logo-use"), ["ab", "c"]),
        (Filters(account="@oak"), ["b"]),
        (Filters(school="Mill"), ["a", "c", "d"]),
        (Filters(outcome="outside_community"), ["d"]),
        (Filters(state="any", outcome="permitted"), ["e"]),
        (Filters(age="new"), ["ab"]),
        (Filters(age="week"), ["c", "d"]),
        (Filters(age="month"), ["c"]),
        (Filters(strength="review"), ["c"]),
        (Filters(strength="strong", clause="4.9"), ["ab"]),
        (Filters(order="oldest"), ["c", "d", "ab"]),
        (Filters(order="newest"), ["ab", "d", "c"]),
        (Filters(state="any"), ["ab", "c", "d", "e"]),
        (Filters(state="nonsense"), []),
        (Filters(age="nonsense"), []),
    ],
)
def test_each_filter_lets_through_what_it_says(filters: Filters, expected: list[str]) -> None:
    assert queue(standings(), filters) == expected


def test_a_dismissal_as_the_detectors_error_silences_the_same_evidence_wherever_it_turns_up() -> None:
    found = standings(ALL, reviewed(SEEN, "dismissed", "not_ours"))
    assert queue(found) == ["c", "d"]
    silenced = found.by_id("b")
    assert silenced is not None
    assert (silenced.state, silenced.silenced, silenced.version) == (
        "dismissed",
        reviewed(SEEN, "dismissed", "not_ours"),
        0,
    )


def test_a_dismissal_for_another_reason_is_about_that_one_only() -> None:
    assert queue(standings(ALL, reviewed(SEEN, "dismissed", "corrected"))) == ["b", "c", "d"]


def test_a_decision_of_its_own_counts_more_than_one_about_its_like() -> None:
    found = standings(ALL, reviewed(SEEN, "dismissed", "not_ours"), reviewed(ELSEWHERE, "contacted"))
    assert queue(found, Filters(state="contacted")) == ["b"]


def test_what_is_taken_into_review_or_taken_back_to_new_still_waits() -> None:
    found = standings(ALL, reviewed(SEEN, "in_review"), reviewed(FOLLOWED, "new", version=2))
    assert queue(found) == ["ab", "c", "d"]
    assert queue(found, Filters(state="in_review")) == ["a"]


def test_a_change_carries_the_version_that_was_seen_and_one_group_for_the_same_evidence() -> None:
    found = standings(ALL, reviewed(SEEN, "in_review", version=3))
    changes = [standing.change() for standing in found.alike(SEEN.key)]
    assert [(c.observation_id, c.account_id, c.version) for c in changes] == [("a", "x:1", 3), ("b", "x:2", 0)]
    assert len({c.group for c in changes}) == 1


def test_pages_hold_at_tens_of_thousands_of_observations() -> None:
    many = [replace(SEEN, observation_id=str(n), media_sha256=str(n)) for n in range(30_000)]
    found = entries(standings(many), Filters(), Names(), NOW)  # type: ignore[arg-type]
    third = page(found, 3)
    assert (third.number, third.pages, third.entries, third.observations) == (3, 30_000 // PAGE, 30_000, 30_000)
    assert [entry.first.seen.observation_id for entry in third.shown] == [str(n) for n in range(2 * PAGE, 3 * PAGE)]
    assert (page(found, 10**9).number, page(found, -5).number, page([], 4).pages) == (30_000 // PAGE, 1, 1)


def test_the_way_through_the_list_knows_what_is_before_and_after_and_begins_anew_where_an_entry_has_gone() -> None:
    found = entries(standings(), Filters(), Names(), NOW)  # type: ignore[arg-type]
    assert beside(found, OTHER_PICTURE.key) == ("a", "d", 2)
    assert beside(found, SEEN.key) == (None, "c", 1)
    assert beside(found, FOLLOWED.key) == ("c", None, 3)
    assert beside(found, PERMITTED.key) == (None, "a", None)
    assert beside([], SEEN.key) == (None, None, None)


def test_filters_come_back_from_their_own_address() -> None:
    filters = Filters(clause="4.2", school="Oak & Elm", order="oldest")
    assert Filters.read(filters.parameters()) == filters
    assert Filters.read({"clause": "  ", "other": "x"}) == Filters()
    assert (Filters(order="oldest").narrowed, Filters(clause="4.2").narrowed) == (False, True)


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_comparison_holds_both_texts_whole(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert "".join(piece.text for piece in pieces if piece.change != "removed") == after
    assert "".join(piece.text for piece in pieces if piece.change != "added") == before


def test_only_the_words_that_changed_are_marked() -> None:
    told = [(piece.change, piece.text) for piece in differences("Open house at 7 pm.", "Open house at 8 pm. Come!")]
    assert told == [
        ("same", "Open house at "), ("removed", "7"), ("added", "8"), ("same", " pm."), ("added", " Come!"),
    ]  # fmt: skip


def test_a_very_long_text_is_not_compared_word_by_word() -> None:
    pieces = differences("a " * 3000, "b " * 3000)
    assert [piece.change for piece in pieces] == ["removed", "added"]
