"""What a verified place looks like beside the mark, as layers of one small picture: what the verifier looks at.

Colours are relative: what counts is whether the picture differs from the mark's print, and whether it stands out from
its ground where the print does.
"""

from __future__ import annotations

import cv2
import numpy as np

from detectors.arrays import Floats
from detectors.logos.inks import Print
from detectors.logos.structure import summed
from detectors.logos.verify import BLOCK, Canvas, Fit

SIDE = 48  # pixels of a layer; marks of every shape fill it
LAYERS = ("likeness", "edges", "mark_edges", "off", "stands_out", "print_stands_out", "opaque", "inside", "bent")
AROUND = (9, 9)  # canvas pixels over which edges are compared
SPREAD = 8.0  # grey levels that are added to the spread of colours: an even place has none
FURTHEST = 4.0


def layers(canvas: Canvas, fit: Fit, print_: Print) -> Floats:
    """(SIDE, SIDE, layers) of a fit: edges, colours beside the ``print_``, and how like the blocks are once bent."""
    power, mark_power = (summed(one * one) for one in (fit.edges, canvas.field))
    opaque = canvas.inks.sum(2)
    spread = fit.seen.std((0, 1)).mean() + SPREAD
    off, stands_out, print_stands_out = (
        summed(np.abs(one - other)) / (3 * spread)
        for one, other in ((fit.seen, print_.colour), (fit.seen, print_.ground), (print_.colour, print_.ground))
    )
    drawn = [
        _likeness(fit.edges, canvas.field, power, mark_power),
        np.sqrt(power),
        np.sqrt(mark_power),
        off,
        stands_out,
        print_stands_out,
        opaque,
        fit.inside.astype(np.float32),
        _painted(canvas, fit.alike),
    ]
    small = [cv2.resize(one.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA) for one in drawn]
    stacked: Floats = np.clip(np.dstack(small), -FURTHEST, FURTHEST)
    return stacked


def _likeness(seen: Floats, mark: Floats, power: Floats, mark_power: Floats) -> Floats:
    """(h, w): how like the edges round each pixel are, -1..1."""
    together = cv2.blur(summed(seen * mark), AROUND)
    lengths = np.maximum(cv2.blur(power, AROUND) * cv2.blur(mark_power, AROUND), 0)
    return np.asarray(together / (np.sqrt(lengths) + 1e-3), np.float32)


def _painted(canvas: Canvas, alike: Floats) -> Floats:
    """(h, w): the likeness of the blocks that each pixel lies in."""
    total, count = (np.zeros(canvas.field.shape[:2], np.float32) for _ in range(2))
    for (y, x), value in zip(canvas.blocks.tolist(), alike.tolist(), strict=True):
        total[y : y + BLOCK, x : x + BLOCK] += value
        count[y : y + BLOCK, x : x + BLOCK] += 1
    return np.asarray(total / np.maximum(count, 1), np.float32)
