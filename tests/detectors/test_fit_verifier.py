"""The verifier is taught by differentiating what ships; JAX is in the group ``fit``, which only its makers install."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("jax", reason="install the group fit: it teaches the verifier")

from benchmarks import fit_verifier
from detectors.logos.layers import LAYERS, SIDE
from detectors.logos.verifier import answer


def test_places_that_are_told_apart_by_one_layer_are_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(5)
    right = (random.random(512) < 0.4).astype(np.float32)
    layers = random.uniform(0, 1, (512, SIDE, SIDE, len(LAYERS))).astype(np.float16)
    layers[..., LAYERS.index("likeness")] += right[:, None, None].astype(np.float16)
    monkeypatch.setattr(fit_verifier, "ROUNDS", 8)
    weights = fit_verifier.taught(layers[:384], right[:384])
    held_out = answer(weights, layers[384:].astype(np.float32)) > 0
    assert (held_out == right[384:]).mean() > 0.95
