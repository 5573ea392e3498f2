"""Verification of a place: lay the image over the mark, let blocks settle, and see how many agree."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from detectors.arrays import Doubles, Flags, Floats, Ints
from detectors.logos.inks import Print, bare, likeness
from detectors.logos.measures import Blocks, best_rest, found, measured, worst_side
from detectors.logos.scene import Scene
from detectors.logos.structure import field

MARGIN = 8  # pixels of canvas round the mark
BLOCK = 12
STRIDE = 10
LOOSE = 4  # pixels of canvas that a block may move by when a place is judged
NEIGHBOURS = 14.0  # pixels of canvas: standard deviation of how far a block's neighbours speak for it
TOGETHER = 1.5  # weight of the neighbours' voices against the block's own
STEPS = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)]
REACH = 48.0  # canvas pixels from the middle at which a transform's terms have length one


@dataclass(frozen=True, slots=True)
class Canvas:
    """A mark drawn with its longer side ``side`` pixels: edge field, shares of its inks, and the blocks with edges."""

    side: int
    size: tuple[int, int]
    field: Floats
    inks: Floats
    blocks: Ints
    energy: Doubles

    @classmethod
    def of(cls, edges: Floats, inks: Floats, side: int) -> Canvas:
        """From the field and the inks of the mark with :data:`MARGIN` on each side."""
        height, width = edges.shape[:2]
        power = (edges * edges).sum(2)
        corners = [(y, x) for y in _starts(height) for x in _starts(width)]
        energy = np.array([power[y : y + BLOCK, x : x + BLOCK].sum() for y, x in corners])
        keep = energy > 0.25 * np.median(energy[energy > 0.02 * energy.max()])
        return cls(side, (width, height), edges, inks, np.array(corners)[keep], energy[keep])

    def seen_blocks(self, to_scene: Doubles, size: tuple[int, int]) -> Flags:
        """(blocks,): which blocks lie wholly inside a scene of ``size``."""
        square = np.array([(0, 0), (BLOCK, 0), (BLOCK, BLOCK), (0, BLOCK)])
        corners = (self.blocks[:, None, ::-1] + square).astype(np.float64)
        there = np.asarray(cv2.perspectiveTransform(corners, to_scene))
        inside = (there >= -1) & (there <= np.array(size))
        return np.asarray(inside.all((1, 2)), np.bool_)

    def seen_pixels(self, to_scene: Doubles, size: tuple[int, int]) -> Flags:
        """(h, w): which pixels lie inside a scene of ``size``."""
        width, height = self.size
        across, down = np.meshgrid(np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64))
        there = cv2.perspectiveTransform(np.dstack([across, down]), to_scene)
        inside = (there >= -1) & (there <= np.array(size))
        return np.asarray(inside.all(2), np.bool_)

    @property
    def thinned(self) -> Canvas:
        """With every second block: enough to settle by, at half the cost."""
        return replace(self, blocks=self.blocks[::2], energy=self.energy[::2])

    @property
    def half(self) -> Doubles:
        """(2,): half the mark's width and height in mark units."""
        return (np.array(self.size) - 2 * MARGIN) / (2 * self.side)

    @property
    def middles(self) -> Doubles:
        """(blocks, 2): the middles of the blocks in mark units."""
        return (self.blocks[:, ::-1] + (BLOCK - 1) / 2 - (np.array(self.size) - 1) / 2) / self.side

    @property
    def units(self) -> Doubles:
        """(3, 3): canvas pixels to mark units."""
        width, height = self.size
        return np.array([[1, 0, -(width - 1) / 2], [0, 1, -(height - 1) / 2], [0, 0, self.side]]) / self.side


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a place holds.

    Parameters
    ----------
    pose : (3, 3), maps mark units to pixels.
    seen, edges : (h, w, 3) the picture on the mark's canvas, and (h, w, 2) its edge field.
    inside : (h, w) which pixels lie in the picture.
    blocks, alike : the canvas's blocks as far as they lie in the picture, and (blocks,) how like the mark each is.
    visible, area : shares of the mark's edges and of its rectangle that lie in the picture.
    pixels : side of the square that has the area which the mark takes in the image.
    bend : standard deviation, in canvas pixels, of how far the blocks moved: what holds need not be bent much.
    """

    pose: Doubles
    seen: Floats
    edges: Floats
    inside: Flags
    blocks: Blocks
    alike: Floats
    visible: float
    area: float
    pixels: float
    bend: float

    @property
    def agreement(self) -> float:
        """The mean likeness of the mark's visible blocks."""
        return self.blocks.mean(self.alike)

    @property
    def overlap(self) -> float:
        """The share of the mark's visible edges that is found."""
        return found(self.blocks, self.alike)


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
    reach, side = BLOCK + 2 * radius, 2 * radius + 1
    maps = np.empty((len(canvas.blocks), side, side), np.float32)
    for alike, (y, x) in zip(maps, canvas.blocks.tolist(), strict=True):
        window, block = padded[y : y + reach, x : x + reach], canvas.field[y : y + BLOCK, x : x + BLOCK]
        cv2.matchTemplate(window, block, method, alike)
    return maps


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


