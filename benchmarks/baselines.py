"""The usual ways to find a logo, as plainly as their documentation shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image

Look = Callable[[Path], "Sequence[Found]"]
SIDE = 1024  # pixels, of the longer side of pictures and marks


@dataclass(frozen=True)
class Found:
    """A mark that a method saw, the surer the larger the score."""

    mark: str
    score: float
    box: tuple[float, ...] | None = None


def _opened(path: Path) -> Image.Image:
    picture = Image.open(path)
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    page = Image.new("RGBA", picture.size, "white")
    page.alpha_composite(picture)
    return page.convert("RGB")


def phash(marks: dict[str, Path]) -> Look:
    """imagehash.phash of the whole picture."""
    known = {name: imagehash.phash(_opened(path)) for name, path in marks.items()}

    def look(image: Path) -> list[Found]:
        seen = imagehash.phash(_opened(image))
        return [Found(name, -float(seen - one)) for name, one in known.items()]

    return look


def crop_resistant(marks: dict[str, Path]) -> Look:
    """imagehash.crop_resistant_hash: hashes of segments."""
    known = {name: imagehash.crop_resistant_hash(_opened(path)) for name, path in marks.items()}

    def look(image: Path) -> list[Found]:
        seen = imagehash.crop_resistant_hash(_opened(image))
        return [Found(name, -float(seen - one)) for name, one in known.items()]

    return look


def pdq(marks: dict[str, Path]) -> Look:
    """pdqhash of the whole picture (Meta's PDQ)."""
    import pdqhash

    def of(path: Path) -> npt.NDArray[np.uint8]:
        return np.asarray(pdqhash.compute(np.asarray(_opened(path)))[0])

    known = {name: of(path) for name, path in marks.items()}

    def look(image: Path) -> list[Found]:
        seen = of(image)
        return [Found(name, -float((seen != one).sum())) for name, one in known.items()]

    return look


def _local(make: Callable[[], cv2.Feature2D], norm: int) -> Callable[[dict[str, Path]], Look]:
    def method(marks: dict[str, Path]) -> Look:
        feature, matcher = make(), cv2.BFMatcher(norm)

        def described(path: Path) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.generic] | None]:
            grey = _opened(path).convert("L")
            grey.thumbnail((SIDE, SIDE))
            points, vectors = feature.detectAndCompute(np.asarray(grey), None)
            return np.array([p.pt for p in points], np.float32).reshape(-1, 2), vectors

        known = {name: described(path) for name, path in marks.items()}

        def look(image: Path) -> list[Found]:
            points, vectors = described(image)
            if vectors is None:
                return []
            found = []
            for name, (there, theirs) in known.items():
                pairs = [p for p in matcher.knnMatch(theirs, vectors, k=2) if len(p) == 2]
                good = [first for first, second in pairs if first.distance < 0.8 * second.distance]
                found.append(Found(name, float(_inliers(good, there, points))))
            return found

        return look

    return method


def _inliers(good: Sequence[cv2.DMatch], there: npt.NDArray[np.float32], here: npt.NDArray[np.float32]) -> int:
    if len(good) < 4:
        return 0
    source, target = there[[m.queryIdx for m in good]], here[[m.trainIdx for m in good]]
    _, inside = cv2.findHomography(source, target, cv2.RANSAC, 5.0)
    return 0 if inside is None else int(inside.sum())


def _installed() -> dict[str, Callable[[dict[str, Path]], Look]]:
    methods = {
        "imagehash.phash": phash,
        "imagehash.crop_resistant_hash": crop_resistant,
        "ORB + RANSAC": _local(lambda: cv2.ORB_create(2000), cv2.NORM_HAMMING),
        "SIFT + RANSAC": _local(lambda: cv2.SIFT_create(), cv2.NORM_L2),
    }
    try:
        import pdqhash  # noqa: F401
    except ImportError:
        return methods
    return {**methods, "pdqhash": pdq}


BASELINES = _installed()
