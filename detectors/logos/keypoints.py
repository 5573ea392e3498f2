"""Keypoints with their place, size and direction, and the normalised patch round each of them.

Blobs are extrema of a difference of Gaussians over a pyramid whose levels are a third of an octave
apart (Lowe 2004, without the doubled first octave: that alone would cost more than all else).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np

from detectors.arrays import Flags, Floats, Ints

PATCH = 16
STEP = 2 ** (1 / 3)
FIRST = 1.26  # the first level is this much larger than the image: marks of 32 px keep a few keypoints
SMALLEST = 24  # no level has a side under this
PATCH_STEP = 1.4  # pixels of a level between two samples of a patch
CONTRAST = 1.2  # grey levels: fainter extrema are noise
EDGE = 12.0  # a ridge is no place: ratio of principal curvatures (Lowe's 10, loosened)
BINS = 36
CELLS = 8  # of the longer side
BANDS = 6  # of two levels each: what is large keeps its share among much fine texture


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


def _extrema(level: Floats) -> tuple[Floats, Ints, Ints]:
    inner = cv2.GaussianBlur(level, (7, 7), 1.1)
    dog = inner - cv2.GaussianBlur(inner, (7, 7), 1.2)
    size = np.abs(dog)
    peak = (size >= cv2.dilate(size, np.ones((3, 3), np.uint8))) & (size > CONTRAST)
    peak[:2], peak[-2:], peak[:, :2], peak[:, -2:] = False, False, False, False
    ys, xs = np.divmod(np.flatnonzero(peak), peak.shape[1])  # five times as fast as nonzero
    return dog, ys, xs


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


def find(grey: Floats, limit: int, first: float = FIRST) -> Keypoints:
    """The ``limit`` keypoints of ``grey`` (0..255) that stand out most, with their patches."""
    levels = pyramid(grey, first)
    dogs, found = [], []
    for number, (_, level) in enumerate(levels):
        dog, ys, xs = _extrema(level)
        dogs.append(dog)
        ox, oy, good = _refine(dog, ys, xs)
        found.append(
            np.stack(
                [
                    np.full(good.sum(), number),
                    xs[good] + ox[good],
                    ys[good] + oy[good],
                    np.abs(dog[ys[good], xs[good]]),
                ],
                1,
            )
        )
    points = np.concatenate(found)
    points = points[_peaks_in_scale(points, dogs, levels)]
    points = points[_spread(points, levels, grey.shape, limit)]
    return _describe(points, levels)


def _spread(points: Floats, levels: list[tuple[float, Floats]], shape: tuple[int, ...], limit: int) -> Ints:
    """The rows of the strongest points of each cell and size in turn: a busy photograph must not hide a pale mark."""
    level = points[:, 0].astype(int)
    scales = np.array([scale for scale, _ in levels])[level]
    cell = max(shape) / CELLS
    column, row = (points[:, 1] / scales // cell).astype(int), (points[:, 2] / scales // cell).astype(int)
    group = (row * (CELLS + 1) + column) * BANDS + np.minimum(level // 2, BANDS - 1)
    order = np.lexsort((-points[:, 3], group))
    ordered = group[order]
    first = np.r_[True, ordered[1:] != ordered[:-1]]
    rank = np.arange(len(order)) - np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    return order[np.lexsort((-points[order, 3], rank))[:limit]]


def _peaks_in_scale(points: Floats, dogs: list[Floats], levels: list[tuple[float, Floats]]) -> Flags:
    """Which points are as strong as their neighbours one level up and down."""
    keep = np.ones(len(points), bool)
    for number, (scale, _) in enumerate(levels):
        mine = np.flatnonzero(points[:, 0] == number)
        for other in (number - 1, number + 1):
            if not 0 <= other < len(levels) or not len(mine):
                continue
            ratio = levels[other][0] / scale
            near = np.abs(dogs[other])
            x = np.clip((points[mine, 1] + 0.5) * ratio - 0.5, 0, near.shape[1] - 1).round().astype(int)
            y = np.clip((points[mine, 2] + 0.5) * ratio - 0.5, 0, near.shape[0] - 1).round().astype(int)
            keep[mine] &= points[mine, 3] >= near[y, x]
    return keep


def _sample(level: Floats, x: Floats, y: Floats, angle: Floats, side: int, step: float) -> Floats:
    """(n, side, side) patches of ``level``, turned by ``angle``."""
    offset = (np.arange(side, dtype=np.float32) - (side - 1) / 2) * step
    u, v = np.meshgrid(offset, offset)
    grid = np.stack([np.ones(side * side, np.float32), u.ravel(), v.ravel()])
    cos, sin = np.cos(angle), np.sin(angle)
    map_x = (np.stack([x, cos, -sin], 1) @ grid).reshape(-1, side)
    map_y = (np.stack([y, sin, cos], 1) @ grid).reshape(-1, side)
    out = np.empty((len(map_x), side), np.float32)
    for start in range(0, len(map_x), 32000):  # OpenCV's remap takes at most 32767 rows
        stop = start + 32000
        out[start:stop] = cv2.remap(
            level, map_x[start:stop], map_y[start:stop], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    return out.reshape(-1, side, side)


def _directions(upright: Floats) -> tuple[Ints, Floats]:
    """(row of ``upright``, angle): the main gradient directions of each patch, one or two."""
    n, side = len(upright), upright.shape[1]
    gx = (upright[:, 1:-1, 2:] - upright[:, 1:-1, :-2]).reshape(n, -1)
    gy = (upright[:, 2:, 1:-1] - upright[:, :-2, 1:-1]).reshape(n, -1)
    length, direction = cv2.cartToPolar(gx, gy)
    offset = np.arange(side - 2) - (side - 3) / 2
    window = np.exp(-(offset[:, None] ** 2 + offset[None] ** 2) / (2 * (side / 4) ** 2))
    weight = length * window.ravel().astype(np.float32)
    bins = (direction * np.float32(BINS / (2 * np.pi)) + np.float32(0.5)).astype(np.int32) % BINS
    flat = (np.arange(n)[:, None] * BINS + bins).ravel()
    histogram = np.bincount(flat, weight.ravel(), n * BINS).reshape(n, BINS).astype(np.float64)
    for _ in range(2):
        histogram = (np.roll(histogram, 1, 1) + histogram + np.roll(histogram, -1, 1)) / 3
    left, right = np.roll(histogram, 1, 1), np.roll(histogram, -1, 1)
    peak = (histogram > left) & (histogram >= right) & (histogram >= 0.8 * histogram.max(1, keepdims=True))
    rows, cols = np.nonzero(peak)
    order = np.argsort(-histogram[rows, cols], kind="stable")
    rows, cols = rows[order], cols[order]
    c, lft, rgt = histogram[rows, cols], left[rows, cols], right[rows, cols]
    shift = 0.5 * (lft - rgt) / np.minimum(lft - 2 * c + rgt, -1e-9)
    return rows, ((cols + shift) * (2 * np.pi / BINS)).astype(np.float32)


def _describe(points: Floats, levels: list[tuple[float, Floats]]) -> Keypoints:
    places, sizes, angles, patches = [], [], [], []
    for number, (scale, level) in enumerate(levels):
        mine = points[points[:, 0] == number].astype(np.float32)
        if not len(mine):
            continue
        smooth = np.asarray(cv2.GaussianBlur(level, (5, 5), 0.8), np.float32)
        x, y = mine[:, 1], mine[:, 2]
        rows, angle = _directions(_sample(smooth, x, y, np.zeros(len(x), np.float32), PATCH, 1.0))
        patches.append(_sample(smooth, x[rows], y[rows], angle, PATCH, PATCH_STEP))
        places.append((np.stack([x[rows], y[rows]], 1) + 0.5) / scale - 0.5)
        sizes.append(np.full(len(rows), PATCH_STEP / scale, np.float32))
        angles.append(angle)
    if not places:
        none = np.zeros(0, np.float32)
        return Keypoints(none.reshape(0, 2), none, none, none.reshape(0, PATCH, PATCH))
    return Keypoints(
        np.concatenate(places).astype(np.float32),
        np.concatenate(sizes),
        np.concatenate(angles),
        np.concatenate(patches),
    )
