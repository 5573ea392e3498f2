"""Matches of patch hashes vote for where a mark could be: a similarity transform each."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from detectors.arrays import Doubles, Floats, Ints
from detectors.logos.index import Matches
from detectors.logos.keypoints import Keypoints

RADIUS = 34  # Hamming distance of 128 beyond which a match is no vote
OCTAVES = 0.7  # width of a bin of scale
TURNS = 10  # bins of a whole turn
PLACE = 0.25  # width of a bin of place, in the mark's longer side
SPREAD = (0.2, 0.2, 0.08)  # octaves, radians, longer sides: standard deviations of the votes for one place
UPRIGHT = 4.0  # votes for a place being neither slanted nor stretched
AWAY = 0.03  # longer sides: from here on a voter counts for less when a place is slanted
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
class Voters:
    """What a picture's places are voted for with: its keypoints, their matches and whom these are with."""

    keypoints: Keypoints
    matches: Matches
    landmarks: Landmarks
    votes: Doubles

    @classmethod
    def of(cls, keypoints: Keypoints, matches: Matches, landmarks: Landmarks) -> Voters:
        """The voters of a picture; a patch that is like many others shares its votes out."""
        return cls(keypoints, matches, landmarks, _shared(nearness(matches.distance), matches.query))

    def __getitem__(self, rows: Ints) -> Voters:
        """Only these matches, with the votes that they have among all."""
        matches = Matches(self.matches.query[rows], self.matches.entry[rows], self.matches.distance[rows])
        return Voters(self.keypoints, matches, self.landmarks, self.votes[rows])

    @property
    def mark(self) -> Ints:
        """The number of the reference that each match votes for."""
        return self.landmarks.mark[self.matches.entry]


@dataclass(frozen=True, slots=True)
class Place:
    """A mark's possible place: ``pose`` (2, 3) maps mark units to pixels; ``rows`` are the matches that voted."""

    mark: int
    votes: float
    pose: Doubles
    rows: Ints


def places(voters: Voters, limit: int) -> list[Place]:
    """The ``limit`` places with the most votes, most first."""
    if not len(voters.votes):
        return []
    mark, poses, votes = voters.mark, _poses(voters), voters.votes
    found = _gathered(mark, *_full_bins(mark, poses, votes, voters.matches.query, 4 * limit), poses, votes)
    most = sorted(_distinct(found), key=lambda place: -place.votes)[:limit]
    return [_slanted(place, voters) for place in most]


def _slanted(place: Place, voters: Voters) -> Place:
    """``place`` with the affine transform that suits its voters best; few of them hardly move it."""
    rows, square = place.rows, np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    source = np.concatenate([voters.landmarks.place[voters.matches.entry[rows]], square])
    terms = np.column_stack([source, np.ones(len(source))])
    target = np.concatenate([voters.keypoints.place[voters.matches.query[rows]], terms[-4:] @ place.pose.T])
    own = np.concatenate([voters.votes[rows], np.full(4, UPRIGHT / 4)])
    side, pose = np.hypot(place.pose[0, 0], place.pose[1, 0]), place.pose
    for _ in range(3):
        off = np.hypot(*(terms @ pose.T - target).T) / side
        weight = own / (1 + (off / AWAY) ** 2)
        weight[-4:] = own[-4:]
        pose = np.linalg.solve(terms.T @ (weight[:, None] * terms), terms.T @ (weight[:, None] * target)).T
    return replace(place, pose=pose)


def _poses(voters: Voters) -> Doubles:
    """(n, 4): octave of the mark's longer side in pixels, turn, x and y of its centre, one row a match."""
    matches, keypoints, landmarks = voters.matches, voters.keypoints, voters.landmarks
    scale = keypoints.size[matches.query] / landmarks.size[matches.entry]
    turn = keypoints.angle[matches.query] - landmarks.angle[matches.entry]
    at = landmarks.place[matches.entry]
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    moved = np.stack([cos * at[:, 0] - sin * at[:, 1], sin * at[:, 0] + cos * at[:, 1]], 1)
    return np.column_stack([np.log2(scale), turn % (2 * np.pi), keypoints.place[matches.query] - moved])


def nearness(distance: Ints) -> Doubles:
    """Votes of a match by its Hamming distance: a nearer hash has more."""
    votes: Doubles = ((RADIUS + 4 - distance) / 12.0) ** 2
    return votes


def _shared(near: Doubles, query: Ints) -> Doubles:
    crowd = np.bincount(query, near)[query]
    shared: Doubles = near / np.sqrt(np.maximum(crowd / near, 1))
    return shared


