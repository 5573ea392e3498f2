"""From how a place was verified to a probability that the mark is there."""

from __future__ import annotations

import numpy as np

from detectors.logos.verify import Fit

REPORTED = 0.5
STRONG = 0.9
SEEN = 0.5  # share of the mark that must lie inside the picture
SMALLEST = 28.0  # pixels, side of the square of the mark's area; marks under 32 are out of scope

OFFSET = -12.2
AGREEMENT, WEAKEST, VOTES = 14.0, 8.5, 1.05


def probability(fit: Fit, votes: float) -> float:
    """0..1, by a logistic model over agreement, weakest region and votes."""
    if fit.visible < SEEN or fit.pixels < SMALLEST:
        return 0.0
    evidence = AGREEMENT * fit.agreement + WEAKEST * fit.weakest + VOTES * np.log1p(votes)
    return float(1 / (1 + np.exp(-OFFSET - evidence)))
