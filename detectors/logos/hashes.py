"""The perceptual hash of a patch: 128 signs of its cosine transform, as :mod:`imagehash` has it.

`imagehash.phash` keeps the low frequencies of a whole picture; here the same is done to the patch
round a keypoint, already turned and scaled. Turning light into dark turns the gradient's direction
by half a circle, so it flips each sign whose frequency u + v is even: no second hash has to be made.
"""

from __future__ import annotations

import imagehash
import numpy as np

from detectors.arrays import Flags, Floats, Ints, Packed
from detectors.logos.keypoints import PATCH

BITS = 128


def _frequencies() -> list[tuple[int, int]]:
    """The ``BITS`` lowest frequencies (v, u) without the mean, in a fixed order."""
    every = [(v, u) for v in range(PATCH) for u in range(PATCH) if (v, u) != (0, 0)]
    return sorted(every, key=lambda f: (f[0] + f[1], f[0]))[:BITS]


def _basis() -> Floats:
    """(PATCH * PATCH, BITS): the cosine transform under a soft window."""
    at = (np.arange(PATCH) + 0.5) * np.pi / PATCH
    waves = np.stack([np.outer(np.cos(v * at), np.cos(u * at)).ravel() for v, u in _frequencies()], 1)
    offset = (np.arange(PATCH) - (PATCH - 1) / 2) / (PATCH / 2)
    window = np.exp(-(offset[:, None] ** 2 + offset[None] ** 2) / 2).ravel()
    windowed = waves * window[:, None]
    mean = np.outer(np.ones(PATCH * PATCH) / (PATCH * PATCH), windowed.sum(0))
    return (windowed - mean).astype(np.float32)


_BASIS = _basis()
_FLIPPED = np.array([(u + v) % 2 == 0 for v, u in _frequencies()])


def coefficients(patches: Floats) -> Floats:
    """(n, BITS) cosine coefficients of (n, PATCH, PATCH) patches; their signs are the hash."""
    return patches.reshape(-1, PATCH * PATCH) @ _BASIS


def pack(bits: Flags) -> Packed:
    """(n, BITS) booleans as (n, 2) unsigned 64-bit words."""
    packed: Packed = np.packbits(bits, axis=1, bitorder="little").view(np.uint64)
    return packed


def unpack(packed: Packed) -> Flags:
    """The inverse of :func:`pack`."""
    bits: Flags = np.unpackbits(packed.view(np.uint8), axis=1, bitorder="little").astype(np.bool_)
    return bits


def inverted(packed: Packed) -> Packed:
    """The hashes that the same patches would have with light and dark exchanged."""
    mask: Packed = pack(_FLIPPED[None])
    return packed ^ mask


def distance(one: Packed, other: Packed) -> Ints:
    """Hamming distances of hashes, row by row."""
    differ = one ^ other
    apart = np.bitwise_count(differ[:, 0]) + np.bitwise_count(differ[:, 1])  # many times faster than a sum over two
    return np.asarray(apart, np.int64)


def as_imagehash(packed: Packed) -> imagehash.ImageHash:
    """One packed hash as imagehash's type, whose ``str`` is the usual hex form."""
    return imagehash.ImageHash(unpack(packed.reshape(1, -1)).reshape(8, BITS // 8))
