"""Fits the weights of the logo detector's score on drawn pictures and the practice set, and says how marks fare unseen.

    python -m benchmarks logos_pictures DRAWN --photos ../shared/bench/logos
    python -m benchmarks fit_score [--data ../shared/bench/logos] [--drawn DRAWN ...] [--places FOLDER]
        [--without MEASURE ...] [--write]

The weights are those of a logistic regression with a ridge over the places that the detector verified: right where
the picture shows that mark there. Of the practice set two of every three pictures are fitted on; the third ones are
for `make bench-logos` alone. Before anything is written, each mark in turn is left out with all pictures that show it
or its lookalike: its places are scored by weights fitted on the rest, and the scores of pictures without a mark say
how often a threshold would be passed wrongly.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.logos_places import Looked, Seen, seen_in, teaches
from detectors.arrays import Doubles
from detectors.evaluate import Case, Share, overlap
from detectors.logos.score import WEIGHTS

RIDGE = 3.0
ALIKE = {
    "dd01": "d01_seal",
    "dd02": "d03_mascot",
    "dd03": "d05_crest",
    "dd04": "d06_wordmark",
    "dd05": "d04_mascot",
    "dd06": "d02_seal",
}  # the lookalikes that were drawn after a mark are left out with it


@dataclass(frozen=True)
class Weights:
    """A logistic regression: log-odds are ``offset + values @ slope``."""

    offset: float
    slope: Doubles

    @classmethod
    def fitted(cls, values: Doubles, right: Doubles) -> Weights:
        """By Newton's method, with the ridge on standardised values."""
        mean, spread = values.mean(0), values.std(0) + 1e-9
        terms = np.column_stack([np.ones(len(values)), (values - mean) / spread])
        ridge = np.diag([1e-6] + [RIDGE] * values.shape[1])
        solved = np.zeros(terms.shape[1])
        for _ in range(30):
            chance = 1 / (1 + np.exp(-terms @ solved))
            curve = terms.T @ (terms * (chance * (1 - chance) + 1e-9)[:, None]) + ridge
            solved += np.linalg.solve(curve, terms.T @ (right - chance) - ridge @ solved)
        slope = solved[1:] / spread
        return cls(float(solved[0] - slope @ mean), slope)

    def odds(self, values: Doubles) -> Doubles:
        """(n,) log-odds of (n, measures)."""
        scores: Doubles = self.offset + values @ self.slope
        return scores


def fitted(sets: Sequence[Looked], left_out: Callable[[Case, Seen], bool] = lambda *_: False) -> Weights:
    """Weights fitted on the places of all ``sets`` that teach and are not ``left_out``."""
    values, right = [], []
    for one in sets:
        rest = one.teaches & ~np.array([left_out(one.cases[p.picture], p) for p in one.places])
        values.append(one.measures[rest])
        right.append(one.right[rest])
    return Weights.fitted(np.concatenate(values), np.concatenate(right))


def odds_by_mark(looked: Looked, others: Sequence[Looked]) -> Doubles:
    """(places,) log-odds in one set, each by weights that saw neither its mark nor the mark's lookalike."""
    values = looked.measures
    family = np.array([_family(p.mark) for p in looked.places])
    odds = np.zeros(len(family))
    for one in sorted(set(family)):
        weights = fitted([looked, *others], lambda case, place: one in (_family(place.mark), _family(case.mark)))  # noqa: B023
        odds[family == one] = weights.odds(values[family == one])
    return odds


def _family(mark: str | None) -> str:
    return ALIKE.get(mark or "", mark or "")


