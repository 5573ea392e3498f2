"""Finds the district's marks in a picture: patch hashes vote for places, each place is verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np

from detectors.arrays import Doubles, Pixels
from detectors.images import decode
from detectors.logos.cache import prepared
from detectors.logos.hashes import as_imagehash, coefficients, pack
from detectors.logos.index import HashIndex, Matches
from detectors.logos.keypoints import Keypoints, find
from detectors.logos.references import Reference
from detectors.logos.scene import Scene
from detectors.logos.score import REPORTED, STRONG, log_odds, probability
from detectors.logos.verify import Fit, judge, settle
from detectors.logos.voting import RADIUS, Place, places

VERSION = "2"
KEYPOINTS = 4000
NEAREST = 16  # entries that one keypoint may vote for
PLACES = 20  # places verified in one picture
NONE: Mapping[str, Path] = MappingProxyType({})
HOPELESS = 0.33  # agreement on the small canvas under which a place is left

cv2.setNumThreads(1)  # the same sums in the same order on every machine; batches use the other cores


@dataclass(frozen=True, slots=True)
class Why:
    """What speaks for a match: votes and voters, the share of the mark's edges found, the nearest pair of hashes.

    ``distance`` is Hamming, of 128 bits; the two hashes are in imagehash's hex form.
    """

    votes: float
    voters: int
    agreement: float
    overlap: float
    visible: float
    distance: int
    reference_hash: str
    image_hash: str


@dataclass(frozen=True, slots=True)
class LogoMatch:
    """A mark seen in a picture. ``box`` is (x0, y0, x1, y1) in pixels of the upright picture.

    ``score`` is the probability that the mark is there; ``strong`` is false where a person should
    doubt it more than usual.
    """

    mark: str
    score: float
    box: tuple[int, int, int, int]
    strong: bool
    why: Why


@dataclass(frozen=True, slots=True)
class _Candidate:
    reference: Reference
    odds: float
    box: tuple[int, int, int, int]
    why: Why


class LogoDetector:
    """Compares pictures with a fixed set of marks; pure and deterministic.

    Parameters
    ----------
    marks : a mark's id and its file (PNG with transparency, SVG), or the files of its versions.
    lookalikes : other organisations' marks: what is nearer to one of these is not reported.
    cache : folder for prepared reference sets; without it the marks are prepared each time.

    Raises
    ------
    Undecodable : a reference file cannot be drawn.
    """

    version = VERSION

    def __init__(
        self,
        marks: Mapping[str, Path | list[Path]],
        lookalikes: Mapping[str, Path] = NONE,
        cache: Path | None = None,
    ) -> None:
        versions = {mark: [files] if isinstance(files, Path) else list(files) for mark, files in marks.items()}
        self._set = prepared(versions, lookalikes, VERSION, cache)
        self._index = HashIndex(self._set.hashes)

    @property
    def references(self) -> str:
        """SHA-256 (hex) of the reference set's content."""
        return self._set.digest

    def detect(self, image: bytes | Path) -> list[LogoMatch]:
        """The marks in ``image``, the surest first.

        Raises
        ------
        Undecodable : the image cannot be opened, so nothing is known about it.
        """
        return [match for match in self.weigh(image) if match.score >= REPORTED]

    def weigh(self, image: bytes | Path) -> list[LogoMatch]:
        """Every place that was verified, with its score, however small; for measuring the detector."""
        seen = [candidate for view in decode(image) for candidate in self._look(view)]
        return [
            LogoMatch(c.reference.mark, score, c.box, score >= STRONG, c.why)
            for c in _distinct(seen)
            if not c.reference.lookalike and (score := probability(c.odds)) > 0
        ]

    def _look(self, view: Pixels) -> list[_Candidate]:
        scene = Scene.of(view)
        keypoints = find(scene.grey, KEYPOINTS)
        matches = self._index.search(coefficients(keypoints.patches), RADIUS, NEAREST)
        voted = places(matches, keypoints, self._set.landmarks, PLACES)
        verified = (self._verify(place, scene, keypoints, matches, view.shape[:2]) for place in voted)
        return [candidate for candidate in verified if candidate]

    def _verify(
        self, place: Place, scene: Scene, keypoints: Keypoints, matches: Matches, shape: Sequence[int]
    ) -> _Candidate | None:
        reference = self._set.references[place.mark]
        fit = _settled(scene, reference, np.vstack([place.pose, [0, 0, 1]]))
        if fit is None:
            return None
        best = place.rows[np.argmin(matches.distance[place.rows])]
        entry, query = int(matches.entry[best]), int(matches.query[best])
        why = Why(
            votes=round(place.votes, 2),
            voters=len(place.rows),
            agreement=round(fit.agreement, 4),
            overlap=round(fit.overlap, 4),
            visible=round(fit.visible, 4),
            distance=int(matches.distance[best]),
            reference_hash=str(as_imagehash(self._set.hashes[entry])),
            image_hash=str(as_imagehash(pack(coefficients(keypoints.patches[query : query + 1]) > 0)[0])),
        )
        return _Candidate(reference, log_odds(fit), _box(reference, fit, scene.scale, shape), why)


def _settled(scene: Scene, reference: Reference, pose: Doubles) -> Fit | None:
    small, large = (reference.canvases[side] for side in sorted(reference.canvases))
    pose = settle(scene, small, pose, 5)
    if judge(scene, small, pose).agreement < HOPELESS:
        return None
    pose = settle(scene, small, pose, 3)
    pose = settle(scene, large, pose, 4)
    pose = settle(scene, large, pose, 3, projective=True)
    return judge(scene, large, pose)


def _box(reference: Reference, fit: Fit, scale: float, shape: Sequence[int]) -> tuple[int, int, int, int]:
    width, height = reference.shape
    corners = np.array([[[-width, -height], [width, -height], [width, height], [-width, height]]]) / 2
    there = (np.asarray(cv2.perspectiveTransform(corners, fit.pose)[0]) + 0.5) / scale
    tall, wide = shape
    first = np.clip(np.round(there.min(0)), 0, [wide - 1, tall - 1])
    last = np.clip(np.round(there.max(0)), 1, [wide, tall])
    return int(first[0]), int(first[1]), int(last[0]), int(last[1])


def _distinct(candidates: list[_Candidate]) -> list[_Candidate]:
    """The surest candidate of each place; marks and lookalikes compete for it."""
    kept: list[_Candidate] = []
    for one in sorted(candidates, key=lambda c: (-c.odds, c.reference.mark, c.box)):
        if all(_overlap(one.box, other.box) < 0.4 for other in kept):
            kept.append(one)
    return kept


def _overlap(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> float:
    """Intersection over union of two boxes."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    common = max(width, 0) * max(height, 0)
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return common / max(area - common, 1)
