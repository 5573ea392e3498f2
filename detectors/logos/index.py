"""Near neighbours of packed hashes without comparing each with each.

Seven tables of eighteen bits each (multi-index hashing, Norouzi et al. 2012). A query is looked up in
each table under its own key and under those with its least certain bits flipped (Lv et al. 2007),
so the cost hardly grows with the number of marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from detectors.arrays import Flags, Floats, Ints, Packed
from detectors.logos.hashes import BITS, distance, pack, unpack

TABLES = 7
KEY_BITS = BITS // TABLES
KEYED = TABLES * KEY_BITS  # the bits that keys are made of
PROBES = 3  # uncertain bits of a key that are tried both ways
CROWDED = 64  # a bucket with more entries says nothing about any of them
HALF = 16  # bits of the first word, the low frequencies: a pair that differs in more is hardly ever near
_NUMBERS = np.arange(KEY_BITS, dtype=np.uint32)[:, None]
_KEY_WEIGHTS = 2.0 ** np.arange(KEY_BITS, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Matches:
    """Pairs (row of the queries, row of the index) with their Hamming distance."""

    query: Ints
    entry: Ints
    distance: Ints


class HashIndex:
    """Immutable index over (n, 2) packed hashes."""

    def __init__(self, hashes: Packed) -> None:
        self._hashes = hashes
        every = np.arange((1 << KEY_BITS) + 1)
        keys = [_keys(bits) for bits in _by_table(unpack(hashes).view(np.uint8))]
        self._order = [np.argsort(key, kind="stable") for key in keys]
        starts = [np.searchsorted(key[order], every) for key, order in zip(keys, self._order, strict=True)]
        self._start = [start.astype(np.int32) for start in starts]
        self._count = [np.where(np.diff(start) <= CROWDED, np.diff(start), 0).astype(np.uint8) for start in starts]
        self._first_words = [hashes[order, 0] for order in self._order]  # each bucket's lie side by side

    def search(self, coefficients: Floats, radius: int, nearest: int) -> Matches:
        """The ``nearest`` entries within ``radius`` of each query, given as signed coefficients."""
        hashes = pack(coefficients > 0)
        keys = map(_probes, _by_table(coefficients))
        found = [self._look_up(table, probes, hashes, radius) for table, probes in enumerate(keys)]
        pairs = np.sort(np.concatenate(found))
        pairs = pairs[np.r_[True, pairs[1:] != pairs[:-1]]] if len(pairs) else pairs
        query, entry = np.divmod(pairs, len(self._hashes))
        apart = distance(hashes[query], self._hashes[entry])
        order = np.lexsort((apart, query))
        order = order[_rank(query[order]) < nearest]
        return Matches(query[order], entry[order], apart[order])

    def _look_up(self, table: int, keys: Ints, hashes: Packed, radius: int) -> Ints:
        """Pairs within ``radius`` that share one of the (probes, queries) keys; some more than once.

        A pair is query * entries + entry.
        """
        count = self._count[table][keys].ravel()
        used = np.flatnonzero(count)
        first, count, query = self._start[table][keys.ravel()[used]], count[used].astype(np.int64), used % len(hashes)
        at = np.arange(count.sum()) + np.repeat(first - (np.cumsum(count) - count), count)
        differ = np.repeat(hashes[query, 0], count) ^ self._first_words[table][at]
        close = np.flatnonzero(np.bitwise_count(differ) <= HALF)
        query, entry = np.repeat(query, count)[close], self._order[table][at[close]]
        near = distance(hashes[query], self._hashes[entry]) <= radius
        pairs: Ints = query[near] * len(self._hashes) + entry[near]
        return pairs


def _by_table(columns: NDArray[Any]) -> NDArray[Any]:
    """(TABLES, KEY_BITS, n) of (n, BITS): what each table's keys are made of lies evenly among the frequencies."""
    if not len(columns):
        return np.zeros((TABLES, KEY_BITS, 0), columns.dtype)
    rows = np.asarray(cv2.transpose(columns))[:KEYED]  # ten times as fast as NumPy's copy
    return rows.reshape(KEY_BITS, TABLES, -1).transpose(1, 0, 2)


def _keys(bits: Flags) -> Ints:
    """(n,) keys of a table's (KEY_BITS, n) bits."""
    keys: Ints = (_KEY_WEIGHTS @ bits.astype(np.float32)).astype(np.int32)
    return keys


def _probes(coefficients: Floats) -> Ints:
    """(2**PROBES, n) keys to look up in a table, of its (KEY_BITS, n) coefficients."""
    keys = _keys(coefficients > 0)[None]
    # Sizes as whole numbers of the same order, whose last digits say which bit they are of: one minimum tells both.
    sizes = np.abs(coefficients, order="C").view(np.uint32) & ~np.uint32(31) | _NUMBERS
    for _ in range(PROBES):
        least = sizes.min(0)
        np.putmask(sizes, sizes == least, np.iinfo(np.uint32).max)
        keys = np.concatenate([keys, keys ^ (np.int32(1) << (least & 31).astype(np.int32))])
    return keys


def _rank(groups: Ints) -> Ints:
    """Position of each element within its run of equal ``groups``."""
    if not len(groups):
        return groups
    at = np.arange(len(groups))
    return at - np.maximum.accumulate(np.where(np.r_[True, groups[1:] != groups[:-1]], at, 0))
