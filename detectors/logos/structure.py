"""Where the edges of a picture run, whatever its colours: the field that places are verified by.

Each pixel holds its gradient's direction at double the angle, so an edge from dark to light equals
one from light to dark; the length is evened out by the neighbourhood's, so a pale watermark counts
like a bright print.
"""

from __future__ import annotations

import cv2
import numpy as np

from detectors.arrays import Floats

NOISE = 3.0  # grey levels: gradients under it are not evened up


def field(colour: Floats) -> Floats:
    """(h, w, 2) edge field of an RGB picture (0..255): an edge counts in whichever colour it shows (Di Zenzo 1986)."""
    gx = cv2.Sobel(colour, cv2.CV_32F, 1, 0, ksize=3, scale=0.25)
    gy = cv2.Sobel(colour, cv2.CV_32F, 0, 1, ksize=3, scale=0.25)
    xx, yy, xy = (summed(a * b) for a, b in ((gx, gx), (gy, gy), (gx, gy)))
    power = xx + yy
    around = cv2.blur(power, (9, 9))
    even = 1 / np.sqrt((around + 3 * NOISE * NOISE) * np.maximum(power, 1e-6))
    return np.stack([(xx - yy) * even, 2 * xy * even], 2)


def stronger(one: Floats, other: Floats) -> Floats:
    """Pixel by pixel the longer of two fields."""
    longer = (one * one).sum(2, keepdims=True) >= (other * other).sum(2, keepdims=True)
    return np.where(longer, one, other)


def summed(layers: Floats) -> Floats:
    """(h, w) of (h, w, n): many times as fast as a sum over the last axis."""
    return np.asarray(cv2.transform(layers, np.ones((1, layers.shape[2]), np.float32)), np.float32)
