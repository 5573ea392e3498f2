"""Matches of patch hashes vote for where a mark could be: a similarity transform each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detectors.arrays import Doubles, Flags, Floats, Ints
from detectors.logos.index import Matches
from detectors.logos.keypoints import Keypoints

RADIUS = 36  # Hamming distance of 128 beyond which a match is no vote
SCALE_SLACK = 0.42  # octaves
TURN_SLACK = 0.45  # radians
PLACE_SLACK = 0.16  # of the mark's longer side
PER_MARK = 500  # best matches considered for one mark
PLACES = 3  # places considered for one mark


@dataclass(frozen=True, slots=True)
class Landmarks:
    """The reference patches: whose they are, where on the mark (longer side 1, centre 0), how large, which way."""

    mark: Ints
    place: Floats
    size: Floats
    angle: Floats


@dataclass(frozen=True, slots=True)
class Place:
    """A mark's possible place: ``pose`` (2, 3) maps mark units to pixels; ``rows`` are the matches that voted."""

    mark: int
    votes: float
    pose: Doubles
    rows: Ints


def places(matches: Matches, keypoints: Keypoints, landmarks: Landmarks, limit: int) -> list[Place]:
    """The ``limit`` places with the most votes, most first."""
    mark = landmarks.mark[matches.entry]
    scale = keypoints.size[matches.query] / landmarks.size[matches.entry]
    turn = keypoints.angle[matches.query] - landmarks.angle[matches.entry]
    at = landmarks.place[matches.entry]
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    moved = np.stack([cos * at[:, 0] - sin * at[:, 1], sin * at[:, 0] + cos * at[:, 1]], 1)
    votes = ((RADIUS + 4 - matches.distance) / 12.0) ** 2
    poses = np.column_stack([np.log2(scale), turn, keypoints.place[matches.query] - moved])
    found: list[Place] = []
    for one in np.unique(mark):
        rows = np.flatnonzero(mark == one)
        rows = rows[np.argsort(matches.distance[rows], kind="stable")[:PER_MARK]]
        found += _of_mark(int(one), rows, poses, votes, matches.query)
    return sorted(found, key=lambda p: -p.votes)[:limit]


def _of_mark(
    mark: int,
    rows: Ints,
    poses: Doubles,
    votes: Doubles,
    query: Ints,
) -> list[Place]:
    agree = _agreement(poses[rows])
    found = []
    left = np.ones(len(rows), bool)
    for _ in range(PLACES):
        weight = np.where(left, votes[rows], 0)
        total = agree @ weight * left
        best = int(np.argmax(total))
        if total[best] <= 0:
            break
        near = np.flatnonzero(agree[best] & left)
        members = rows[near]
        _, first = np.unique(query[members], return_index=True)  # one vote a keypoint, its nearest hash first
        members = members[np.sort(first)]
        found.append(Place(mark, float(votes[members].sum()), _mean_pose(poses[members], votes[members]), members))
        left[near] = False
    return found


def _agreement(poses: Doubles) -> Flags:
    """(n, n): which poses are the same within the slacks."""
    octave = poses[:, 0]
    turn = poses[:, 1]
    side = 2.0 ** ((octave[:, None] + octave[None]) / 2)
    apart = np.hypot(poses[:, None, 2] - poses[None, :, 2], poses[:, None, 3] - poses[None, :, 3])
    turned = np.abs((turn[:, None] - turn[None] + np.pi) % (2 * np.pi) - np.pi)
    return (np.abs(octave[:, None] - octave[None]) < SCALE_SLACK) & (turned < TURN_SLACK) & (apart < PLACE_SLACK * side)


def _mean_pose(poses: Doubles, votes: Doubles) -> Doubles:
    weight = votes / votes.sum()
    scale = 2.0 ** (weight @ poses[:, 0])
    turn = np.arctan2(weight @ np.sin(poses[:, 1]), weight @ np.cos(poses[:, 1]))
    x, y = weight @ poses[:, 2:]
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    return np.array([[cos, -sin, x], [sin, cos, y]])
