"""The index of patch hashes finds what a comparison of each with each would find, and little of it is missed."""

from __future__ import annotations

import numpy as np

from detectors.arrays import Floats, Packed
from detectors.logos.hashes import BITS, distance, pack
from detectors.logos.index import HashIndex

RADIUS, NEAREST = 34, 16


def _noisy(random: np.random.Generator, count: int, wrong: int) -> tuple[Packed, Floats]:
    """Hashes, and coefficients whose signs differ from each in ``wrong`` of its least certain third of bits."""
    coefficients = random.choice((-1, 1), (count, BITS)) * random.uniform(0.4, 1.0, (count, BITS))
    hashes = coefficients > 0
    for row in range(count):
        unsure = random.permutation(BITS)[: BITS // 3]
        coefficients[row, unsure] *= 0.3
        hashes[row, unsure[:wrong]] ^= True
    return pack(hashes), coefficients.astype(np.float32)


def test_nearly_all_hashes_with_a_few_uncertain_bits_wrong_are_found() -> None:
    hashes, coefficients = _noisy(np.random.default_rng(3), 2000, 12)
    found = HashIndex(hashes).search(coefficients, RADIUS, NEAREST)
    assert (found.query == found.entry).sum() >= 0.95 * len(hashes)


def test_what_is_found_lies_within_the_radius_each_pair_once_and_nearest_first() -> None:
    hashes, coefficients = _noisy(np.random.default_rng(4), 500, 6)
    found = HashIndex(np.concatenate([hashes, hashes ^ np.uint64(5)])).search(coefficients, RADIUS, NEAREST)
    every = np.concatenate([hashes, hashes ^ np.uint64(5)])
    assert (found.distance == distance(pack(coefficients > 0)[found.query], every[found.entry])).all()
    assert found.distance.max() <= RADIUS
    assert len(set(zip(found.query.tolist(), found.entry.tolist(), strict=True))) == len(found.query)
    same = found.query[1:] == found.query[:-1]
    assert (np.diff(found.distance)[same] >= 0).all()


def test_nothing_is_found_for_nothing_and_in_nothing() -> None:
    hashes, coefficients = _noisy(np.random.default_rng(5), 20, 0)
    assert len(HashIndex(hashes).search(coefficients[:0], RADIUS, NEAREST).query) == 0
    assert len(HashIndex(hashes[:0]).search(coefficients, RADIUS, NEAREST).query) == 0
