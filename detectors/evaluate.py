"""How well the logo detector does on a district's own pictures: recall and false positives, with intervals.

The folder holds ``marks/`` (PNG or SVG, named by mark), ``lookalikes/`` where there are any, and either

- ``with/<mark>/`` and ``without/``: pictures that show the mark, and that show none; or
- ``img/`` and ``truth.json``: for each picture ``logo``, ``box``, ``level``, ``neg`` (its kind where it shows none) and
  ``px`` (the mark's size), as the practice set has them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from detectors.logos import LogoDetector, LogoMatch
from detectors.logos.score import REPORTED
from records.errors import BadInput

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".heic", ".heif", ".bmp", ".tif", ".tiff"}
OUT_OF_SCOPE = "Marks smaller than 32 pixels (the side of a square of their area) are out of scope."


@dataclass(frozen=True, slots=True)
class Case:
    """A picture and what it shows: ``mark`` is None where it shows none of the district's marks."""

    image: Path
    mark: str | None
    kind: str
    box: tuple[float, ...] | None = None
    pixels: float = 0.0


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``total``, with the 95% interval of Wilson (1927)."""

    hits: int
    total: int

    @property
    def interval(self) -> tuple[float, float]:
        """(low, high) of the share."""
        if not self.total:
            return 0.0, 1.0
        z, n, p = 1.96, self.total, self.hits / self.total
        middle, spread = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, (middle - spread) / (1 + z * z / n)), min(1.0, (middle + spread) / (1 + z * z / n))

    def __str__(self) -> str:
        low, high = self.interval
        share = self.hits / self.total if self.total else 0.0
        return f"{share:7.2%}  {self.hits:>4}/{self.total:<4}  ({low:.1%} to {high:.1%})"


@dataclass(frozen=True, slots=True)
class Report:
    """Recall by kind of picture and by mark, false positives by kind, precision, and how many hits have the right box.

    ``precision`` is of the marks reported, by mark: the share that the pictures truly show.
    """

    threshold: float
    recall: Mapping[str, Share]
    false_positives: Mapping[str, Share]
    precision: Mapping[str, Share]
    placed: Share
    detector: str
    references: str

    def __str__(self) -> str:
        lines = [
            f"Detector {self.detector}, references {self.references[:12]}, threshold {self.threshold:.3f}",
            "Recall",
        ]
        lines += [f"  {group:22} {share}" for group, share in self.recall.items()]
        lines += ["False positives"] + [f"  {group:22} {share}" for group, share in self.false_positives.items()]
        lines += ["Precision, with as many marks among the pictures as here"]
        lines += [f"  {group:22} {share}" for group, share in self.precision.items()]
        lines += ["Hits in the right place (box overlap of half or more)", f"  {'all':22} {self.placed}", OUT_OF_SCOPE]
        return "\n".join(lines)


def evaluate(folder: Path) -> Report:
    """Measures the detector at the threshold it reports with.

    Raises
    ------
    BadInput : the folder lacks marks or pictures.
    """
    cases = read_cases(folder)
    marks, lookalikes = _named(folder / "marks"), _named(folder / "lookalikes")
    if not marks or not cases:
        raise BadInput(
            f"{folder} holds no marks/ or no pictures to measure on", "See `hallpass detector evaluate --help`"
        )
    detector = LogoDetector(marks, lookalikes)
    return summarise(cases, [detector.weigh(case.image) for case in cases], detector, REPORTED)


def summarise(
    cases: Sequence[Case], found: Sequence[Sequence[LogoMatch]], detector: LogoDetector, threshold: float
) -> Report:
    """The report of ``found`` matches, of whatever score, at a threshold."""
    seen = [[match for match in matches if match.score >= threshold] for matches in found]
    pairs = list(zip(cases, seen, strict=True))
    shown = [(case, [m for m in matches if m.mark == case.mark]) for case, matches in pairs if case.mark]
    boxed = [(case, hits) for case, hits in shown if hits and case.box]
    return Report(
        threshold=threshold,
        recall=_shares(shown, lambda case: ["all", case.kind, f"mark {case.mark}"]),
        false_positives=_shares([p for p in pairs if not p[0].mark], lambda case: ["all", case.kind]),
        precision=_precision(pairs),
        placed=Share(sum(max(overlap(m.box, c.box or ()) for m in hits) >= 0.5 for c, hits in boxed), len(boxed)),
        detector=detector.version,
        references=detector.references,
    )


def _precision(pairs: Iterable[tuple[Case, Sequence[LogoMatch]]]) -> dict[str, Share]:
    """Of the marks reported in each picture, all and one by one, how many it shows."""
    counted: dict[str, list[bool]] = {}
    for case, matches in pairs:
        for mark in {match.mark for match in matches}:
            for group in ("all", f"mark {mark}"):
                counted.setdefault(group, []).append(mark == case.mark)
    return {group: Share(sum(right), len(right)) for group, right in sorted(counted.items())}


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union of two boxes (x0, y0, x1, y1)."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    common = max(width, 0.0) * max(height, 0.0)
    areas = ((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return common / max(sum(areas) - common, 1e-9)


def read_cases(folder: Path) -> list[Case]:
    """The pictures of ``folder`` and what they show, in the order of their names."""
    if (folder / "truth.json").is_file():
        return _from_truth(folder)
    shown = [Case(path, path.parent.name, "with") for path in _pictures(folder.glob("with/*/*"))]
    return shown + [Case(path, None, "without") for path in _pictures(folder.glob("without/*"))]


def _from_truth(folder: Path) -> list[Case]:
    try:
        truth = json.loads((folder / "truth.json").read_text())
        return [
            Case(
                folder / "img" / name,
                says["logo"],
                says["level"] or says["neg"],
                _box(says["box"]),
                says.get("px") or 0.0,
            )
            for name, says in sorted(truth.items())
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"{folder / 'truth.json'} cannot be read: {error}", "Compare it with the practice set's"
        ) from error


def _box(box: Sequence[float] | None) -> tuple[float, ...] | None:
    return tuple(box) if box else None


def _shares(
    pairs: Iterable[tuple[Case, Sequence[LogoMatch]]], groups: Callable[[Case], Iterable[str]]
) -> dict[str, Share]:
    counted: dict[str, list[bool]] = {}
    for case, matches in pairs:
        for group in groups(case):
            counted.setdefault(group, []).append(bool(matches))
    return {group: Share(sum(hits), len(hits)) for group, hits in sorted(counted.items())}


def _named(folder: Path) -> dict[str, Path]:
    """Marks by name; an SVG goes before a PNG of the same name."""
    files = sorted(p for p in folder.glob("*") if p.suffix.lower() in {".png", ".svg"})
    return {path.stem: path for path in files}


def _pictures(paths: Iterable[Path]) -> list[Path]:
    return sorted(path for path in paths if path.suffix.lower() in SUFFIXES)
