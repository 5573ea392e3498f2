"""The one place where bytes from a platform become pixels.

Every picture is hostile until it is decoded: sizes are capped before anything is loaded, only
listed formats are opened, and whatever goes wrong is :class:`Undecodable`, which is never "clean".
"""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from detectors.arrays import Pixels
from records.errors import BadInput

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF", "BMP", "TIFF")  # not JPEG 2000: forty times a JPEG's time
MAX_BYTES = 25_000_000
MAX_PIXELS = 40_000_000
NARROWEST, LONG = 24, 4096  # times as long as wide, from so many pixels: made smaller, nothing could be made out
MAX_FRAMES = 4  # looked at, spread over the animation's first frames
COARSE_PART, COARSEST = 6, 3.0  # first steps of a JPEG table, of its median: encoders write finer ones
BITMAP_SLACK = 64  # bytes after a bitmap's pixels: some programs pad
FIRST_FRAMES = 60  # a later frame of a GIF costs all those before it

pillow_heif.register_heif_opener()


class Undecodable(BadInput):
    """A picture that cannot, or must not, be opened: nobody has looked at it."""

    def __init__(self, what: str, todo: str = "Open the original file and look at it by eye") -> None:
        super().__init__(what, todo)


def decode(image: bytes | Path) -> list[Pixels]:
    """The picture's views, each (height, width, 3) RGB, upright as its EXIF says.

    There is one view for a plain picture, two where transparency shows the ground (on white, then
    on black), and these for each sampled frame of an animation.

    Raises
    ------
    Undecodable : too large, of no listed format, or damaged.
    """
    content = _read(image)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about bombs (the cap below is stricter) and odd metadata
            with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
                _check_size(opened)
                _check_end(content, opened.format or "")
                _check_steps(opened)
                return [view for number in _sampled(opened) for view in _views(opened, number)]
    except Undecodable:
        raise
    except UnidentifiedImageError as error:
        raise Undecodable("the image cannot be decoded: it is no picture in a known format") from error
    except Exception as error:  # decoders of hostile bytes raise anything: OSError, SyntaxError, struct.error ...
        raise Undecodable(f"the image cannot be decoded: {_one_line(error)}") from error


def _read(image: bytes | Path) -> bytes:
    if isinstance(image, Path):
        try:
            size = image.stat().st_size
            content = image.read_bytes() if size <= MAX_BYTES else b""
        except OSError as error:
            raise Undecodable(f"{image.name} cannot be read: {error.strerror}", "Check the data folder") from error
    else:
        content, size = image, len(image)
    if size > MAX_BYTES:
        raise Undecodable(f"the image has {size:,} bytes, more than the {MAX_BYTES:,} that are opened")
    return content


def _check_size(opened: Image.Image) -> None:
    width, height = opened.size
    if width * height > MAX_PIXELS:
        raise Undecodable(f"the image is {width} x {height} pixels, more than the {MAX_PIXELS:,} that are opened")
    if max(width, height) > max(NARROWEST * min(width, height), LONG):
        raise Undecodable(f"the image is {width} x {height} pixels, too narrow to make anything out")


def _check_end(content: bytes, kind: str) -> None:
    """Refuses a file that lacks its end: Pillow lets it pass where the last rows happen to be there."""
    complete = {
        "JPEG": lambda: content.rfind(b"\xff\xd9") > content.rfind(b"\xff\xda"),  # neither occurs within coded data
        "PNG": lambda: b"IEND\xaeB`\x82" in content,
        "GIF": lambda: content.rstrip(b"\0").endswith(b";"),
        "WEBP": lambda: len(content) >= 8 + int.from_bytes(content[4:8], "little"),
        "BMP": lambda: len(content) <= _bitmap_end(content) + BITMAP_SLACK,  # a height made smaller hides the rest
    }.get(kind)
    if complete and not complete():
        raise Undecodable(f"the image is cut off: its {kind} data has no end")


def _check_steps(opened: Image.Image) -> None:
    """Refuses a JPEG that keeps what is coarse far less exactly than what is fine: only damage does that."""
    for steps in getattr(opened, "quantization", {}).values():
        if max(steps[:COARSE_PART]) > COARSEST * float(np.median(steps)):
            raise Undecodable("the image is damaged: its JPEG tables cannot be an encoder's")


def _bitmap_end(content: bytes) -> int:
    """Where a bitmap's pixels end by its header; for one that is packed or of an old kind, nowhere."""
    offset, header, width, height = struct.unpack_from("<IIii", content, 10)
    bits, packed = struct.unpack_from("<HI", content, 28)
    if header < 40 or packed not in (0, 3):
        return MAX_BYTES
    row = (abs(width) * bits + 31) // 32 * 4
    return int(offset + row * abs(height))


def _sampled(opened: Image.Image) -> list[int]:
    """Numbers of the frames to look at, the first always among them; fewer where frames are large."""
    count = min(getattr(opened, "n_frames", 1), FIRST_FRAMES)
    affordable = max(1, MAX_PIXELS // (opened.width * opened.height))
    wanted = min(count, MAX_FRAMES, affordable)
    return sorted({round(i * (count - 1) / max(wanted - 1, 1)) for i in range(wanted)})


def _views(opened: Image.Image, number: int) -> list[Pixels]:
    if number:
        opened.seek(number)
        _check_size(opened)
    opened.load()
    frame = _eight_bit(ImageOps.exif_transpose(opened))
    if not frame.has_transparency_data:
        return [np.asarray(frame.convert("RGB"))]
    layered = frame.convert("RGBA")
    if layered.getchannel("A").getextrema() == (255, 255):
        return [np.asarray(layered.convert("RGB"))]
    return [_on(layered, ground) for ground in ("white", "black")]


def _on(layered: Image.Image, ground: str) -> Pixels:
    page = Image.new("RGBA", layered.size, ground)
    page.alpha_composite(layered)
    return np.asarray(page.convert("RGB"))


def _eight_bit(frame: Image.Image) -> Image.Image:
    """``frame`` with at most 8 bits a channel; Pillow alone would clip 16-bit greys to white."""
    if not frame.mode.startswith(("I", "F")):
        return frame
    values = np.asarray(frame).astype(np.float64)
    if not np.isfinite(values).all():
        raise Undecodable("the image holds values that are no numbers")
    top = 65535.0 if frame.mode.startswith("I") and values.max(initial=0) <= 65535 else max(float(values.max()), 1e-9)
    return Image.fromarray((np.clip(values / top, 0, 1) * 255).astype(np.uint8))


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 120 else text[:117] + "..."
