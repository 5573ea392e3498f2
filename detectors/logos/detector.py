"""Finds the district's marks in a picture: patch hashes vote for places, each place is verified."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np

from detectors.arrays import Doubles, Flags, Floats, Pixels
from detectors.images import decode
from detectors.logos.cache import prepared
from detectors.logos.hashes import as_imagehash, coefficients, pack
from detectors.logos.index import HashIndex
from detectors.logos.inks import printed
from detectors.logos.keypoints import Keypoints, find
from detectors.logos.layers import layers
from detectors.logos.references import Reference
from detectors.logos.scene import Scene, opponents
from detectors.logos.score import REPORTED, STRONG, in_scope, log_odds, probability
from detectors.logos.support import support
from detectors.logos.verifier import judged
from detectors.logos.verify import Fit, agreement, correlation, evidence, judge, settle
from detectors.logos.voting import RADIUS, Place, Voters, places

VERSION = "8"
KEYPOINTS = 4000
COLOURED = 700  # keypoints found in each opponent colour
NEAREST = 16  # entries that one keypoint may vote for
PLACES = 16  # places looked at in one picture
VOTED = 0.08  # of agreement: what e times the votes are worth where places are put in order
HOPEFUL = 6  # of them that are verified, at most
PATIENCE = 2  # places in a row that turn out to be no mark: after them no more are verified
NONE: Mapping[str, Path] = MappingProxyType({})
FAINT = 0.12  # correlation under which a place is left: right ones had 0.14 or more in 592 pictures
HOPELESS = 0.25, 0.32  # agreement under which a place is left, at first and once settled
DOUBTFUL = 0.36, 0.62  # agreement between which a place is settled again: under it, none was seen to become a mark
CONTESTED = 0.02  # score of a mark from which lookalikes are asked whether the place is theirs
RIVALS = 8  # places of lookalikes that are looked at there
SAME = 0.06  # of the mark's longer side: places nearer than this are one

cv2.setNumThreads(1)  # the same sums in the same order on every machine; batches use the other cores


@dataclass(frozen=True, slots=True)
class Why:
    """What speaks for a match: votes and voters, the share of the mark's edges found, the nearest pair of hashes.

    ``looks`` is what the learned verifier says, 0..1; ``distance`` is Hamming, of 128 bits; the two hashes are in
    imagehash's hex form.
    """

    votes: float
    voters: int
    agreement: float
    overlap: float
    visible: float
    looks: float
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
class Candidate:
    """A place that was verified: of which reference, the log-odds for it, what they are made of, and how it looks."""

    reference: Reference
    odds: float
    box: tuple[int, int, int, int]
    why: Why
    evidence: Mapping[str, float]
    layers: Floats


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
        self._lookalike = np.array([reference.lookalike for reference in self._set.references], np.bool_)

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
        return self.detect_in(decode(image))

    def detect_in(self, views: Sequence[Pixels]) -> list[LogoMatch]:
        """As :meth:`detect`, in the decoded views of a picture."""
        return [match for match in self._weighed(views) if match.score >= REPORTED]

    def weigh(self, image: bytes | Path) -> list[LogoMatch]:
        """Every place that was verified, with its score, however small; for measuring the detector."""
        return self._weighed(decode(image))

    def _weighed(self, views: Sequence[Pixels]) -> list[LogoMatch]:
        seen = [candidate for view in views for candidate in self.look(view)]
        return [
            LogoMatch(c.reference.mark, score, c.box, score >= STRONG, c.why)
            for c in _distinct(seen)
            if not c.reference.lookalike and (score := probability(c.odds)) > 0
        ]

    def look(self, view: Pixels) -> list[Candidate]:
        """Every place that was verified in an RGB view: of marks, and of lookalikes where a mark could be theirs."""
        scene = Scene.of(view)
        keypoints = _keypoints(scene)
        matches = self._index.search(coefficients(keypoints.patches), RADIUS, NEAREST)
        voters = Voters.of(keypoints, matches, self._set.landmarks)
        theirs = self._lookalike[voters.mark]
        found = self._verified(scene, voters[np.flatnonzero(~theirs)], PLACES)
        rivals = voters[np.flatnonzero(theirs)]
        for contested in _distinct([one for one in found if probability(one.odds) >= CONTESTED]):
            within = _within(keypoints.place / scene.scale, contested.box)
            found += self._verified(scene, rivals[np.flatnonzero(within[rivals.matches.query])], RIVALS)
        return found

    def _verified(self, scene: Scene, voters: Voters, limit: int) -> list[Candidate]:
        """What became of the most hopeful of ``limit`` places, until :data:`PATIENCE` has run out."""
        found: list[Candidate] = []
        misses = 0
        for place, pose in self._hopeful(scene, places(voters, limit)):
            fit = _settled(scene, self._set.references[place.mark], pose)
            candidate = self._candidate(scene, place, fit, voters) if fit else None
            found += [candidate] if candidate else []
            misses = 0 if candidate and probability(candidate.odds) >= REPORTED else misses + 1
            if misses == PATIENCE:
                break
        return found

    def _hopeful(self, scene: Scene, voted: list[Place]) -> list[tuple[Place, Doubles]]:
        """The places that hold best on the small canvas, each once, with their settled poses."""
        seen: list[tuple[float, Place, Doubles]] = []
        for place in voted:
            small, _ = self._set.references[place.mark].sides
            pose = np.vstack([place.pose, [0, 0, 1]])
            if correlation(scene, small, pose, 5) < FAINT:
                continue
            pose = settle(scene, small, pose, 5)
            agreed = agreement(scene, small, pose)
            if agreed >= HOPELESS[0] and not any(p.mark == place.mark and _close(pose, q) for _, p, q in seen):
                seen.append((agreed, place, pose))
        best = sorted(seen, key=lambda one: -one[0] - VOTED * math.log(max(one[1].votes, 0.1)))[:HOPEFUL]
        return [(place, pose) for _, place, pose in best]

    def _candidate(self, scene: Scene, place: Place, fit: Fit, voters: Voters) -> Candidate | None:
        """A place with all that speaks for it; None where that is hopeless, or no ink of the mark is visible."""
        reference = self._set.references[place.mark]
        _, canvas = reference.sides
        hopeful = in_scope(fit) and fit.agreement >= HOPELESS[1]
        print_ = printed(fit.seen, canvas.inks, fit.inside) if hopeful else None
        if not print_:
            return None
        looked = layers(canvas, fit, print_)
        speaks = {
            **evidence(canvas, fit, print_),
            **support(voters, place.mark, canvas, fit.pose),
            "votes": math.log(max(place.votes, 0.1)),
            "looks": judged(looked),
        }
        why = self._reasons(place, fit, voters, probability(speaks["looks"]))
        return Candidate(reference, log_odds(speaks), _box(reference, fit, scene), why, speaks, looked)

    def _reasons(self, place: Place, fit: Fit, voters: Voters, looks: float) -> Why:
        matches, patches = voters.matches, voters.keypoints.patches
        best = place.rows[np.argmin(matches.distance[place.rows])]
        entry, query = int(matches.entry[best]), int(matches.query[best])
        return Why(
            votes=round(place.votes, 2),
            voters=len(place.rows),
            agreement=round(fit.agreement, 4),
            overlap=round(fit.overlap, 4),
            visible=round(fit.visible, 4),
            looks=round(looks, 4),
            distance=int(matches.distance[best]),
            reference_hash=str(as_imagehash(self._set.hashes[entry])),
            image_hash=str(as_imagehash(pack(coefficients(patches[query : query + 1]) > 0)[0])),
        )


def _keypoints(scene: Scene) -> Keypoints:
    scale, coarse = scene.coarse
    coloured = (find(opponent, COLOURED, first=1.0).enlarged(1 / scale) for opponent in opponents(coarse))
    return sum(coloured, find(scene.grey, KEYPOINTS))


def _settled(scene: Scene, reference: Reference, pose: Doubles) -> Fit | None:
    """The fit of the settled pose; one that is neither good nor bad is settled again with more freedom."""
    small, large = reference.sides
    pose = settle(scene, small, pose, 3)
    pose = settle(scene, large.thinned, pose, 4)
    pose = settle(scene, large.thinned, pose, 3, projective=True)
    first = judge(scene, large, pose)
    if first is None or not DOUBTFUL[0] <= first.agreement < DOUBTFUL[1]:
        return first
    for canvas, radius in ((small, 5), (small, 4), (large, 5), (large, 3)):
        pose = settle(scene, canvas, pose, radius, projective=True)
    again = judge(scene, large, pose)
    return again if again and again.agreement > first.agreement else first


def _close(one: Doubles, other: Doubles) -> bool:
    """Whether two poses put the mark's corners at nearly the same places."""
    corners = np.array([[[-1.0, -1], [1, -1], [1, 1], [-1, 1]]]) / 2
    apart = cv2.perspectiveTransform(corners, one) - cv2.perspectiveTransform(corners, other)
    side = np.sqrt(abs(np.linalg.det(one[:2, :2])))
    return bool(np.hypot(*apart[0].T).max() < SAME * side)


