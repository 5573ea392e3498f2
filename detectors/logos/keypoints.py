"""Keypoints with their place, size and direction, and the normalised patch round each of them.

Blobs are extrema of a difference of Gaussians over a pyramid whose levels are a third of an octave
apart (Lowe 2004, without the doubled first octave: that alone would cost more than all else).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np

from detectors.arrays import Doubles, Flags, Floats, Ints

PATCH = 16
STEP = 2 ** (1 / 3)
FIRST = 1.26  # the first level is this much larger than the image: marks of 32 px keep a few keypoints
SMALLEST = 24  # no level has a side under this
PATCH_STEP = 1.4  # pixels of a level between two samples of a patch
UPRIGHT, UPRIGHT_STEP = 12, 1.3  # samples a side, and pixels between them, of what directions are told by
CONTRAST = 1.2  # grey levels: fainter extrema are noise
EDGE = 12.0  # a ridge is no place: ratio of principal curvatures (Lowe's 10, loosened)
BINS = 36
CELLS = 8  # of the longer side
BANDS = 6  # of two levels each: what is large keeps its share among much fine texture
_AROUND = np.ones((3, 3), np.uint8)


def _evened() -> Doubles:
    """(BINS, BINS): a histogram of directions times this is smoothed twice by its neighbours."""
    same = np.eye(BINS)
    once = (np.roll(same, -1, 1) + same + np.roll(same, 1, 1)) / 3
    return np.asarray(once @ once, np.float64)


_EVENED = _evened()


@dataclass(frozen=True, slots=True)
class Keypoints:
    """n keypoints: ``place`` (n, 2) x and y in pixels, ``size`` pixels per patch sample, ``angle`` radians."""

    place: Floats
    size: Floats
    angle: Floats
    patches: Floats

    def enlarged(self, factor: float) -> Keypoints:
        """The same keypoints on a picture ``factor`` times as large."""
        place = ((self.place + 0.5) * factor - 0.5).astype(np.float32)
        return Keypoints(place, (self.size * factor).astype(np.float32), self.angle, self.patches)

    def __add__(self, other: Keypoints) -> Keypoints:
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(Keypoints))
        return Keypoints(*(np.concatenate(pair) for pair in pairs))


def pyramid(grey: Floats, first: float) -> list[tuple[float, Floats]]:
    """(scale, image) from fine to coarse, from scale ``first``; ``scale`` is level pixels per image pixel."""
    scale, levels = first, list[tuple[float, Floats]]()
    height, width = grey.shape
    source, source_scale = grey, 1.0
    while min(height, width) * scale >= SMALLEST or not levels:
        shape = (max(1, round(width * scale)), max(1, round(height * scale)))
        if scale < source_scale:
            blur = 0.6 * np.sqrt(max((source_scale / scale) ** 2 - 1, 0.01))
            smooth = cv2.GaussianBlur(source, (5, 5), float(blur))
        else:
            smooth = source
        level = cv2.resize(smooth, shape, interpolation=cv2.INTER_LINEAR).astype(np.float32, copy=False)
        levels.append((scale, level))
        if scale <= 1:
            source, source_scale = level, scale
        scale /= STEP
    return levels


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of the pyramid: ``smooth`` is what patches are taken from, ``size`` that of the blobs' answers."""

    scale: float
    smooth: Floats
    answer: Floats
    size: Floats

    @classmethod
    def of(cls, scale: float, image: Floats) -> _Level:
        """The level that ``image`` is."""
        smooth = np.asarray(cv2.GaussianBlur(image, (5, 5), 0.8), np.float32)
        inner = cv2.GaussianBlur(image, (7, 7), 1.1)
        answer = np.asarray(cv2.subtract(inner, cv2.GaussianBlur(inner, (7, 7), 1.2)), np.float32)
        return cls(scale, smooth, answer, np.abs(answer))

    def extrema(self) -> tuple[Ints, Ints]:
        """Rows and columns of the pixels that none of their neighbours exceeds."""
        highest = cv2.dilate(self.size, _AROUND)
        peak = self.size >= np.maximum(highest, CONTRAST, out=highest)
        peak[:2], peak[-2:], peak[:, :2], peak[:, -2:] = False, False, False, False
        ys, xs = np.divmod(np.flatnonzero(peak), peak.shape[1])  # five times as fast as nonzero
        return ys, xs

    def at(self, ys: Ints, xs: Ints, other: _Level) -> Floats:
        """How large the answer of this level is at these pixels of another one."""
        ratio = self.scale / other.scale
        rows, columns = (
            np.clip(np.round((np.arange(n) + 0.5) * ratio - 0.5).astype(np.int64), 0, mine - 1)
            for n, mine in zip(other.size.shape, self.size.shape, strict=True)
        )
        there: Floats = self.size.ravel()[rows[ys] * self.size.shape[1] + columns[xs]]  # one index is faster than two
        return there


