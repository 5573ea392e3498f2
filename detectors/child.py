"""The process that opens hostile pictures for :mod:`detectors.batch`: JSON lines in, JSON lines out."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from detectors.arrays import Pixels
from detectors.images import Undecodable, decode
from detectors.logos.detector import LogoDetector
from detectors.photo_library import library
from detectors.photos import PhotoIndex, PhotoMatch, TooPlain
from detectors.worker import limit_memory, say


def main() -> None:
    """First line: marks, lookalikes and limits. Each further line: one image's path."""
    setup = json.loads(sys.stdin.readline())
    detector = LogoDetector(
        {mark: [Path(f) for f in files] for mark, files in setup["marks"].items()},
        {name: Path(f) for name, f in setup["lookalikes"].items()},
        Path(setup["cache"]),
    )
    photos = library({name: [Path(f) for f in files] for name, files in setup["photos"].items()}, Path(setup["cache"]))
    limit_memory(setup["limits"]["megabytes"])
    say({"ready": True})
    for line in sys.stdin:
        say(_look(detector, photos, Path(json.loads(line)["image"])))


def _look(detector: LogoDetector, photos: PhotoIndex, image: Path) -> dict[str, Any]:
    try:
        views = decode(image)
    except Undecodable as error:
        return {"outcome": "undecodable", "matches": [], "photos": [], "detail": error.what}
    matches, shown = detector.detect_in(views), _photographs(photos, views[0])
    return {
        "outcome": "marked" if matches or shown else "clean",
        "matches": [asdict(match) for match in matches],
        "photos": [asdict(match) for match in shown],
        "detail": "",
    }


def _photographs(photos: PhotoIndex, view: Pixels) -> list[PhotoMatch]:
    try:
        return photos.find_in(view) if photos.photos else []
    except TooPlain:
        return []  # it would equal many others, so it shows none of them


if __name__ == "__main__":
    main()
