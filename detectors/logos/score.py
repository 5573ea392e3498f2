"""From how a place was verified to a probability that the mark is there."""

from __future__ import annotations

import numpy as np

from detectors.logos.verify import Fit
from detectors.logos.voting import Place

REPORTED = 0.5
STRONG = 0.9
SEEN = 0.5  # share of the mark that must lie inside the picture
OFFSET = -10.5
WEIGHTS = {"agreement": 16.0, "overlap": 5.0, "votes": 0.35}


def probability(fit: Fit, place: Place) -> float:
    """0..1, by a logistic model over agreement, overlap and votes."""
    if fit.visible < SEEN:
        return 0.0
    sum_of = OFFSET + WEIGHTS["agreement"] * fit.agreement + WEIGHTS["overlap"] * fit.share
    return float(1 / (1 + np.exp(-(sum_of + WEIGHTS["votes"] * np.log1p(place.votes)))))
