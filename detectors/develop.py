"""The process that draws hostile pictures anew for :mod:`detectors.darkroom`: JSON lines in, JSON lines out."""

from __future__ import annotations

import base64
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from detectors.images import Undecodable, decode
from detectors.worker import limit_memory, say

INK = "#c2410c"


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
    return _bytes(image.crop(inside), "PNG", optimize=True)


def _shown(image: Image.Image, side: int, box: Sequence[int] | None) -> bytes:
    factor = min(1.0, side / max(image.size))
    small = image.resize((max(1, round(image.width * factor)), max(1, round(image.height * factor))), reducing_gap=2.0)
    if box is not None:
        _draw(small, [round(edge * factor) for edge in box])
    return _bytes(small, "JPEG", quality=82)


def _draw(image: Image.Image, box: Sequence[int]) -> None:
    """Light and dark lines together, so that the box stands out on any ground."""
    pen = ImageDraw.Draw(image)
    width = max(2, max(image.size) // 320)
    for out, colour, thickness in ((3 * width, "white", 3 * width), (2 * width, INK, width)):
        x0, y0, x1, y1 = box[0] - out, box[1] - out, box[2] + out, box[3] + out
        pen.rectangle((x0, y0, max(x0, x1), max(y0, y1)), outline=colour, width=thickness)


def _bytes(image: Image.Image, kind: str, **options: int | bool) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


if __name__ == "__main__":
    main()
