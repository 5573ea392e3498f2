"""The places that the detector verifies in a set of pictures, and whether the mark is there: what its score and its
verifier are fitted on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from detectors.arrays import Doubles, Flags, Floats
from detectors.evaluate import Case, overlap, read_cases
from detectors.images import decode
from detectors.logos import LogoDetector
from detectors.logos.layers import LAYERS, SIDE

RIGHT = 0.5  # overlap with the true box
TINY = 32  # pixels: smaller marks are out of scope and teach nothing
ALIKE_KINDS = ("distractor", "sibling")  # pictures that may show a lookalike


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
class Looked:
    """A set of pictures, the places that were verified in them, and (places, side, side, layers) how these look."""

    cases: Sequence[Case]
    places: Sequence[Seen]
    layers: Floats

    def without(self, names: Sequence[str]) -> Looked:
        """The set as it would be if these measures were not taken."""
        kept = [{k: v for k, v in place.evidence.items() if k not in names} for place in self.places]
        places = [replace(place, evidence=one) for place, one in zip(self.places, kept, strict=True)]
        return replace(self, places=places)

    @cached_property
    def measures(self) -> Doubles:
        """(places, measures)."""
        return np.array([list(place.evidence.values()) for place in self.places])

    @cached_property
    def right(self) -> Doubles:
        """(places,): 1 where the mark is there."""
        return np.array([place.right for place in self.places], np.float64)

    @cached_property
    def teaches(self) -> Flags:
        """(places,): not of a lookalike in a picture that may show it, and of right places the best in its picture.

        The others of the same mark lie askew: they are right by their boxes and wrong by how they look.
        """
        best: dict[int, tuple[float, int]] = {}
        for row, place in enumerate(self.places):
            if place.right:
                best[place.picture] = max(best.get(place.picture, (-1.0, 0)), (place.evidence["rest"], row))
        kept = {row for _, row in best.values()}
        return np.array(
            [
                row in kept if place.right else not (place.lookalike and self.cases[place.picture].kind in ALIKE_KINDS)
                for row, place in enumerate(self.places)
            ]
        )


def teaches(number: int) -> bool:
    """Whether weights are fitted on this picture of the practice set; every third one is kept for measuring."""
    return number % 3 != 2


def seen_in(data: Path, wanted: Callable[[int], bool] = lambda _: True, keep: Path | None = None) -> Looked:
    """The places of the set's ``wanted`` pictures; from the folder ``keep`` where they were kept before."""
    every = read_cases(data)
    cases = [c for n, c in enumerate(every) if c.kind != "L0" and wanted(n) and not 0 < c.pixels < TINY]
    path = keep / f"{data.name}-{len(cases)}.npz" if keep else None
    if path and path.is_file():
        with np.load(path) as kept:
            return Looked(cases, _places(str(kept["places"])), kept["layers"])
    found = _look(data, cases)
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, places=json.dumps([asdict(place) for place in found.places]), layers=found.layers)
    return found


def _places(text: str) -> list[Seen]:
    return [Seen(**{**place, "box": tuple(place["box"])}) for place in json.loads(text)]


def _look(data: Path, cases: Sequence[Case]) -> Looked:
    with ProcessPoolExecutor(initializer=_start, initargs=(data,)) as pool:
        found = [one for places in pool.map(_look_at, enumerate(cases), chunksize=8) for one in places]
    layers = np.array([layers for _, layers in found], np.float16).reshape(-1, SIDE, SIDE, len(LAYERS))
    return Looked(cases, [place for place, _ in found], layers)


def _start(data: Path) -> None:
    global _detector
    cv2.setNumThreads(1)
    marks, lookalikes = ({p.stem: p for p in sorted((data / d).glob("*.png"))} for d in ("marks", "lookalikes"))
    _detector = LogoDetector(marks, lookalikes)


_detector: LogoDetector


def _look_at(numbered: tuple[int, Case]) -> list[tuple[Seen, Floats]]:
    """Every place that is verified in one picture, where it is clear whether the mark is there."""
    number, case = numbered
    found = []
    for place in _detector.look(decode(case.image)[0]):
        reference = place.reference
        same = not reference.lookalike and reference.mark == case.mark
        right = same and overlap(place.box, case.box or ()) >= RIGHT
        if right or not same:
            evidence = {name: float(value) for name, value in place.evidence.items()}
            seen = Seen(number, reference.mark, reference.lookalike, right, place.box, evidence)
            found.append((seen, place.layers.astype(np.float16)))
    return found
