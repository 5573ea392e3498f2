"""From how a place was verified to a probability that the mark is there.

The weights are those of a logistic regression over the places verified in drawn pictures and in the practice set
(`python -m benchmarks fit_score` writes them): how alike the mark's blocks are, where they are not, how well the
picture is the mark in other inks, the votes, which voters still hold, and what the verifier says.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

from detectors.logos.verify import Fit

WEIGHTS = Path(__file__).with_name("weights.json")
# By marks left out (`python -m benchmarks fit_score`), of 400 pictures without a mark and of 725 drawn to mislead:
REPORTED = 0.2  # 0 and 3 score more
STRONG = 0.8  # none does; a person should doubt what scores less
SEEN = 0.6  # share of the mark's rectangle that must lie inside the picture
SMALLEST = 24.0  # pixels, side of the square of the mark's area; marks under 32 are out of scope

_weights: Mapping[str, float] = json.loads(WEIGHTS.read_text())


def in_scope(fit: Fit) -> bool:
    """Whether enough of the mark, and a large enough mark, lies in the picture."""
    return fit.area >= SEEN and fit.pixels >= SMALLEST


def log_odds(speaks: Mapping[str, float]) -> float:
    """For the mark being there, from its :func:`evidence`; places are compared by it."""
    return _weights.get("offset", 0.0) + sum(_weights.get(name, 0.0) * value for name, value in speaks.items())


def probability(odds: float) -> float:
    """0..1, from log-odds; nine digits, so that sure matches still differ."""
    return round(1 / (1 + math.exp(-odds)), 9) if odds > -50 else 0.0
