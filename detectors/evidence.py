"""The picture that a reviewer sees: the image with its box, beside the reference mark."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from detectors.images import decode
from detectors.logos.references import draw

HEIGHT = 480  # pixels, of the whole evidence picture
WIDEST = 900  # of the image's part
GAP = 16
PAPER = "white"
CHEQUER = ("#ffffff", "#d9d9d9")  # under the mark, so that white and dark parts are both seen
INK = "#c2185b"


def evidence_picture(image: bytes | Path, box: Sequence[int], reference: Path) -> bytes:
    """PNG bytes, at most 1,400 x 480 pixels: the image, the box drawn on it, and the reference mark at its right.

    Raises
    ------
    Undecodable : the image or the mark cannot be opened.
    """
    left = _boxed(Image.fromarray(decode(image)[0]), box)
    right = _on_chequer(draw(reference.read_bytes(), reference.name))
    page = Image.new("RGB", (left.width + GAP + right.width, HEIGHT), PAPER)
    page.paste(left, (0, (HEIGHT - left.height) // 2))
    page.paste(right, (left.width + GAP, (HEIGHT - right.height) // 2))
    out = io.BytesIO()
    page.save(out, "PNG", optimize=True)
    return out.getvalue()


def _boxed(image: Image.Image, box: Sequence[int]) -> Image.Image:
    factor = min(HEIGHT / image.height, WIDEST / image.width)
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    small = image.resize(size, Image.Resampling.LANCZOS)
    x0, y0, x1, y1 = (round(edge * factor) for edge in box)
    pen = ImageDraw.Draw(small)
    for inset, colour in ((-3, "white"), (-2, INK), (-1, INK), (0, "white")):
        pen.rectangle(
            (x0 + inset, y0 + inset, max(x1 - inset, x0 + inset), max(y1 - inset, y0 + inset)), outline=colour
        )
    return small


def _on_chequer(mark: Image.Image) -> Image.Image:
    mark.thumbnail((HEIGHT, HEIGHT))
    page = Image.new("RGBA", mark.size, CHEQUER[0])
    pen = ImageDraw.Draw(page)
    for y in range(0, mark.height, 16):
        for x in range(y // 16 % 2 * 16, mark.width, 32):
            pen.rectangle((x, y, x + 15, y + 15), fill=CHEQUER[1])
    page.alpha_composite(mark)
    return page.convert("RGB")
