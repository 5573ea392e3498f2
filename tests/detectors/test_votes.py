"""Matches of patches vote for a place, which they slant; once it is settled they are asked again."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.arrays import Doubles
from detectors.logos.index import Matches
from detectors.logos.keypoints import Keypoints
from detectors.logos.support import support
from detectors.logos.verify import Canvas
from detectors.logos.voting import Landmarks, Voters, places

SLANTED = np.array([[110.0, 12, 300], [-8, 84, 200], [0, 0, 1]])
"""Where the mark lies: stretched, and pulled askew."""


def _seen_at(pose: Doubles, count: int = 40) -> Voters:
    """Every patch of a mark is seen where the pose has it, and nothing else is."""
    random = np.random.default_rng(7)
    place = random.uniform(-0.5, 0.5, (count, 2))
    size, every = np.full(count, 0.02, np.float32), np.arange(count)
    side = np.sqrt(np.linalg.det(pose[:2, :2]))
    turn = np.arctan2(pose[1, 0] - pose[0, 1], pose[0, 0] + pose[1, 1])
    there = place @ pose[:2, :2].T + pose[:2, 2]
    angle = random.uniform(-3, 3, count).astype(np.float32)
    seen = Keypoints(
        there.astype(np.float32),
        (size * side).astype(np.float32),
        (angle + turn).astype(np.float32),
        np.zeros((0, 16, 16)),
    )
    landmarks = Landmarks(np.zeros(count, np.int64), place.astype(np.float32), size, angle)
    return Voters.of(seen, Matches(every, every, np.full(count, 10)), landmarks)


@pytest.fixture
def canvas() -> Canvas:
    """A square mark with edges everywhere."""
    edges = np.random.default_rng(3).normal(0, 1, (60, 60, 2)).astype(np.float32)
    return Canvas.of(edges, np.ones((60, 60, 1), np.float32), 44)


def test_a_place_is_slanted_as_its_voters_say() -> None:
    voters = _seen_at(SLANTED)
    (place,) = places(voters, 1)
    assert place.pose == pytest.approx(SLANTED[:2], abs=3)


def test_a_lone_voter_does_not_slant_a_place() -> None:
    voters = _seen_at(SLANTED, 1)
    (place,) = places(voters, 1)
    assert place.pose[0, 0] == pytest.approx(place.pose[1, 1], abs=0.5)
    assert place.pose[0, 1] == pytest.approx(-place.pose[1, 0], abs=0.5)


def test_all_voters_hold_where_they_were_seen_and_none_hold_elsewhere(canvas: Canvas) -> None:
    voters, apart = _seen_at(SLANTED), np.array([[1.0, 0, 40], [0, 1, 0], [0, 0, 1]])
    here, there = (support(voters, 0, canvas, pose) for pose in (SLANTED, apart @ SLANTED))
    assert here["supporters"] == pytest.approx(np.log(41))
    assert here["supported"] > 0.8
    assert here["supporting"] == pytest.approx(1.0)
    assert there == pytest.approx(
        {
            "supporters": 0.0,
            "support": np.log(0.1),
            "support_shared": np.log(0.1),
            "supporting": 0.0,
            "supported": 0.0,
        }
    )


def test_some_voters_vote_as_they_do_among_all() -> None:
    voters = _seen_at(SLANTED)
    half = voters[np.arange(0, 40, 2)]
    (all_of_them,), (some,) = places(voters, 1), places(half, 1)
    assert half.votes.tolist() == voters.votes[::2].tolist()
    assert some.votes == pytest.approx(all_of_them.votes / 2, rel=0.1)


def test_voters_for_another_mark_say_nothing(canvas: Canvas) -> None:
    assert support(_seen_at(SLANTED), 1, canvas, SLANTED)["supporters"] == 0.0
