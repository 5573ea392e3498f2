"""Matches of patch hashes vote for where a mark could be: a similarity transform each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from detectors.arrays import Doubles, Floats, Ints
from detectors.logos.index import Matches
from detectors.logos.keypoints import Keypoints

RADIUS = 34  # Hamming distance of 128 beyond which a match is no vote
OCTAVES = 0.7  # width of a bin of scale
TURNS = 10  # bins of a whole turn
PLACE = 0.25  # width of a bin of place, in the mark's longer side
SPREAD = (0.2, 0.2, 0.08)  # octaves, radians, longer sides: standard deviations of the votes for one place
NEAR = 0.05  # of a full vote: what counts less did not vote for the place
WIDTHS = (2.2, 1.4, 1.0, 1.0)  # of the kernel, from step to step, in standard deviations


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
    if not len(matches.query):
        return []
    mark = landmarks.mark[matches.entry]
    poses = _poses(matches, keypoints, landmarks)
    votes = _votes(matches)
    found: list[Place] = []
    for rows in _full_bins(mark, poses, votes, matches.query, 4 * limit):
        place = _gathered(int(mark[rows[0]]), rows, poses, votes)
        if not any(_same(place, other) for other in found):
            found.append(place)
    return sorted(found, key=lambda p: -p.votes)[:limit]


def _poses(matches: Matches, keypoints: Keypoints, landmarks: Landmarks) -> Doubles:
    """(n, 4): octave of the mark's longer side in pixels, turn, x and y of its centre, one row a match."""
    scale = keypoints.size[matches.query] / landmarks.size[matches.entry]
    turn = keypoints.angle[matches.query] - landmarks.angle[matches.entry]
    at = landmarks.place[matches.entry]
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    moved = np.stack([cos * at[:, 0] - sin * at[:, 1], sin * at[:, 0] + cos * at[:, 1]], 1)
    return np.column_stack([np.log2(scale), turn % (2 * np.pi), keypoints.place[matches.query] - moved])


def _votes(matches: Matches) -> Doubles:
    """A nearer hash has more votes; a patch that is like many others shares them out."""
    near = ((RADIUS + 4 - matches.distance) / 12.0) ** 2
    crowd = np.bincount(matches.query, near)[matches.query]
    return near / np.sqrt(np.maximum(crowd / near, 1))


def _full_bins(mark: Ints, poses: Doubles, votes: Doubles, query: Ints, limit: int) -> Iterator[Ints]:
    """Rows of the fullest bins of two grids, the second shifted by half a bin; one vote a keypoint and bin."""
    keys = np.concatenate([_bins(mark, poses, shift) for shift in (0.0, 0.5)])
    rows = np.tile(np.arange(len(mark)), 2)
    order = np.lexsort((-votes[rows], query[rows], keys))
    keys, rows = keys[order], rows[order]
    new = np.r_[True, keys[1:] != keys[:-1]]
    first = new | np.r_[True, query[rows[1:]] != query[rows[:-1]]]
    keys, rows, start = keys[first], rows[first], np.flatnonzero(new[first])
    total = np.add.reduceat(votes[rows], start)
    stop = np.r_[start[1:], len(rows)]
    for bin_number in np.argsort(-total, kind="stable")[:limit]:
        yield rows[start[bin_number] : stop[bin_number]]


def _bins(mark: Ints, poses: Doubles, shift: float) -> Ints:
    octave = np.floor(poses[:, 0] / OCTAVES + shift).astype(np.int64)
    turn = np.floor(poses[:, 1] * TURNS / (2 * np.pi) + shift).astype(np.int64) % TURNS
    width = PLACE * 2.0 ** ((octave - shift + 0.5) * OCTAVES)
    x, y = (np.floor(poses[:, axis] / width + shift).astype(np.int64) + 512 for axis in (2, 3))
    key: Ints = ((((mark * 64 + octave + 32) * TURNS + turn) * 4096 + x) * 4096 + y) * 2 + int(shift > 0)
    return key


def _gathered(mark: int, rows: Ints, poses: Doubles, votes: Doubles) -> Place:
    """The bin's place by mean shift (Comaniciu and Meer 2002): what lies far from the others hardly counts."""
    chosen, counted = poses[rows], votes[rows]
    for width in WIDTHS:
        octave, turn, x, y = _mean(chosen, counted)
        nearness = np.exp(-0.5 * _apart(chosen, (octave, turn, x, y)) / width**2)
        counted = np.maximum(votes[rows] * nearness, 1e-12)
    octave, turn, x, y = _mean(chosen, counted)
    cos, sin = 2.0**octave * np.cos(turn), 2.0**octave * np.sin(turn)
    near = nearness >= min(NEAR, nearness.max())
    return Place(mark, float(counted.sum()), np.array([[cos, -sin, x], [sin, cos, y]]), rows[near])


def _apart(poses: Doubles, place: tuple[float, float, float, float]) -> Doubles:
    """(n,): squared distances from a place, in standard deviations."""
    octave, turn, x, y = place
    turned = np.abs(np.angle(np.exp(1j * (poses[:, 1] - turn))))
    away = np.hypot(poses[:, 2] - x, poses[:, 3] - y) / 2.0**octave
    apart: Doubles = ((poses[:, 0] - octave) / SPREAD[0]) ** 2 + (turned / SPREAD[1]) ** 2 + (away / SPREAD[2]) ** 2
    return apart


def _mean(poses: Doubles, votes: Doubles) -> tuple[float, float, float, float]:
    weight = votes / votes.sum()
    turn = np.arctan2(weight @ np.sin(poses[:, 1]), weight @ np.cos(poses[:, 1]))
    return float(weight @ poses[:, 0]), float(turn), float(weight @ poses[:, 2]), float(weight @ poses[:, 3])


def _same(one: Place, other: Place) -> bool:
    """Whether two places of a mark differ by so little that verification ends in the same spot."""
    if one.mark != other.mark:
        return False
    side = np.hypot(*other.pose[:, 0])
    return bool(
        np.abs(one.pose[:, :2] - other.pose[:, :2]).max() < 0.2 * side
        and np.hypot(*(one.pose[:, 2] - other.pose[:, 2])) < 0.08 * side
    )
