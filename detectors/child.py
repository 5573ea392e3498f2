"""The process that opens hostile pictures for :mod:`detectors.batch`: JSON lines in, JSON lines out."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from detectors.images import Undecodable
from detectors.logos.detector import LogoDetector
from detectors.worker import limit_memory, say


def main() -> None:
    """First line: marks, lookalikes and limits. Each further line: one image's path."""
    setup = json.loads(sys.stdin.readline())
    detector = LogoDetector(
        {mark: [Path(f) for f in files] for mark, files in setup["marks"].items()},
        {name: Path(f) for name, f in setup["lookalikes"].items()},
        Path(setup["cache"]) if setup["cache"] else None,
    )
    limit_memory(setup["limits"]["megabytes"])
    say({"ready": True})
    for line in sys.stdin:
        say(_look(detector, Path(json.loads(line)["image"])))


def _look(detector: LogoDetector, image: Path) -> dict[str, Any]:
    try:
        matches = detector.detect(image)
    except Undecodable as error:
        return {"outcome": "undecodable", "matches": [], "detail": error.what}
    return {"outcome": "marked" if matches else "clean", "matches": [asdict(m) for m in matches], "detail": ""}


if __name__ == "__main__":
    main()
