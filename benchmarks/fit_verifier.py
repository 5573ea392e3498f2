"""Teaches the logo detector's verifier on drawn pictures, and says how it judges those it was not taught on.

    python -m benchmarks logos_pictures TAUGHT --seed 21 --marks 64 --with 1280 --without 2000 --photos DIR
    python -m benchmarks fit_verifier TAUGHT [...] [--held-out DRAWN ...] [--places FOLDER] [--write]

The function that ships (:func:`detectors.logos.verifier.answer`) is differentiated as it stands (JAX), and its weights
are moved by Adam (Kingma and Ba 2015) under a rate that rises and falls; what is kept is the mean over the last steps.
A place is shown mirrored, turned and shifted, and with a strip of another place over it: so few marks teach more.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.fit_score import report
from benchmarks.logos_places import Looked, seen_in
from detectors.arrays import Doubles, Floats
from detectors.logos.layers import LAYERS, SIDE
from detectors.logos.verifier import CONVOLUTIONS, WEIGHTS, Weights, answer

WIDTHS = (16, 24, 32, 32)
HIDDEN = 24
BATCH = 64
RATE = 4e-3
DECAY = 0.02  # of the weights, a step and unit of rate
ROUNDS = 16
MOVED = 2  # pixels
COVERED = 0.3  # share of batches with a strip over them
STRIP = 4, 16  # pixels
PICTURED = [LAYERS.index(name) for name in ("likeness", "edges", "off", "stands_out", "bent")]
"""Layers that change where the mark is covered."""


def drawn(random: np.random.Generator) -> Weights:
    """Weights to begin with (He et al. 2015)."""
    weights, before = {}, len(LAYERS)
    for name, width in zip(CONVOLUTIONS, WIDTHS, strict=True):
        weights |= _sum(random, name, 9 * before, width)
        before = width
    flat = before * (SIDE // 2 ** len(WIDTHS)) ** 2
    return weights | _sum(random, "hidden", flat, HIDDEN) | _sum(random, "last", HIDDEN, 1)


def _sum(random: np.random.Generator, name: str, wide: int, count: int) -> dict[str, Floats]:
    matrix = random.normal(0, np.sqrt(2 / wide), (wide, count)).astype(np.float32)
    return {name: matrix, f"{name}_offset": np.zeros(count, np.float32)}


def taught(layers: Floats, right: Floats, seed: int = 0) -> Weights:
    """Weights that tell right places from wrong ones.

    Parameters
    ----------
    layers : (n, side, side, layers) of places.
    right : (n,) 1 where the mark is there, else 0.
    """
    random = np.random.default_rng(seed)
    weights = {name: jnp.asarray(value) for name, value in drawn(random).items()}
    first, second = ({name: jnp.zeros_like(value) for name, value in weights.items()} for _ in range(2))
    mean, steps = weights, ROUNDS * (len(right) // BATCH)
    for number, rows in enumerate(_batches(random, len(right))):
        rate = RATE * float(np.sin(np.pi * min((number + 1) / steps, 1)) ** 2)
        shown = _changed(random, layers[rows].astype(np.float32))
        weights, first, second = _step(weights, first, second, shown, right[rows], rate, number + 1)
        kept = min(1 - 1 / (number + 1), 0.995)
        mean = {name: kept * mean[name] + (1 - kept) * value for name, value in weights.items()}
        if number % 500 == 0:
            print(f"  {number:,} of {steps:,} steps", flush=True)
    return {name: np.asarray(value) for name, value in mean.items()}


def _batches(random: np.random.Generator, count: int) -> Iterator[Any]:
    for _ in range(ROUNDS):
        order = random.permutation(count)
        yield from order[: count // BATCH * BATCH].reshape(-1, BATCH)


def _changed(random: np.random.Generator, layers: Floats) -> Floats:
    """A batch as it might have been seen as well."""
    if random.random() < COVERED:
        size, others = int(random.integers(*STRIP)), random.permutation(len(layers))
        layers[:, :size, :, PICTURED] = layers[others][:, :size, :, PICTURED]
    for turned in (lambda a: a[:, ::-1], lambda a: a[:, :, ::-1], lambda a: a.swapaxes(1, 2)):
        layers = turned(layers) if random.random() < 0.5 else layers
    return np.roll(layers, random.integers(-MOVED, MOVED + 1, 2), (1, 2))


def _lost(weights: Weights, shown: Floats, right: Floats) -> Any:
    """Mean cross entropy."""
    odds = answer(weights, shown, jnp)
    return jnp.mean(jnp.logaddexp(0, odds) - right * odds)


@jax.jit
def _step(
    weights: Weights, first: Weights, second: Weights, shown: Floats, right: Floats, rate: float, number: int
) -> tuple[Weights, Weights, Weights]:
    slope = jax.grad(_lost)(weights, shown, right)
    first = {name: 0.9 * first[name] + 0.1 * slope[name] for name in weights}
    second = {name: 0.999 * second[name] + 0.001 * slope[name] ** 2 for name in weights}
    moved = {}
    for name, value in weights.items():
        mean, spread = first[name] / (1 - 0.9**number), second[name] / (1 - 0.999**number)
        moved[name] = value - rate * (mean / (jnp.sqrt(spread) + 1e-8) + DECAY * value)
    return moved, first, second


def judged(weights: Weights, looked: Looked) -> Doubles:
    """(places,) log-odds of a set's places."""
    parts = [looked.layers[start : start + 256] for start in range(0, len(looked.layers), 256)]
    return np.concatenate([answer(weights, part.astype(np.float32)) for part in parts]).astype(np.float64)


def main() -> None:
    """Teaches, says how sets that were held out fare, and writes the weights where asked to."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("drawn", type=Path, nargs="+", help="sets of `python -m benchmarks logos_pictures` to teach on")
    ask.add_argument("--held-out", type=Path, nargs="*", default=[], help="sets of other marks to judge afterwards")
    ask.add_argument("--places", type=Path, help="keep the verified places in this folder, and take them from there")
    ask.add_argument("--write", action="store_true", help=f"write {WEIGHTS.name}")
    asked = ask.parse_args()
    sets = [seen_in(folder, keep=asked.places) for folder in asked.drawn]
    layers = np.concatenate([one.layers[one.teaches] for one in sets])
    right = np.concatenate([one.right[one.teaches] for one in sets]).astype(np.float32)
    print(f"{len(right):,} places, {int(right.sum()):,} of them right")
    weights = taught(layers, right)
    for folder in asked.held_out:
        looked = seen_in(folder, keep=asked.places)
        print(f"{folder}: {len(looked.cases)} pictures, of marks that were not taught")
        print(report(looked, judged(weights, looked)))
    if asked.write:
        np.savez_compressed(WEIGHTS, **{name: value.astype(np.float16) for name, value in weights.items()})
