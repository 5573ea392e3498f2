"""Fits the weights of the logo detector's score on the practice set, and says how they do on marks left out.

    python -m benchmarks.fit_score [--data ../shared/bench/logos] [--places FILE] [--write]

Two of every three pictures are fitted on; the third ones are for `make bench-logos` alone. The weights are those of a
logistic regression with a ridge over the places that the detector verified: right where the picture shows that
mark there. Before they are written, each mark in turn is left out with all pictures that show it or its lookalike,
and its places are scored by weights fitted on the others.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np

from detectors.arrays import Doubles
from detectors.evaluate import Case, overlap, read_cases
from detectors.images import decode
from detectors.logos import LogoDetector
from detectors.logos.score import WEIGHTS

RIDGE = 3.0
RIGHT = 0.5  # overlap with the true box
ALIKE = {
    "dd01": "d01_seal",
    "dd02": "d03_mascot",
    "dd03": "d05_crest",
    "dd04": "d06_wordmark",
    "dd05": "d04_mascot",
    "dd06": "d02_seal",
}  # the lookalikes that were drawn after a mark are left out with it


@dataclass(frozen=True)
class Seen:
    """A verified place: the picture's number, whose reference, whether the mark is there, and the evidence."""

    picture: int
    mark: str
    lookalike: bool
    right: bool
    box: tuple[int, int, int, int]
    evidence: dict[str, float]


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


def teaches(number: int) -> bool:
    """Whether weights are fitted on this picture of the set; every third one is kept for measuring."""
    return number % 3 != 2


def look(data: Path, cases: Sequence[Case]) -> list[Seen]:
    """Every place that the detector verifies in the pictures, where it is clear whether the mark is there."""
    marks, lookalikes = ({p.stem: p for p in sorted((data / d).glob("*.png"))} for d in ("marks", "lookalikes"))
    detector = LogoDetector(marks, lookalikes)
    found = []
    for number, case in enumerate(cases):
        for place in detector.look(decode(case.image)[0]):
            reference = place.reference
            same = not reference.lookalike and reference.mark == case.mark
            right = same and overlap(place.box, case.box or ()) >= RIGHT
            if right or not same:
                evidence = dict(place.evidence)
                found.append(Seen(number, reference.mark, reference.lookalike, right, place.box, evidence))
    return found


def left_out(cases: Sequence[Case], places: Sequence[Seen]) -> Doubles:
    """(places,) log-odds, each by weights that saw neither its mark nor the mark's lookalike."""
    values, right, usable = _table(cases, places)
    family = np.array([ALIKE.get(p.mark, p.mark) for p in places])
    shown = np.array([ALIKE.get(cases[p.picture].mark or "", cases[p.picture].mark or "") for p in places])
    odds = np.zeros(len(places))
    for one in sorted(set(family)):
        rest = usable & (family != one) & (shown != one)
        odds[family == one] = Weights.fitted(values[rest], right[rest]).odds(values[family == one])
    return odds


def _table(cases: Sequence[Case], places: Sequence[Seen]) -> tuple[Doubles, Doubles, np.typing.NDArray[np.bool_]]:
    """Measures, whether right, and which places teach: not a lookalike in a picture that may show it."""
    values = np.array([list(p.evidence.values()) for p in places])
    right = np.array([p.right for p in places], np.float64)
    usable = np.array([not (p.lookalike and cases[p.picture].kind == "distractor") for p in places])
    return values, right, usable


def report(cases: Sequence[Case], places: Sequence[Seen], odds: Doubles) -> str:
    """Recall by level at the scores of the surest pictures without a mark; lookalikes registered, then not."""
    best: dict[int, dict[str, float]] = {n: {"right": -99.0, "any": -99.0, "kept": -99.0} for n in range(len(cases))}
    for place, odd in zip(places, odds, strict=True):
        if place.lookalike:
            continue
        top = best[place.picture]
        top["any"] = max(top["any"], odd)
        if not _beaten(place, odd, places, odds):
            top["kept"] = max(top["kept"], odd)
            top["right"] = max(top["right"], odd if place.right else -99.0)
    clean = sorted((best[n]["kept"] for n, c in enumerate(cases) if not c.mark), reverse=True)
    shown = [n for n, c in enumerate(cases) if c.mark and c.kind != "L0"]
    lines = []
    for allowed in range(3):
        hits = [best[n]["right"] > clean[allowed] for n in shown]
        levels = {k: [h for h, n in zip(hits, shown, strict=True) if cases[n].kind == k] for k in _LEVELS}
        shares = "  ".join(f"{k} {np.mean(v):.1%}" for k, v in levels.items() if v)
        lines.append(f"{allowed} false: log-odds > {clean[allowed]:.2f}  all {np.mean(hits):.1%}  {shares}")
    limit = sorted((best[n]["right"] for n in shown), reverse=True)[int(0.9 * len(shown))]
    for name, wanted in (("lookalikes", True), ("the rest", False)):
        fired = [
            best[n]["any"] >= limit for n, c in enumerate(cases) if not c.mark and (c.kind == "distractor") == wanted
        ]
        lines.append(f"none registered, at 90% recall, {name}: {sum(fired)} of {len(fired)}")
    return "\n".join(lines)


_LEVELS = ("L1", "L2", "L3", "L4", "L5")


def _beaten(place: Seen, odd: float, places: Sequence[Seen], odds: Doubles) -> bool:
    """Whether a lookalike holds the same place with more certainty."""
    return any(
        other.lookalike and other.picture == place.picture and more > odd and overlap(other.box, place.box) >= 0.4
        for other, more in zip(places, odds, strict=True)
    )


def _kept(path: Path | None, data: Path, cases: Sequence[Case]) -> list[Seen]:
    """The verified places, from a file where they were kept before."""
    if path and path.is_file():
        return [Seen(**{**one, "box": tuple(one["box"])}) for one in json.loads(path.read_text())]
    places = look(data, cases)
    if path:
        path.write_text(json.dumps([asdict(place) for place in places]))
    return places


def main() -> None:
    """Prints how the marks that were left out fare; writes the weights where asked to."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--data", type=Path, default=Path("../shared/bench/logos"))
    ask.add_argument("--places", type=Path, help="keep the verified places here, and take them from here next time")
    ask.add_argument("--write", action="store_true", help=f"write {WEIGHTS.name}")
    asked = ask.parse_args()
    cv2.setNumThreads(1)
    cases = [case for n, case in enumerate(read_cases(asked.data)) if teaches(n) and case.kind != "L0"]
    places = _kept(asked.places, asked.data, cases)
    print(f"{len(cases)} pictures, {len(places)} places, {sum(p.right for p in places)} of them right; marks left out:")
    print(report(cases, places, left_out(cases, places)))
    values, right, usable = _table(cases, places)
    fitted = Weights.fitted(values[usable], right[usable])
    if asked.write:
        names = ["offset", *places[0].evidence]
        values_by_name = zip(names, [fitted.offset, *fitted.slope], strict=True)
        WEIGHTS.write_text(
            json.dumps({name: round(float(value), 6) for name, value in values_by_name}, indent=1) + "\n"
        )


if __name__ == "__main__":
    main()
