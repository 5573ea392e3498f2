"""The process that draws hostile pictures anew for :mod:`detectors.darkroom`: JSON lines in, JSON lines out."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from detectors.evidence import boxed, encoded
from detectors.images import Undecodable, decode
from detectors.worker import limit_memory, say


def main() -> None:
    """First line: the limit of memory. Each further line: one picture and what to make of it."""
    limit_memory(json.loads(sys.stdin.readline())["megabytes"])
    say({"ready": True})
    for line in sys.stdin:
        say(_answer(json.loads(line)))


def _answer(question: dict[str, Any]) -> dict[str, str]:
    try:
        image = Image.fromarray(decode(Path(question["path"]))[0])
    except Undecodable as error:
        return {"error": error.what}
    if question["what"] == "crop":
        content = _crop(image, question["box"])
    else:
        content = _shown(image, question["side"], question["box"])
    return {"content": base64.b64encode(content).decode()}


def _crop(image: Image.Image, box: Sequence[int]) -> bytes:
    x0, y0, x1, y1 = box
    inside = (max(0, x0), max(0, y0), min(image.width, max(x1, x0 + 1)), min(image.height, max(y1, y0 + 1)))
    return encoded(image.crop(inside), "PNG", optimize=True)


def _shown(image: Image.Image, side: int, box: Sequence[int] | None) -> bytes:
    return encoded(boxed(image, (side, side), box), "JPEG", quality=82)


if __name__ == "__main__":
    main()