@dataclass(frozen=True, slots=True)
class _Points:
    """n blobs: number of their level, where they are in its pixels, and how much they stand out."""

    level: Ints
    x: Floats
    y: Floats
    strength: Floats

    def __getitem__(self, rows: Ints) -> _Points:
        return _Points(self.level[rows], self.x[rows], self.y[rows], self.strength[rows])


def find(grey: Floats, limit: int, first: float = FIRST) -> Keypoints:
    """The ``limit`` keypoints of ``grey`` (0..255) that stand out most, with their patches."""
    levels = [_Level.of(scale, image) for scale, image in pyramid(grey, first)]
    points = _points(levels)
    return _describe(points[_spread(points, levels, grey.shape, limit)], levels)


def _points(levels: list[_Level]) -> _Points:
    """The blobs of all levels: peaks in place and in scale that are no ridges."""
    found = []
    for number, level in enumerate(levels):
        ys, xs = level.extrema()
        for other in levels[max(number - 1, 0) : number] + levels[number + 1 : number + 2]:
            peak = level.size[ys, xs] >= other.at(ys, xs, level)
            ys, xs = ys[peak], xs[peak]
        ox, oy, good = _refine(level.answer, ys, xs)
        ys, xs = ys[good], xs[good]
        found.append((np.full(len(ys), number), xs + ox[good], ys + oy[good], level.size[ys, xs]))
    of_level, x, y, strength = (np.concatenate(part) for part in zip(*found, strict=True))
    return _Points(of_level, x.astype(np.float32), y.astype(np.float32), strength)


def _refine(dog: Floats, ys: Ints, xs: Ints) -> tuple[Floats, Floats, Flags]:
    """Sub-pixel offsets, and which extrema are no ridges."""
    c, e, w = dog[ys, xs], dog[ys, xs + 1], dog[ys, xs - 1]
    s, n = dog[ys + 1, xs], dog[ys - 1, xs]
    dxx, dyy = e + w - 2 * c, s + n - 2 * c
    dxy = (dog[ys + 1, xs + 1] + dog[ys - 1, xs - 1] - dog[ys + 1, xs - 1] - dog[ys - 1, xs + 1]) / 4
    det, trace = dxx * dyy - dxy * dxy, dxx + dyy
    good = (det > 0) & (trace * trace * EDGE < (EDGE + 1) ** 2 * det)
    safe = np.where(np.abs(det) < 1e-6, 1e-6, det)
    dx, dy = (e - w) / 2, (s - n) / 2
    ox, oy = -(dyy * dx - dxy * dy) / safe, -(dxx * dy - dxy * dx) / safe
    return np.clip(ox, -0.6, 0.6), np.clip(oy, -0.6, 0.6), good


