"""Draws the district's images, always the same bytes for the same :class:`sandbox.things.SandImage`."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from PIL import Image

from sandbox.things import SandImage


@cache
def encoded(image: SandImage) -> bytes:
    """The bytes that the CDN serves; of a ``missing`` image there are none, it is answered with 404."""
    if image.fault == "missing":
        return b""
    drawing = Image.new("RGB", (image.width, image.height), (image.seed % 255, 120, 140))
    out = BytesIO()
    drawing.save(out, image.format.upper())
    return out.getvalue()


def content_type(image: SandImage) -> str:
    """What the CDN says that it serves, true or not."""
    return f"image/{image.format}"
