"""Draws the district's images: always the same bytes for the same :class:`sandbox.things.SandImage`."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from io import BytesIO

from PIL import Image

from sandbox.marks import mark
from sandbox.scenes import scene
from sandbox.things import Placement, SandImage

BOMB_SIDE = 9000
"""Pixels a side of the decompression bomb: 81 megapixels in some ten kilobytes."""

_HTML = b"<!doctype html><html><title>Sorry</title><body>This photo is on its way.</body></html>\n"


@cache
def encoded(image: SandImage) -> bytes:
    """The bytes that the CDN serves; of a ``missing`` image there are none, it is answered with 404."""
    match image.fault:
        case "missing":
            return b""
        case "pixel":
            return _png(1, b"\x00\xff")
        case "bomb":
            return _png(BOMB_SIDE, bytes(1 + BOMB_SIDE // 8))
        case "not_image":
            return _HTML
        case "truncated":
            whole = _compressed(image)
            return whole[: len(whole) * 2 // 3]
        case _:
            return _compressed(image)


def content_type(image: SandImage) -> str:
    """What the CDN says that it serves, true or not."""
    return f"image/{image.format}"


def box(image: SandImage) -> tuple[int, int, int, int] | None:
    """Where the mark or lookalike lies in ``image``: x0, y0, x1, y1 in pixels of what can be seen of it."""
    placement = image.mark or image.lookalike
    if placement is None:
        return None
    seen = _stamp(placement).getchannel("A").getbbox()
    x, y = _corner(placement)
    return (x + seen[0], y + seen[1], x + seen[2], y + seen[3]) if seen else None


def _compressed(image: SandImage) -> bytes:
    out = BytesIO()
    if image.format == "jpeg":
        _drawn(image).save(out, "JPEG", quality=image.quality)
    else:
        _drawn(image).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _drawn(image: SandImage) -> Image.Image:
    picture = scene(image)
    placement = image.mark or image.lookalike
    if placement:
        stamp = _stamp(placement)
        picture.paste(stamp, _corner(placement), stamp)
    return picture


@cache
def _stamp(placement: Placement) -> Image.Image:
    """The mark at its size and angle."""
    whole = mark(placement.mark_id)
    height = round(placement.width * whole.height / whole.width)
    small = whole.resize((placement.width, height), Image.Resampling.LANCZOS)
    return small.rotate(placement.angle, Image.Resampling.BICUBIC, expand=True) if placement.angle else small


def _corner(placement: Placement) -> tuple[int, int]:
    """Where the stamp's corner goes: turning makes it larger around the same middle."""
    straight = mark(placement.mark_id)
    stamp = _stamp(placement)
    height = round(placement.width * straight.height / straight.width)
    return placement.x - (stamp.width - placement.width) // 2, placement.y - (stamp.height - height) // 2


def _png(side: int, row: bytes) -> bytes:
    """A black or white PNG of one bit a pixel; Pillow would need the whole picture in memory for it."""
    header = struct.pack(">2I5B", side, side, 1, 0, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(row * side, 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