def report(looked: Looked, odds: Doubles) -> str:
    """Recall by level at the scores of the surest pictures without a mark; lookalikes registered, then not."""
    cases = looked.cases
    best = _best(looked, odds)
    clean = sorted((best[n]["kept"] for n, c in enumerate(cases) if not c.mark and c.kind != "sibling"), reverse=True)
    shown = [n for n, c in enumerate(cases) if c.mark]
    lines = []
    for allowed in range(3):
        hits = [best[n]["right"] > clean[allowed] for n in shown]
        levels = {k: [h for h, n in zip(hits, shown, strict=True) if cases[n].kind == k] for k in _LEVELS}
        shares = "  ".join(f"{k} {np.mean(v):.1%}" for k, v in levels.items() if v)
        lines.append(
            f"{allowed} of {len(clean)} false: log-odds > {clean[allowed]:.2f}  all {np.mean(hits):.1%}  {shares}"
        )
    limit = sorted((best[n]["right"] for n in shown), reverse=True)[int(0.9 * len(shown))]
    for kind in sorted({c.kind for c in cases if not c.mark}):
        fired = [best[n]["any"] >= limit for n, c in enumerate(cases) if c.kind == kind]
        lines.append(f"none registered, at 90% recall, {kind}: {sum(fired)} of {len(fired)}")
    return "\n".join(lines)


def _best(looked: Looked, odds: Doubles) -> list[dict[str, float]]:
    """Of each picture the greatest odds: of its mark, of any mark, and of one that no lookalike beats."""
    best = [{"right": -99.0, "any": -99.0, "kept": -99.0} for _ in looked.cases]
    rivals: dict[int, list[tuple[Seen, float]]] = {}
    for place, odd in zip(looked.places, odds, strict=True):
        rivals.setdefault(place.picture, []).append((place, float(odd)))
    for number, places in rivals.items():
        top = best[number]
        for place, odd in places:
            if place.lookalike:
                continue
            top["any"] = max(top["any"], odd)
            if not any(o.lookalike and more > odd and overlap(o.box, place.box) >= 0.4 for o, more in places):
                top["kept"] = max(top["kept"], odd)
                top["right"] = max(top["right"], odd if place.right else -99.0)
    return best


def false_alarms(looked: Looked, odds: Doubles) -> str:
    """How many of the pictures without a mark pass thresholds of the score."""
    best = _best(looked, odds)
    clean = [best[n]["kept"] for n, case in enumerate(looked.cases) if not case.mark and case.kind != "sibling"]
    lines = []
    for score in (0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        passed = sum(odd >= math.log(score / (1 - score)) for odd in clean)
        lines.append(f"score >= {score}: false in {Share(passed, len(clean))}")
    return "\n".join(lines)


_LEVELS = ("L1", "L2", "L3", "L4", "L5")


def main() -> None:
    """Prints how marks that were left out fare; writes the weights where asked to."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--data", type=Path, default=Path("../shared/bench/logos"))
    ask.add_argument("--drawn", type=Path, nargs="*", default=[], help="sets of `python -m benchmarks logos_pictures`")
    ask.add_argument("--places", type=Path, help="keep the verified places in this folder, and take them from there")
    ask.add_argument("--without", nargs="*", default=[], help="measures to leave out, to see what they are worth")
    ask.add_argument("--write", action="store_true", help=f"write {WEIGHTS.name}")
    asked = ask.parse_args()
    looked_at = [seen_in(asked.data, teaches, asked.places), *(seen_in(one, keep=asked.places) for one in asked.drawn)]
    sets = [one.without(asked.without) for one in looked_at]
    held = [(one, odds_by_mark(one, [other for other in sets if other is not one])) for one in sets]
    for folder, (looked, odds) in zip([asked.data, *asked.drawn], held, strict=True):
        print(f"{folder}: {len(looked.cases)} pictures, {len(looked.places)} places; marks left out:")
        print(report(looked, odds))
        print(false_alarms(looked, odds))
    weights = fitted(sets)
    if asked.write:
        names = ["offset", *sets[0].places[0].evidence]
        by_name = zip(names, [weights.offset, *weights.slope], strict=True)
        WEIGHTS.write_text(json.dumps({name: round(float(value), 6) for name, value in by_name}, indent=1) + "\n")
