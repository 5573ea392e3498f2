"""Hashes stay what they are when Pillow, NumPy or OpenCV are upgraded, or we are told.

A change here means: look at the benchmark, raise ``detectors.logos.detector.VERSION``, then pin the new ones.
"""

from __future__ import annotations

import hashlib

import imagehash
import numpy as np
import pytest
from PIL import Image

from detectors.logos.hashes import as_imagehash, coefficients, distance, inverted, pack, unpack
from detectors.logos.keypoints import PATCH, find
from detectors.photos import as_imagehash as photo_hash
from detectors.photos import packed_phash

WAVES = np.add.outer(90 * np.sin(np.arange(120) / 9), 30 * np.cos(np.arange(160) / 5)).astype(np.float32) + 128


def test_the_hash_of_a_patch_is_pinned() -> None:
    patch = WAVES[20 : 20 + PATCH, 30 : 30 + PATCH]
    assert str(as_imagehash(pack(coefficients(patch[None]) > 0)[0])) == "c018c2878d43f1ab1fe3570ffc3fac7f"


def test_the_hash_of_a_photograph_is_pinned() -> None:
    assert str(photo_hash(packed_phash(WAVES))) == "aab5ae76baaa9ca6e1bc6a0b5531601179597a782d2d56bf438d44e44b6552c5"
    assert (
        str(imagehash.phash(Image.fromarray(WAVES.astype(np.uint8)), hash_size=16))
        == "aab5da4df7deb79289571925709a669a17f862354c9229751dec4dde050a0cf0"
    )


def test_the_patches_of_a_drawn_picture_are_pinned(scene: Image.Image) -> None:
    found = find(np.asarray(scene.convert("L"), np.float32), 200)
    hashes = pack(coefficients(found.patches) > 0)
    places = np.round(found.place).astype(np.int64)
    assert (len(hashes), hashlib.sha256(np.sort(hashes, 0).tobytes()).hexdigest()[:16]) == (295, "06b330cf6c33f97c")
    assert places.min() >= -1 and (places <= [800, 600]).all()


@pytest.mark.parametrize("seed", range(5))
def test_exchanging_light_and_dark_and_turning_by_half_flips_the_hash_as_foretold(seed: int) -> None:
    patches = np.random.default_rng(seed).uniform(0, 255, (20, PATCH, PATCH)).astype(np.float32)
    negative = (255 - patches)[:, ::-1, ::-1]
    foretold = inverted(pack(coefficients(patches) > 0))
    assert distance(foretold, pack(coefficients(negative) > 0)).max() <= 1  # a coefficient near zero may round


def test_packing_and_unpacking_are_inverse() -> None:
    bits = np.random.default_rng(1).random((50, 128)) > 0.5
    assert (unpack(pack(bits)) == bits).all()
