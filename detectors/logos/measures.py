"""What the likeness of a mark's blocks says: how well they agree, how evenly, and where they do not.

A lookalike agrees well in its stock emblem and badly in the parts that are its own; a covered or cut mark
agrees well in all but one side. So the measures are taken twice: of the whole mark, and of what is left when
its worst side is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detectors.arrays import Doubles, Flags, Floats

ALIKE = 0.5  # a block's likeness from which it counts as found
REGIONS = 3  # rows and columns of regions
FAINT = 0.04  # share of the mark's weight under which a region says nothing
SIDES = (0.2, 0.36)  # shares of the mark that may be left out at one side
LEAST = 0.35  # share of the weight that must then be left
QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks of a mark: ``at`` (n, 2) their middles as shares of the mark's width and height, and their ``weight``."""

    at: Doubles
    weight: Doubles

    def mean(self, likeness: Floats) -> float:
        """The weighted mean."""
        return float(self.weight @ likeness) / max(float(self.weight.sum()), 1e-9)

    def quantiles(self, likeness: Floats, shares: tuple[float, ...]) -> list[float]:
        """The likeness under which each of ``shares`` of the weight lies."""
        order = np.argsort(likeness, kind="stable")
        below = np.cumsum(self.weight[order]) / max(float(self.weight.sum()), 1e-9)
        return [float(v) for v in likeness[order][np.minimum(np.searchsorted(below, shares), len(order) - 1)]]

    def weakest(self, likeness: Floats) -> float:
        """The agreement of the weakest but two of nine regions."""
        row, column = np.clip((self.at[:, ::-1] * REGIONS).astype(int), 0, REGIONS - 1).T
        power = np.bincount(row * REGIONS + column, self.weight, REGIONS**2)
        mean = np.bincount(row * REGIONS + column, self.weight * likeness, REGIONS**2) / np.maximum(power, 1e-9)
        regions = np.sort(mean[power > FAINT * power.sum()])
        return float(regions[min(2, len(regions) - 1)]) if len(regions) else 0.0

    def only(self, kept: Flags) -> Blocks:
        """The blocks that are ``kept``."""
        return Blocks(self.at[kept], self.weight[kept])


@dataclass(frozen=True, slots=True)
class Side:
    """``share`` of a mark's width (``axis`` 0) or height (1), from its left or upper end, or from the other one."""

    axis: int
    first: bool
    share: float

    def covers(self, blocks: Blocks) -> Flags:
        """(n,): which blocks lie there."""
        along = blocks.at[:, self.axis] if self.first else 1 - blocks.at[:, self.axis]
        return np.asarray(along <= self.share, np.bool_)


NONE = Side(0, True, 0.0)


def measured(blocks: Blocks, likeness: Floats, worst: Side) -> dict[str, float]:
    """The measures by name; those of the mark without its worst side begin with ``rest``."""
    kept = ~worst.covers(blocks)
    rest, left = blocks.only(kept), likeness[kept]
    low, lower, middle, upper, high = blocks.quantiles(likeness, QUANTILES)
    rest_low, rest_lower = rest.quantiles(left, QUANTILES[:2])
    return {
        "agreement": blocks.mean(likeness),
        "low": low,
        "lower": lower,
        "middle": middle,
        "upper": upper,
        "high": high,
        "weakest": blocks.weakest(likeness),
        "cut": worst.share,
        "rest": rest.mean(left),
        "rest_low": rest_low,
        "rest_lower": rest_lower,
        "rest_weakest": rest.weakest(left),
    }


def found(blocks: Blocks, likeness: Floats) -> float:
    """The share of the weight whose blocks are :data:`ALIKE`."""
    return blocks.mean((likeness > ALIKE).astype(np.float32))


def best_rest(blocks: Blocks, likeness: Floats) -> float:
    """The mean of what is left when the worst side is left out."""
    kept = ~worst_side(blocks, likeness).covers(blocks)
    return blocks.only(kept).mean(likeness[kept])


def worst_side(blocks: Blocks, likeness: Floats) -> Side:
    """The side that is best left out; none, where too little would be left."""
    worst, agreement = NONE, -np.inf
    for side in (Side(axis, first, share) for share in SIDES for first in (True, False) for axis in (0, 1)):
        kept = ~side.covers(blocks)
        rest = blocks.only(kept)
        if rest.weight.sum() >= LEAST * blocks.weight.sum() and rest.mean(likeness[kept]) > agreement:
            worst, agreement = side, rest.mean(likeness[kept])
    return worst
