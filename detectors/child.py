"""The process that opens hostile pictures for :mod:`detectors.batch`: JSON lines in, JSON lines out."""

from __future__ import annotations

import contextlib
import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from detectors.images import Undecodable
from detectors.logos.detector import LogoDetector


def main() -> None:
    """First line: marks, lookalikes and limits. Each further line: one image's path."""
    setup = json.loads(sys.stdin.readline())
    detector = LogoDetector(
        {mark: [Path(f) for f in files] for mark, files in setup["marks"].items()},
        {name: Path(f) for name, f in setup["lookalikes"].items()},
        Path(setup["cache"]) if setup["cache"] else None,
    )
    ceiling = setup["limits"]["megabytes"] * 1024 * 1024
    with contextlib.suppress(ValueError, OSError):  # macOS does not know this limit
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
    _say({"ready": True})
    for line in sys.stdin:
        _say(_look(detector, Path(json.loads(line)["image"])))


def _look(detector: LogoDetector, image: Path) -> dict[str, Any]:
    try:
        matches = detector.detect(image)
    except Undecodable as error:
        return {"outcome": "undecodable", "matches": [], "detail": error.what}
    return {"outcome": "marked" if matches else "clean", "matches": [asdict(m) for m in matches], "detail": ""}


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
