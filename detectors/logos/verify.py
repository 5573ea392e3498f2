"""Verification of a place: lay the image over the mark, let blocks settle, and see how many agree."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from detectors.arrays import Doubles, Flags, Floats, Ints
from detectors.logos.scene import Scene
from detectors.logos.structure import field

MARGIN = 8  # pixels of canvas round the mark
BLOCK = 12
STRIDE = 10
ALIKE = 0.5  # a block's likeness from which it counts as found
REACH = 48.0  # canvas pixels from the middle at which a transform's terms have length one


@dataclass(frozen=True, slots=True)
class Canvas:
    """A mark drawn with its longer side ``side`` pixels: its edge field and the blocks that have edges."""

    side: int
    size: tuple[int, int]
    field: Floats
    blocks: Ints
    energy: Doubles

    @classmethod
    def of(cls, edges: Floats, side: int) -> Canvas:
        """From the field of the mark with :data:`MARGIN` on each side."""
        height, width = edges.shape[:2]
        power = (edges * edges).sum(2)
        corners = [(y, x) for y in _starts(height) for x in _starts(width)]
        energy = np.array([power[y : y + BLOCK, x : x + BLOCK].sum() for y, x in corners])
        keep = energy > 0.25 * np.median(energy[energy > 0.02 * energy.max()])
        return cls(side, (width, height), edges, np.array(corners)[keep], energy[keep])

    def seen_blocks(self, to_scene: Doubles, size: tuple[int, int]) -> Flags:
        """(blocks,): which blocks lie wholly inside a scene of ``size``."""
        square = np.array([(0, 0), (BLOCK, 0), (BLOCK, BLOCK), (0, BLOCK)])
        corners = (self.blocks[:, None, ::-1] + square).astype(np.float64)
        there = np.asarray(cv2.perspectiveTransform(corners, to_scene))
        inside = (there >= -1) & (there <= np.array(size))
        return np.asarray(inside.all((1, 2)), np.bool_)

    @property
    def units(self) -> Doubles:
        """(3, 3): canvas pixels to mark units."""
        width, height = self.size
        return np.array([[1, 0, -(width - 1) / 2], [0, 1, -(height - 1) / 2], [0, 0, self.side]]) / self.side


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a place holds: ``pose`` (3, 3) maps mark units to pixels; shares are of the mark's visible edges."""

    pose: Doubles
    agreement: float
    overlap: float
    weakest: float
    visible: float
    pixels: float


