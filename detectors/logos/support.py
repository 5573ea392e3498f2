"""A place's voters are asked again once its pose is settled: which of them hold, and how much of the mark is theirs.

The edges of other letters agree in part with a mark's, here and there; that patches of the same place, size and
direction are near in their hashes all over the mark is rarer by far.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from detectors.arrays import Doubles, Flags, Floats, Ints
from detectors.logos.keypoints import PATCH_STEP, Keypoints
from detectors.logos.verify import Canvas
from detectors.logos.voting import Landmarks, Voters, nearness

AWAY, OCTAVES, TURN = 0.05, 0.5, 0.45  # longer sides, octaves and radians that a voter may be off by
FINEST = PATCH_STEP / 260  # of the longer side: smaller keypoints are finer than any drawing of the mark
LARGEST = 1 / 16  # of the shorter side: the patch of a larger keypoint does not fit into the mark
FEW = 5  # keypoints: a share of fewer says little
AROUND = 6.0, 0.04  # patch samples, or longer sides, round a voter that are its part of the mark


def support(voters: Voters, mark: int, canvas: Canvas, pose: Doubles) -> dict[str, float]:
    """What the voters say, by name, for the reference number ``mark`` lying at ``pose``."""
    holding = voters[_holding(voters, mark, pose)]
    query, entry = holding.matches.query, holding.matches.entry
    supporters = len(np.unique(query))
    return {
        "supporters": math.log(1 + supporters),
        "support": math.log(0.1 + _largest_each(query, nearness(holding.matches.distance))),
        "support_shared": math.log(0.1 + _largest_each(query, holding.votes)),
        "supporting": supporters / max(int(_inside(voters.keypoints, canvas, pose).sum()), FEW),
        "supported": _supported(canvas, voters.landmarks, entry),
    }


def _holding(voters: Voters, mark: int, pose: Doubles) -> Ints:
    """Rows of the matches that lie where the pose has them, in their size and direction."""
    rows = np.flatnonzero(voters.mark == mark)
    keypoints, landmarks = voters.keypoints, voters.landmarks
    query, entry = voters.matches.query[rows], voters.matches.entry[rows]
    side, turn = _side(pose), math.atan2(pose[1, 0] - pose[0, 1], pose[0, 0] + pose[1, 1])
    there = _mapped(landmarks.place[entry], pose)
    off = np.hypot(*(keypoints.place[query] - there).T) / side
    octaves = np.abs(np.log2(keypoints.size[query] / (landmarks.size[entry] * side)))
    turned = keypoints.angle[query] - landmarks.angle[entry] - turn
    turned = np.abs((turned + np.pi) % (2 * np.pi) - np.pi)
    holding: Ints = rows[(off < AWAY) & (octaves < OCTAVES) & (turned < TURN)]
    return holding


def _inside(keypoints: Keypoints, canvas: Canvas, pose: Doubles) -> Flags:
    """(keypoints,): which could be patches of the mark."""
    size, half = keypoints.size / _side(pose), canvas.half
    within = (np.abs(_mapped(keypoints.place, np.asarray(np.linalg.inv(pose), np.float64))) <= half).all(1)
    return np.asarray(within & (size > FINEST) & (size < 2 * half.min() * LARGEST), np.bool_)


def _side(pose: Doubles) -> float:
    return math.sqrt(abs(np.linalg.det(pose[:2, :2])))


def _mapped(places: Floats, pose: Doubles) -> Doubles:
    if not len(places):
        return np.zeros((0, 2))
    return np.asarray(cv2.perspectiveTransform(places[None].astype(np.float64), pose)[0], np.float64)


def _largest_each(group: Ints, values: Doubles) -> float:
    """The sum over groups of each one's largest value."""
    if not len(group):
        return 0.0
    largest = np.zeros(int(group.max()) + 1)
    np.maximum.at(largest, group, values)
    return float(largest.sum())


def _supported(canvas: Canvas, landmarks: Landmarks, entry: Ints) -> float:
    """The share of the mark's edges that lies round one of the landmarks."""
    weight = np.sqrt(canvas.energy)
    near = np.zeros(len(weight), np.bool_)
    if len(entry):
        apart = np.hypot(*(canvas.middles[:, None] - landmarks.place[entry]).transpose(2, 0, 1))
        near = (apart < np.maximum(landmarks.size[entry] * AROUND[0], AROUND[1])).any(1)
    return float(weight[near].sum() / weight.sum())
