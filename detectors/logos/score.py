"""From how a place was verified to a probability that the mark is there."""

from __future__ import annotations

import numpy as np

from detectors.logos.verify import Fit

REPORTED = 0.83  # of images without a mark, about one in a thousand reaches it
STRONG = 0.97
SEEN = 0.5  # share of the mark that must lie inside the picture
SMALLEST = 28.0  # pixels, side of the square of the mark's area; marks under 32 are out of scope

# Fitted by benchmarks/calibrate.py on four of the practice marks, the other four held back.
OFFSET = -7.4
AGREEMENT, WEAKEST, VOTES = 15.0, 5.1, 0.24


def probability(fit: Fit, votes: float) -> float:
    """0..1, by a logistic model over agreement, weakest region and votes."""
    if fit.visible < SEEN or fit.pixels < SMALLEST:
        return 0.0
    evidence = AGREEMENT * fit.agreement + WEAKEST * fit.weakest + VOTES * np.log1p(votes)
    return float(1 / (1 + np.exp(-OFFSET - evidence)))
