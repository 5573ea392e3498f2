"""A mark is printed in few inks: is the picture the mark in other inks?

Edges say where a mark could be; words of the same letters share many of them. So each of a mark's inks is given the
one colour of the picture that suits it best, whatever that is, and the mark is printed anew: what share of the
picture's colour does that explain, and what does it say block by block? Grey, inverted or recoloured prints are
explained as well as the original; another emblem, or letters without their ground, are not.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from detectors.arrays import Doubles, Flags, Floats, Ints

INKS = 6
LEAST = 0.01  # of the mark: an ink with less is no ink
STEPS = 4  # of reweighting
ENOUGH = 1500  # pixels to tell the inks by; of more, every second or third one is asked
NOISE = 4.0  # grey levels: less is no disagreement
RIDGE = 1e-3
WORST = -0.5  # explained: less is as bad
CLEAR = 0.1  # of a pixel: less ink is ground
STANDS_OUT = 12.0  # grey levels: a block that differs less from the ground says nothing


def shares(mark: Image.Image, size: tuple[int, int]) -> Floats:
    """(h, w, inks): how much of each ink lies in each pixel of an RGBA mark drawn at ``size``."""
    opaque = np.asarray(mark.getchannel("A"), np.float32) / 255
    colour = np.array(mark.convert("RGB"))
    colour[opaque < 0.5] = colour[opaque >= 0.5].mean(0) if (opaque >= 0.5).any() else 0
    drawn = Image.fromarray(colour).quantize(INKS, Image.Quantize.MEDIANCUT, kmeans=3, dither=Image.Dither.NONE)
    which = np.asarray(drawn)
    layers = [(which == ink) * opaque for ink in range(int(which.max()) + 1)]
    kept = [layer for layer in layers if layer.sum() >= LEAST * opaque.sum()]
    return np.dstack([cv2.resize(layer, size, interpolation=cv2.INTER_AREA) for layer in kept])


@dataclass(frozen=True, slots=True)
class Print:
    """The mark in the picture's colours, (h, w, 3), the (3,) colour of the picture round it, and the share of the
    colour seen that the print explains.
    """

    colour: Floats
    ground: Floats
    explained: float


def printed(seen: Floats, inks: Floats, visible: Flags) -> Print | None:
    """The mark in the inks that suit what is ``seen`` on its canvas best; None where none of the mark is visible.

    The least squares are reweighted, so that what covers a part of the mark hardly counts.
    """
    solid = (inks.sum(2) > 0.5) & visible
    if solid.sum() < inks.shape[2]:
        return None
    every = int(solid.sum()) // ENOUGH + 1
    share, colour = inks[solid][::every].astype(np.float64), seen[solid][::every].astype(np.float64)
    tints, off = _tints(np.column_stack([share, 1 - share.sum(1)]), colour)
    spread = ((colour - colour.mean(0)) ** 2).sum()
    anew = np.dstack([inks, 1 - inks.sum(2, keepdims=True)]) @ tints.astype(np.float32)
    clear = inks.sum(2) < CLEAR
    ground = np.median(seen[clear], 0) if clear.any() else seen.mean((0, 1))
    return Print(anew, ground.astype(np.float32), float(max(1 - (off @ off) / max(spread, 1e-9), WORST)))


def _tints(share: Doubles, colour: Doubles) -> tuple[Doubles, Doubles]:
    """(inks + ground, 3) the colours of the inks, and (n,) how far each pixel is from its print."""
    weight = np.ones(len(share))
    for _ in range(STEPS):
        weighted = share * weight[:, None]
        ridge = RIDGE * weight.sum() * np.eye(share.shape[1])
        middle = weight @ colour / weight.sum()
        tints = np.linalg.solve(share.T @ weighted + ridge, weighted.T @ (colour - middle)) + middle
        off = np.sqrt(((colour - share @ tints) ** 2).sum(1))
        weight = 1 / (1 + (off / (2 * max(float(np.median(off)), NOISE))) ** 2)
    return tints, off


def likeness(seen: Floats, anew: Floats, blocks: Ints, side: int) -> Doubles:
    """(blocks,): correlation of each block's colours with those printed, -1..1."""
    one, other = (tiles - tiles.mean((1, 2), keepdims=True) for tiles in _tiles(blocks, side, seen, anew))
    length = np.sqrt((one * one).sum((1, 2, 3)) * (other * other).sum((1, 2, 3)) + 1.0)
    return np.asarray((one * other).sum((1, 2, 3)) / length, np.float64)


def bare(seen: Floats, print_: Print, blocks: Ints, side: int) -> Doubles:
    """(blocks,): how far each block falls short of standing out from the ground as it does in print, 0..1.

    Letters alone leave the ground bare where the mark has an emblem; what covers a mark does not.
    """
    apart = (seen - print_.ground, print_.colour - print_.ground)
    there, wanted = (np.sqrt((tiles * tiles).sum(3).mean((1, 2))) for tiles in _tiles(blocks, side, *apart))
    short: Doubles = np.where(wanted > STANDS_OUT, np.clip(1 - there / np.maximum(wanted, 1), 0, 1), 0.0)
    return short


def _tiles(blocks: Ints, side: int, *pages: Floats) -> list[Floats]:
    """(blocks, side, side, 3) of each page."""
    along = np.arange(side)
    rows, columns = (blocks[:, axis, None] + along for axis in (0, 1))
    return [page[rows[:, :, None], columns[:, None, :]] for page in pages]
