"""One served sandbox a dialect, as new for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox_place import Place, served


@pytest.fixture(scope="session")
def served_tweets() -> Iterator[Place]:
    with served("tweet") as place:
        yield place


@pytest.fixture(scope="session")
def served_posts() -> Iterator[Place]:
    with served("post") as place:
        yield place


@pytest.fixture
def place(served_tweets: Place) -> Place:
    """The sandbox at the first demo's time, X in its old dialect, the one that tweepy speaks."""
    return served_tweets.fresh()


@pytest.fixture
def place_of_posts(served_posts: Place) -> Place:
    """The same with X in its new dialect."""
    return served_posts.fresh()