def _box(reference: Reference, fit: Fit, scene: Scene) -> tuple[int, int, int, int]:
    width, height = reference.shape
    corners = np.array([[[-width, -height], [width, -height], [width, height], [-width, height]]]) / 2
    there = (np.asarray(cv2.perspectiveTransform(corners, fit.pose)[0]) + 0.5) / scene.scale
    tall, wide = scene.shape
    first = np.clip(np.round(there.min(0)), 0, [wide - 1, tall - 1])
    last = np.clip(np.round(there.max(0)), 1, [wide, tall])
    return int(first[0]), int(first[1]), int(last[0]), int(last[1])


def _distinct(candidates: list[Candidate]) -> list[Candidate]:
    """The surest candidate of each place; marks and lookalikes compete for it."""
    kept: list[Candidate] = []
    for one in sorted(candidates, key=lambda c: (-c.odds, c.reference.mark, c.box)):
        if all(_overlap(one.box, other.box) < 0.4 for other in kept):
            kept.append(one)
    return kept


def _within(places: Floats, box: tuple[int, int, int, int]) -> Flags:
    """(n,): which of (n, 2) places lie in a box."""
    return np.asarray(((places >= box[:2]) & (places <= box[2:])).all(1), np.bool_)


def _overlap(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> float:
    """Intersection over union of two boxes."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    common = max(width, 0) * max(height, 0)
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return common / max(area - common, 1)
