"""Evidence as small pictures: the image with its box, and the reference mark beside it."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

MAX_PIXELS = 40_000_000
EVIDENCE_SIDE, MARK_SIDE = 640, 220
_BOX = "#c2410c"

Box = tuple[int, int, int, int]


@lru_cache(maxsize=512)
def evidence(path: Path, box: Box | None) -> bytes | None:
    """The image at most 640 px a side as JPEG, ``box`` (pixels of the original) drawn on it.

    None where the file is missing, is no picture, or has over 40 megapixels: it came from a platform
    and is opened with the same care as any other.
    """
    opened = _opened(path, EVIDENCE_SIDE)
    if opened is None:
        return None
    image, scale = opened
    if box is not None:
        _draw(image, box, scale)
    return _bytes(image, "JPEG", quality=80)


@lru_cache(maxsize=64)
def mark(path: Path) -> bytes | None:
    """A reference mark on white, at most 220 px a side, as PNG; None where the file is missing or broken."""
    opened = _opened(path, MARK_SIDE)
    return _bytes(opened[0], "PNG", optimize=True) if opened else None


def _opened(path: Path, side: int) -> tuple[Image.Image, float] | None:
    """The upright image on white, at most ``side`` pixels wide and high, and how much smaller it is."""
    try:
        content = path.read_bytes()
        if path.suffix == ".svg":
            content = _drawn(content.decode())
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > MAX_PIXELS:
                return None
            width = max(image.size)
            image.draft("RGB", (side * 2, side * 2))
            image.thumbnail((side, side), reducing_gap=2.0)
            return _on_white(ImageOps.exif_transpose(image)), max(image.size) / width
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _drawn(svg: str) -> bytes:
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=MARK_SIDE))


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in ("RGB", "L"):
        return image.convert("RGB")
    colours = image.convert("RGBA")
    ground = Image.new("RGBA", colours.size, "white")
    return Image.alpha_composite(ground, colours).convert("RGB")


def _draw(image: Image.Image, box: Box, scale: float) -> None:
    """Two lines, so that the box stands out on dark and on light."""
    x0, y0, x1, y1 = (round(side * scale) for side in box)
    pen = ImageDraw.Draw(image)
    pen.rectangle((x0 - 4, y0 - 4, x1 + 4, y1 + 4), outline="white", width=7)
    pen.rectangle((x0 - 2, y0 - 2, x1 + 2, y1 + 2), outline=_BOX, width=3)


def _bytes(image: Image.Image, kind: str, **options: int | bool) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
