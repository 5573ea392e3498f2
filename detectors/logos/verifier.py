"""A small learned look at a place: does this picture, laid over the mark, show the mark?

Four convolutions, each of every second pixel, and two sums (LeCun et al. 1998). The weights were learned from pictures
that this project draws (`python -m benchmarks fit_verifier`), of other marks than any district's, so it knows no mark:
it looks at where the two differ. Its answer is one of the measures that the score is made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from detectors.arrays import Floats

WEIGHTS = Path(__file__).with_name("verifier.npz")
CONVOLUTIONS = ("first", "second", "third", "fourth")

Weights = Mapping[str, Any]
"""By name: kernels (9 * layers, layers), matrices, and their offsets."""


def answer(weights: Weights, layers: Any, xp: Any = np) -> Any:
    """(n,) log-odds that each of (n, side, side, layers) shows its mark; ``xp`` is NumPy, or what can differentiate."""
    seen = layers
    for name in CONVOLUTIONS:
        seen = xp.maximum(_around(seen, xp) @ weights[name] + weights[f"{name}_offset"], 0)
    hidden = xp.maximum(seen.reshape(len(seen), -1) @ weights["hidden"] + weights["hidden_offset"], 0)
    return (hidden @ weights["last"] + weights["last_offset"])[:, 0]


def _around(seen: Any, xp: Any) -> Any:
    """(n, side / 2, side / 2, 9 * layers): every second pixel with its eight neighbours."""
    side = seen.shape[1]
    padded = xp.pad(seen, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return xp.concatenate([padded[:, y : y + side : 2, x : x + side : 2] for y in range(3) for x in range(3)], 3)


def learned(path: Path = WEIGHTS) -> Weights:
    """The weights that ship."""
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays.files}


_learned = learned()


def judged(layers: Floats) -> float:
    """The log-odds of one place from its (side, side, layers)."""
    return float(answer(_learned, layers[None])[0])
