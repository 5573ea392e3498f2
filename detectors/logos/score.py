"""From how a place was verified to a probability that the mark is there."""

from __future__ import annotations

import math

from detectors.logos.verify import Fit

REPORTED = 0.85  # under it, too many pictures without a mark would be shown to a person
STRONG = 0.95
SEEN = 0.5  # share of the mark that must lie inside the picture
SMALLEST = 28.0  # pixels, side of the square of the mark's area; marks under 32 are out of scope

# Logistic regression over the places verified in the practice set, on four of its marks; four were held back.
OFFSET, AGREEMENT, WEAKEST = -10.6, 23.0, 5.9
UNSEEN = 8.0  # set by hand: what lies outside the picture does not speak for the mark


def log_odds(fit: Fit) -> float:
    """For the mark being there, from its agreement and that of its weakest regions; places are compared by it."""
    if fit.visible < SEEN or fit.pixels < SMALLEST:
        return -math.inf
    return OFFSET + AGREEMENT * fit.agreement + WEAKEST * fit.weakest - UNSEEN * (1 - fit.visible)


def probability(odds: float) -> float:
    """0..1, from log-odds; nine digits, so that sure matches still differ."""
    return round(1 / (1 + math.exp(-odds)), 9) if odds > -50 else 0.0