def _starts(length: int) -> range:
    return range(MARGIN // 2, max(length - MARGIN // 2 - BLOCK, MARGIN // 2) + 1, STRIDE)


def settle(scene: Scene, canvas: Canvas, pose: Doubles, radius: int, projective: bool = False) -> Doubles:
    """``pose`` moved so that the canvas's blocks lie where the image has them."""
    moved, weight = _displacements(scene, canvas, pose, radius)
    if (weight > 0.1).sum() < 3:
        return pose
    centres = canvas.blocks[:, ::-1].astype(np.float64) + (BLOCK - 1) / 2
    correction = _fit(centres, centres + moved, weight, projective)
    fitted = pose @ canvas.units @ correction @ np.linalg.inv(canvas.units)
    settled: Doubles = fitted / fitted[2, 2]
    return settled


def _maps(seen: Floats, canvas: Canvas, radius: int, method: int = cv2.TM_CCORR_NORMED) -> Floats:
    """(blocks, 2r+1, 2r+1): how like the mark's each block of ``seen`` is under each displacement."""
    padded = cv2.copyMakeBorder(seen, radius, radius, radius, radius, cv2.BORDER_CONSTANT, value=(0, 0))
    reach = BLOCK + 2 * radius
    return np.stack(
        [
            cv2.matchTemplate(padded[y : y + reach, x : x + reach], canvas.field[y : y + BLOCK, x : x + BLOCK], method)
            for y, x in canvas.blocks.tolist()
        ]
    )


def _displacements(scene: Scene, canvas: Canvas, pose: Doubles, radius: int) -> tuple[Doubles, Doubles]:
    maps = _maps(field(scene.through(pose @ canvas.units, canvas.size)), canvas, radius)
    together = np.tensordot(canvas.energy / canvas.energy.sum(), maps, 1)
    together = cv2.GaussianBlur(together.astype(np.float32), (3, 3), 0.8)
    blended = maps + together - together.mean()
    flat = blended.reshape(len(maps), -1)
    best = flat.argmax(1)
    dy, dx = np.divmod(best, 2 * radius + 1)
    peak = maps.reshape(len(maps), -1)[np.arange(len(maps)), best]
    weight: Doubles = np.clip(peak - 0.25, 0, None) ** 2 * canvas.energy
    return np.stack([dx - radius, dy - radius], 1).astype(float), weight / max(weight.max(), 1e-9)


def _fit(source: Doubles, target: Doubles, weight: Doubles, projective: bool) -> Doubles:
    """(3, 3) affine, or projective, transform by reweighted least squares, kept near to a pure shift."""
    middle = source.mean(0)
    moves = target - source
    terms = _terms((source - middle) / REACH, projective)
    ridge = np.diag([1e-3] + [0.02 if i < 3 else 0.1 for i in range(1, terms.shape[1])]) * weight.sum()
    robust = weight
    for _ in range(4):
        solved = np.linalg.solve(terms.T @ (robust[:, None] * terms) + ridge, terms.T @ (robust[:, None] * moves))
        off = np.hypot(*(terms @ solved - moves).T)
        robust = weight / (1 + (off / 1.5) ** 2)
    square = np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])
    moved = _terms(square, projective) @ solved
    corners = middle + square * REACH
    transform = cv2.getPerspectiveTransform(corners.astype(np.float32), (corners + moved).astype(np.float32))
    return np.asarray(transform, np.float64)


def _terms(at: Doubles, projective: bool) -> Doubles:
    """(n, 3 or 5): what a displacement at (n, 2) places is a sum of."""
    bends = [at[:, :1] * at, at[:, 1:] * at] if projective else []
    return np.column_stack([np.ones(len(at)), at, *bends])


def judge(scene: Scene, canvas: Canvas, pose: Doubles) -> Fit:
    """How well the settled ``pose`` holds, block by block, each free by one pixel."""
    to_scene = pose @ canvas.units
    seen = scene.through(to_scene, canvas.size)
    likeness = _maps(field(seen), canvas, 1, cv2.TM_CCOEFF_NORMED).reshape(len(canvas.blocks), -1).max(1)
    weight = np.sqrt(canvas.energy) * canvas.seen_blocks(to_scene, scene.size)
    total = max(float(weight.sum()), 1e-9)
    return Fit(
        pose,
        agreement=float(weight @ likeness) / total,
        overlap=float(weight @ (likeness > ALIKE)) / total,
        weakest=_weakest(canvas, likeness, weight),
        visible=total / float(np.sqrt(canvas.energy).sum()),
        pixels=_pixels(canvas, pose),
    )


def _weakest(canvas: Canvas, likeness: Doubles, weight: Doubles) -> float:
    """The agreement of the weakest but two of nine regions: two may be covered, a lookalike differs in more."""
    width, height = canvas.size
    region = canvas.blocks[:, 0] * 3 // height * 3 + canvas.blocks[:, 1] * 3 // width
    power = np.bincount(region, weight, 9)
    mean = np.bincount(region, weight * likeness, 9) / np.maximum(power, 1e-9)
    regions = np.sort(mean[power > 0.04 * power.sum()])
    return float(regions[min(2, len(regions) - 1)]) if len(regions) else 0.0


def _pixels(canvas: Canvas, pose: Doubles) -> float:
    """Side of the square that has the area which the mark takes in the image."""
    width, height = (np.array(canvas.size) - 2 * MARGIN) / canvas.side
    spread = np.linalg.det(pose[:2, :2] - np.outer(pose[:2, 2], pose[2, :2]))
    return float(np.sqrt(abs(spread) * width * height))
