"""Near neighbours of packed hashes without comparing each with each.

Eight tables of sixteen bits each (multi-index hashing, Norouzi et al. 2012). A query is looked up in
each table under its own key and under those with its least certain bits flipped (Lv et al. 2007),
so the cost hardly grows with the number of marks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detectors.arrays import Flags, Floats, Ints, Packed
from detectors.logos.hashes import BITS, distance, pack, unpack

TABLES = 8
KEY_BITS = BITS // TABLES
PROBES = 2  # uncertain bits of a key that are tried both ways
CROWDED = 64  # a bucket with more entries says nothing about any of them
_KEY_WEIGHTS = 1 << np.arange(KEY_BITS)


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
        keys = self._keys(unpack(hashes))
        self._order = [np.argsort(keys[:, t], kind="stable") for t in range(TABLES)]
        self._start = [np.searchsorted(keys[o, t], np.arange((1 << KEY_BITS) + 1)) for t, o in enumerate(self._order)]

    @staticmethod
    def _keys(bits: Flags) -> Ints:
        keys: Ints = bits.reshape(len(bits), KEY_BITS, TABLES).transpose(0, 2, 1) @ _KEY_WEIGHTS
        return keys

    def search(self, coefficients: Floats, radius: int, nearest: int) -> Matches:
        """The ``nearest`` entries within ``radius`` of each query, given as signed coefficients."""
        hashes = pack(coefficients > 0)
        probes = self._probes(coefficients)
        found = [self._look_up(table, probes[:, table], hashes, radius) for table in range(TABLES)]
        pairs = np.sort(np.concatenate(found))
        pairs = pairs[np.r_[True, pairs[1:] != pairs[:-1]]] if len(pairs) else pairs
        query, entry = np.divmod(pairs, len(self._hashes))
        apart = distance(hashes[query], self._hashes[entry])
        order = np.lexsort((apart, query))
        order = order[_rank(query[order]) < nearest]
        return Matches(query[order], entry[order], apart[order])

    def _probes(self, coefficients: Floats) -> Ints:
        """(n, TABLES, 2**PROBES) keys to look up."""
        keys = self._keys(coefficients > 0)
        size = np.abs(coefficients).reshape(len(keys), KEY_BITS, TABLES).transpose(0, 2, 1)
        unsure = 1 << np.argpartition(size, PROBES, axis=2)[:, :, :PROBES]
        subsets = (np.arange(1 << PROBES)[:, None] >> np.arange(PROBES)) & 1
        probes: Ints = keys[:, :, None] ^ (unsure @ subsets.T)
        return probes

    def _look_up(self, table: int, keys: Ints, hashes: Packed, radius: int) -> Ints:
        """Pairs within ``radius`` that share a key, as query * entries + entry; some more than once."""
        start = self._start[table]
        first, count = start[keys].ravel(), (start[keys + 1] - start[keys]).ravel()
        count[count > CROWDED] = 0
        query = np.repeat(np.arange(len(keys)), keys.shape[1])
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        entry = self._order[table][np.repeat(first, count) + within]
        query = np.repeat(query, count)
        close = np.flatnonzero(distance(hashes[query], self._hashes[entry]) <= radius)
        pairs: Ints = query[close] * len(self._hashes) + entry[close]
        return pairs


def _rank(groups: Ints) -> Ints:
    """Position of each element within its run of equal ``groups``."""
    if not len(groups):
        return groups
    at = np.arange(len(groups))
    return at - np.maximum.accumulate(np.where(np.r_[True, groups[1:] != groups[:-1]], at, 0))
