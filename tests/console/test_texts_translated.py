"""The pages in another language: what somebody typed stays as it was, and errors of the rooms below are translated."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from console_scene import PASSWORD, Client, Visitor, words
from made_up_language import LANGUAGE, spoken
from review_scene import POSTED_AT, ReviewScene

from console.context import Console
from console.texts import rooms, speak
from console.texts.extraction import HOUSE
from console.texts.telling import told
from registry.users import Role, UserDraft

SignIn = Callable[[Role], Client]

WEEKS = "/communications/trends"
HOSTILE = "<img src=x onerror=alert(1)> & %(name)s"


@pytest.fixture
def made_up(tmp_path: Path) -> Iterator[None]:
    """The console speaks a language that there is not: every text of ours in brackets."""
    with spoken(tmp_path):
        yield


def test_what_somebody_typed_stays_escaped_and_whole_inside_a_translated_text(
    made_up: None, console: Console, visitor: Visitor
) -> None:
    draft = UserDraft("several", HOSTILE, frozenset({Role.IT, Role.STAFF}))
    console.registry.users.add(draft, "test", datetime(2026, 9, 1, tzinfo=UTC), PASSWORD)
    browser = visitor()
    browser.submit("/sign-in", login="several", password=PASSWORD)
    for language, heading in (("eo", "⟦Good to see you, {}⟧"), ("en", "Good to see you, {}")):
        page = browser.get("/", headers={"accept-language": language}).text
        assert heading.format("&lt;img src=x onerror=alert(1)&gt; &amp; %(name)s") in page
        assert "<img src=x" not in page


@pytest.mark.parametrize(
    ("sentence", "translated"),
    [
        ("A dismissal needs its reason", "⟦A dismissal needs its reason⟧"),
        ("G4 was revoked already, by ada", "⟦G4 was revoked already, by Ada One⟧"),
        ("X does not show @a (deleted: 100% (gone))", "⟦X does not show @a (deleted: 100% (gone))⟧"),
        ("'%(text)s' is not a date or a time", "⟦'%(text)s' is not a date or a time⟧"),
        ("12.5 from 8 patches", "⟦12.5 from 8 patches⟧"),
        ("14 of 128 bits", "⟦14 of 128 bits⟧"),
        ("0.98", "0.98"),
        ("Something that no room of ours says", "Something that no room of ours says"),
    ],
)
def test_a_sentence_of_the_rooms_below_is_found_back_in_the_catalogue(
    made_up: None, sentence: str, translated: str
) -> None:
    speak(LANGUAGE)
    assert told(sentence, lambda login: f"{login.capitalize()} One") == translated


@pytest.mark.parametrize(
    ("role", "path", "typed", "said"),
    [
        (Role.IT, "/it/golive/procedures", {"reference": ""}, "'procedures' has no reference"),
        (Role.IT, "/it/users", {"login": "x", "name": "A", "role": "it"}, "'x' cannot be a login"),
        (
            Role.SUPERINTENDENT,
            "/superintendent/organisations",
            {"title": "A", "handle": "a", "platform": "y", "why": "z"},
            "'y' is not a platform",
        ),
        (Role.RECORDS, "/records/holds", {"reason": "x"}, "The hold names nothing"),
        (Role.STAFF, "/me/password", {"old": "a", "new": "b", "again": "b"}, "A password has 12 to"),
        (Role.COMMUNICATIONS, "/communications/reports", {"week": "x"}, "'x' is not a week"),
    ],
)
def test_what_went_wrong_is_said_in_the_language_of_the_page(
    made_up: None, client: SignIn, role: Role, path: str, typed: dict[str, str], said: str
) -> None:
    browser = client(role)
    browser.headers["accept-language"] = LANGUAGE
    answer = browser.submit(path, **typed)
    assert f"⟦{said}" in words(answer)


def test_the_districts_weeks_are_told_and_drawn_in_the_language_of_whoever_asks(
    made_up: None, client: SignIn, review: ReviewScene
) -> None:
    """Also for who asks within the minutes for which the weeks are kept."""
    review.posted(1, "Now")
    review.posted(2, "Earlier", at=POSTED_AT - timedelta(weeks=1))
    review.publish()
    browser = client(Role.COMMUNICATIONS)
    drawn = []
    for language in ("en", LANGUAGE, "en"):
        browser.headers["accept-language"] = language
        assert ("⟦Registered accounts published" in words(browser.get(WEEKS))) is (language == LANGUAGE)
        svg = browser.get(f"{WEEKS}/wide/2.svg").text
        drawn.append([text for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg) if text.upper() != text.lower()])
    assert drawn[0] == drawn[2] == ["Oct 5", "Oct 12", "posts", "comments"]
    assert drawn[1] == ["5 Okt", "12 Okt", "⟦posts⟧", "⟦comments⟧"]


def test_no_error_of_the_consoles_own_has_words_outside_the_catalogue() -> None:
    """Those that the access log keeps are found as the rooms' are; a page's own are looked up where they are made."""
    ours = {place for place, _ in rooms.sentences(HOUSE, ("console",)) if place.startswith("console/")}
    assert [place for place in sorted(ours) if not place.startswith(rooms.ROOMS)] == []
