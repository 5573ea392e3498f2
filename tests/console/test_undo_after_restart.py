"""What somebody in the office did last can be taken back with one click, also after the console was started again."""

from __future__ import annotations

import re

from console_scene import PASSWORD, Client, Visitor, words
from review_scene import ReviewScene, picture

QUEUE = "/communications"
UNDO = re.compile(r'name="item" value="([^"]+)">\s*<button[^>]*>Undo')


def signed_in(visitor: Visitor) -> Client:
    """A browser at a console that has just been started."""
    browser = visitor()
    browser.submit("/sign-in", login="communications", password=PASSWORD)
    return browser


def test_a_step_is_taken_back_after_the_console_was_started_again(visitor: Visitor, review: ReviewScene) -> None:
    both = []
    for number, words_of in ((1, "seal"), (2, "mascot")):
        shown = picture(words_of)
        observation = review.marked(review.posted(number, words_of, review.accounts[number], shown), shown)
        both.append(observation.observation_id)
    review.publish()
    moved = signed_in(visitor).submit(f"{QUEUE}/move", item=[f"{each}:0" for each in both], to="contacted")
    assert moved.status_code == 303, words(moved)
    again = signed_in(visitor)
    named = UNDO.search(again.get(QUEUE).text)
    assert named and sorted(named[1].split()) == sorted(both)
    assert "Taken back: 2 observations." in words(again.follow(again.submit(f"{QUEUE}/undo", item=named[1])))
    assert UNDO.search(signed_in(visitor).get(QUEUE).text) is None