def correlation(scene: Scene, canvas: Canvas, pose: Doubles, radius: int) -> float:
    """Of the mark's field and the image's under the best shift of up to ``radius``: costs least, tells least."""
    seen = field(scene.through(pose @ canvas.units, canvas.size))
    padded = cv2.copyMakeBorder(seen, radius, radius, radius, radius, cv2.BORDER_CONSTANT, value=(0, 0))
    return float(cv2.matchTemplate(padded, canvas.field, cv2.TM_CCORR_NORMED).max())


def agreement(scene: Scene, canvas: Canvas, pose: Doubles) -> float:
    """How alike the blocks are on the whole, each free by one pixel: a first look that costs little."""
    maps = _maps(field(scene.through(pose @ canvas.units, canvas.size)), canvas, 1, cv2.TM_CCOEFF_NORMED)
    return _blocks(canvas, np.sqrt(canvas.energy)).mean(maps.reshape(len(maps), -1).max(1))


def judge(scene: Scene, canvas: Canvas, pose: Doubles) -> Fit | None:
    """How well the settled ``pose`` holds, block by block; None where no block lies in the picture.

    Cloth bends: each block may move by :data:`LOOSE` pixels together with its neighbours, and by one on its own.
    """
    to_scene = pose @ canvas.units
    visible = canvas.seen_blocks(to_scene, scene.size)
    if not visible.any():
        return None
    seen, inside = scene.through(to_scene, canvas.size), canvas.seen_pixels(to_scene, scene.size)
    edges = field(seen)
    alike, moved = _bent(canvas, _maps(edges, canvas, LOOSE, cv2.TM_CCOEFF_NORMED))
    weight = np.sqrt(canvas.energy) * visible
    return Fit(
        pose,
        seen,
        edges,
        inside,
        _blocks(canvas, weight),
        alike,
        visible=float(weight.sum()) / float(np.sqrt(canvas.energy).sum()),
        area=float(inside[MARGIN:-MARGIN, MARGIN:-MARGIN].mean()),
        pixels=_pixels(canvas, pose),
        bend=_bend(moved, weight),
    )


def evidence(canvas: Canvas, fit: Fit, print_: Print) -> dict[str, float]:
    """What a fit says, by name: its edges block by block, and its colours beside the mark's ``print_``."""
    blocks, worst = fit.blocks, worst_side(fit.blocks, fit.alike)
    alike = likeness(fit.seen, print_.colour, canvas.blocks, BLOCK).astype(np.float32)
    empty = bare(fit.seen, print_, canvas.blocks, BLOCK).astype(np.float32)
    left_out = worst.covers(blocks)
    return {
        **measured(blocks, fit.alike, worst),
        "bend": fit.bend,
        "visible": fit.visible,
        "print": blocks.mean(alike),
        "print_rest": best_rest(blocks, alike),
        "explained": print_.explained,
        "bare": blocks.mean(empty),
        "bare_side": blocks.only(left_out).mean(empty[left_out]),
    }


def _blocks(canvas: Canvas, weight: Doubles) -> Blocks:
    inner = np.array(canvas.size) - 2 * MARGIN
    return Blocks((canvas.blocks[:, ::-1] + BLOCK / 2 - MARGIN) / inner, weight)


def _bent(canvas: Canvas, maps: Floats) -> tuple[Floats, Doubles]:
    """(blocks,) likeness where each block and its neighbours like it best, and (blocks, 2) how far that is."""
    apart = ((canvas.blocks[:, None] - canvas.blocks[None]) ** 2).sum(2)
    near = np.exp(-apart / (2 * NEIGHBOURS**2)) * np.sqrt(canvas.energy)
    near /= near.sum(1, keepdims=True)
    together = maps + TOGETHER * np.tensordot(near, np.clip(maps, 0, 1), 1)
    side = 2 * LOOSE + 1
    dy, dx = np.divmod(together.reshape(len(maps), -1).argmax(1), side)
    likeness = maps[np.arange(len(maps)), dy, dx]
    for step_y, step_x in STEPS:
        y, x = np.clip(dy + step_y, 0, side - 1), np.clip(dx + step_x, 0, side - 1)
        likeness = np.maximum(likeness, maps[np.arange(len(maps)), y, x])
    return likeness, np.stack([dx, dy], 1).astype(np.float64) - LOOSE


def _bend(moved: Doubles, weight: Doubles) -> float:
    share = weight / weight.sum()
    return float(np.sqrt(share @ ((moved - share @ moved) ** 2).sum(1)))


def _pixels(canvas: Canvas, pose: Doubles) -> float:
    """Side of the square that has the area which the mark takes in the image."""
    width, height = (np.array(canvas.size) - 2 * MARGIN) / canvas.side
    spread = np.linalg.det(pose[:2, :2] - np.outer(pose[:2, 2], pose[2, :2]))
    return float(np.sqrt(abs(spread) * width * height))