def _full_bins(mark: Ints, poses: Doubles, votes: Doubles, query: Ints, limit: int) -> tuple[Ints, Ints]:
    """Rows of the fullest bins of two grids, the second shifted by half a bin, and where each bin's rows begin.

    There is one vote a keypoint and bin, its largest.
    """
    order = np.argsort(-votes, kind="stable")
    keys = np.concatenate([_bins(mark[order], poses[order], shift) for shift in (0.0, 0.5)])
    rows = np.tile(order, 2)
    ballot = keys * (int(query.max()) + 1) + query[rows]
    sorted_ = np.argsort(ballot, kind="stable")
    ballot, keys, rows = ballot[sorted_], keys[sorted_], rows[sorted_]
    first = np.r_[True, ballot[1:] != ballot[:-1]]
    keys, rows = keys[first], rows[first]
    start = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    fullest = np.argsort(-np.add.reduceat(votes[rows], start), kind="stable")[:limit]
    length = np.diff(np.r_[start, len(rows)])[fullest]
    begin = np.cumsum(length) - length
    return rows[np.arange(length.sum()) + np.repeat(start[fullest] - begin, length)], begin


def _bins(mark: Ints, poses: Doubles, shift: float) -> Ints:
    octave = np.floor(poses[:, 0] / OCTAVES + shift).astype(np.int64)
    turn = np.floor(poses[:, 1] * TURNS / (2 * np.pi) + shift).astype(np.int64) % TURNS
    width = PLACE * 2.0 ** ((octave - shift + 0.5) * OCTAVES)
    x, y = (np.floor(poses[:, axis] / width + shift).astype(np.int64) + 512 for axis in (2, 3))
    key: Ints = ((((mark * 64 + octave + 32) * TURNS + turn) * 4096 + x) * 4096 + y) * 2 + int(shift > 0)
    return key


def _gathered(mark: Ints, rows: Ints, begin: Ints, poses: Doubles, votes: Doubles) -> list[Place]:
    """Each bin's place by mean shift (Comaniciu and Meer 2002): what lies far from the others hardly counts."""
    chosen, own = poses[rows], votes[rows]
    length = np.diff(np.r_[begin, len(rows)])
    counted = own
    for width in WIDTHS:
        middle = np.repeat(_means(chosen, counted, begin), length, axis=0)
        close = np.exp(-0.5 * _apart(chosen, middle) / width**2)
        counted = np.maximum(own * close, 1e-12)
    octave, turn, x, y = _means(chosen, counted, begin).T
    cos, sin = 2.0**octave * np.cos(turn), 2.0**octave * np.sin(turn)
    pose = np.stack([cos, -sin, x, sin, cos, y], 1).reshape(-1, 2, 3)
    near = close >= np.repeat(np.minimum(NEAR, np.maximum.reduceat(close, begin)), length)
    total = np.add.reduceat(counted, begin)
    parts = zip(mark[rows[begin]], total, pose, np.split(rows, begin[1:]), np.split(near, begin[1:]), strict=True)
    return [Place(int(m), float(v), p, r[n]) for m, v, p, r, n in parts]


def _apart(poses: Doubles, middle: Doubles) -> Doubles:
    """(n,): squared distances of poses from their places, in standard deviations."""
    octave, turn, x, y = (poses - middle).T
    turned = np.abs((turn + np.pi) % (2 * np.pi) - np.pi)
    away = np.hypot(x, y) / 2.0 ** middle[:, 0]
    apart: Doubles = (octave / SPREAD[0]) ** 2 + (turned / SPREAD[1]) ** 2 + (away / SPREAD[2]) ** 2
    return apart


def _means(poses: Doubles, votes: Doubles, begin: Ints) -> Doubles:
    """(bins, 4): the mean pose of each bin."""
    octave, turn, x, y = poses.T
    terms = np.stack([np.ones(len(poses)), octave, np.cos(turn), np.sin(turn), x, y], 1)
    weight, octave, cos, sin, x, y = np.add.reduceat(terms * votes[:, None], begin).T
    return np.stack([octave / weight, np.arctan2(sin, cos), x / weight, y / weight], 1)


def _distinct(found: list[Place]) -> list[Place]:
    """Without the places of a mark that differ so little from one before that verification ends in the same spot."""
    mark, pose = np.array([place.mark for place in found]), np.stack([place.pose for place in found])
    apart = np.abs(pose[:, None] - pose[None])
    side = np.hypot(pose[:, 0, 0], pose[:, 1, 0])
    same = (mark[:, None] == mark) & (apart[:, :, :, :2].max((2, 3)) < 0.2 * side)
    same &= np.hypot(apart[:, :, 0, 2], apart[:, :, 1, 2]) < 0.08 * side
    kept: list[int] = []
    for number in range(len(found)):
        if not same[number, kept].any():
            kept.append(number)
    return [found[number] for number in kept]
