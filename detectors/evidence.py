"""What people are shown: the picture as posted with a box round what was seen, and the reference mark beside it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from detectors.images import decode

HEIGHT = 480  # pixels, of the whole evidence picture
WIDEST = 900  # of the image's part
GAP = 16
PAPER = "white"
INK = "#c2410c"


def evidence_picture(image: bytes | Path, box: Sequence[int], mark: Path) -> bytes:
    """PNG bytes, at most 1,400 x 480 pixels: the image, the box drawn on it, and the reference mark at its right.

    Raises
    ------
    Undecodable : the image or the mark cannot be opened.
    """
    left = boxed(Image.fromarray(decode(image)[0]), (WIDEST, HEIGHT), box)
    right = reference(mark.read_bytes(), mark.name, HEIGHT)
    page = Image.new("RGB", (left.width + GAP + right.width, HEIGHT), PAPER)
    page.paste(left, (0, (HEIGHT - left.height) // 2))
    page.paste(right, (left.width + GAP, (HEIGHT - right.height) // 2))
    return encoded(page, "PNG", optimize=True)


def boxed(image: Image.Image, largest: tuple[int, int], box: Sequence[int] | None = None) -> Image.Image:
    """``image`` no larger than ``largest`` (width, height), ``box`` (pixels of the original) drawn on it."""
    factor = min(1.0, largest[0] / image.width, largest[1] / image.height)
    small = image.resize((max(1, round(image.width * factor)), max(1, round(image.height * factor))), reducing_gap=2.0)
    if box is not None:
        _draw(small, [round(edge * factor) for edge in box])
    return small


def reference(content: bytes, name: str, side: int) -> Image.Image:
    """A reference mark (PNG, SVG or another raster) on white, at most ``side`` pixels a side.

    Raises
    ------
    Undecodable : it cannot be drawn.
    """
    from detectors.logos.references import draw  # it brings OpenCV, which a process that only draws boxes can spare

    mark = draw(content, name)
    mark.thumbnail((side, side))
    page = Image.new("RGBA", mark.size, PAPER)
    page.alpha_composite(mark)
    return page.convert("RGB")


def encoded(image: Image.Image, kind: str, **options: int | bool) -> bytes:
    """The bytes of ``image`` in a format of Pillow's."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _draw(image: Image.Image, box: Sequence[int]) -> None:
    """Light and dark lines together, so that the box stands out on any ground."""
    pen = ImageDraw.Draw(image)
    width = max(2, max(image.size) // 320)
    for out, colour, thickness in ((3 * width, "white", 3 * width), (2 * width, INK, width)):
        x0, y0, x1, y1 = box[0] - out, box[1] - out, box[2] + out, box[3] + out
        pen.rectangle((x0, y0, max(x0, x1), max(y0, y1)), outline=colour, width=thickness)