def _spread(points: _Points, levels: list[_Level], shape: tuple[int, ...], limit: int) -> Ints:
    """The strongest points of each cell and size in turn: a busy photograph must not hide a pale mark.

    The rows are in the order of their levels.
    """
    scales = np.array([level.scale for level in levels])[points.level]
    cell = max(shape) / CELLS
    column, row = (points.x / scales // cell).astype(np.int16), (points.y / scales // cell).astype(np.int16)
    group = (row * (CELLS + 1) + column) * BANDS + np.minimum(points.level // 2, BANDS - 1).astype(np.int16)
    strongest = np.argsort(-points.strength, kind="stable")
    order = strongest[np.argsort(group[strongest], kind="stable")]
    ordered, at = group[order], np.arange(len(order))
    rank = np.empty_like(at)
    rank[order] = at - np.maximum.accumulate(np.where(np.r_[True, ordered[1:] != ordered[:-1]], at, 0))
    return np.sort(strongest[np.argsort(rank[strongest], kind="stable")[:limit]])


def _sample(level: Floats, at: tuple[Floats, Floats, Floats], step: float, out: Floats) -> None:
    """Fills (n, side, side) ``out`` with patches of ``level`` round n places x and y, turned by n angles."""
    (x, y, angle), side = at, out.shape[1]
    offset = (np.arange(side, dtype=np.float32) - (side - 1) / 2) * step
    u, v = np.meshgrid(offset, offset)
    grid = np.stack([np.ones(side * side, np.float32), u.ravel(), v.ravel()])
    cos, sin = np.cos(angle), np.sin(angle)
    map_x = (np.stack([x, cos, -sin], 1) @ grid).reshape(-1, side)
    map_y = (np.stack([y, sin, cos], 1) @ grid).reshape(-1, side)
    rows = out.reshape(-1, side)
    for start in range(0, len(rows), 32000):  # OpenCV's remap takes at most 32767 rows
        part = slice(start, start + 32000)
        cv2.remap(level, map_x[part], map_y[part], cv2.INTER_LINEAR, rows[part], cv2.BORDER_REPLICATE)


def _directions(upright: Floats) -> tuple[Ints, Floats]:
    """(row of ``upright``, angle): the main gradient directions of each patch, one or two."""
    n, side = len(upright), upright.shape[1]
    gx = (upright[:, 1:-1, 2:] - upright[:, 1:-1, :-2]).reshape(n, (side - 2) ** 2)
    gy = (upright[:, 2:, 1:-1] - upright[:, :-2, 1:-1]).reshape(n, (side - 2) ** 2)
    if not n:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    length, direction = cv2.cartToPolar(gx, gy)
    offset = np.arange(side - 2) - (side - 3) / 2
    window = np.exp(-(offset[:, None] ** 2 + offset[None] ** 2) / (2 * (side / 4) ** 2))
    weight = length * window.ravel().astype(np.float32)
    bins = (direction * np.float32(BINS / (2 * np.pi)) + np.float32(0.5)).astype(np.int32)
    np.putmask(bins, bins == BINS, 0)
    flat = (np.arange(n)[:, None] * BINS + bins).ravel()
    histogram = np.bincount(flat, weight.ravel(), n * BINS).reshape(n, BINS) @ _EVENED
    left, right = np.roll(histogram, 1, 1), np.roll(histogram, -1, 1)
    peak = (histogram > left) & (histogram >= right) & (histogram >= 0.8 * histogram.max(1, keepdims=True))
    rows, cols = np.divmod(np.flatnonzero(peak), BINS)
    c, lft, rgt = histogram[rows, cols], left[rows, cols], right[rows, cols]
    shift = 0.5 * (lft - rgt) / np.minimum(lft - 2 * c + rgt, -1e-9)
    return rows, ((cols + shift) * (2 * np.pi / BINS)).astype(np.float32)


def _describe(points: _Points, levels: list[_Level]) -> Keypoints:
    """The points with their directions and patches; those of a level lie together."""
    upright = _sampled(points, np.zeros(len(points.x), np.float32), levels, UPRIGHT, UPRIGHT_STEP)
    rows, angle = _directions(upright)
    points = points[rows]
    scale = np.array([level.scale for level in levels], np.float32)[points.level]
    place = (np.stack([points.x, points.y], 1) + 0.5) / scale[:, None] - 0.5
    patches = _sampled(points, angle, levels, PATCH, PATCH_STEP)
    return Keypoints(place.astype(np.float32), PATCH_STEP / scale, angle, patches)


def _sampled(points: _Points, angle: Floats, levels: list[_Level], side: int, step: float) -> Floats:
    """(n, side, side) patches round the points, each of its level."""
    patches = np.empty((len(angle), side, side), np.float32)
    stops = np.searchsorted(points.level, np.arange(len(levels) + 1))
    for level, first, stop in zip(levels, stops[:-1], stops[1:], strict=True):
        part = slice(first, stop)
        if stop > first:
            _sample(level.smooth, (points.x[part], points.y[part], angle[part]), step, patches[part])
    return patches
