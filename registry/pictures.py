"""Whether a file is a picture that a detector can use as a reference: looked at before it is kept."""

from __future__ import annotations

import hashlib
import re
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import resvg_py
from PIL import Image, UnidentifiedImageError

from records.errors import BadInput

MAX_BYTES = 10 << 20
MAX_PIXELS = 40_000_000
MIN_SIDE = 16
_FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_SVG = "image/svg+xml"
_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", _SVG: ".svg"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A checked reference picture."""

    content: bytes
    media_type: str
    sha256: str


def read_picture(path: Path) -> Picture:
    """The picture at ``path``: PNG, JPEG, WebP or SVG.

    Raises
    ------
    BadInput : when it is none of these, damaged, larger than 10 MB or 40 megapixels, or smaller than 16 pixels.
    """
    content = _bytes(path)
    if path.suffix.lower() != ".svg":
        return check_photograph(path.name, content)
    return Picture(content, _check_svg(path.name, content), hashlib.sha256(content).hexdigest())


def check_photograph(name: str, content: bytes) -> Picture:
    """The PNG, JPEG or WebP picture that ``content`` is; errors call it ``name``.

    Raises
    ------
    BadInput : as :func:`read_picture`.
    """
    if len(content) > MAX_BYTES:
        raise _too_heavy(name)
    return Picture(content, _check_raster(name, content), hashlib.sha256(content).hexdigest())


def suffix_of(media_type: str) -> str:
    """The file suffix of a media type that :func:`read_picture` gives."""
    return _SUFFIXES[media_type]


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_heavy(path.name)
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}", "Check the path") from error


def _check_raster(name: str, content: bytes) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own cap is lower, below
            with Image.open(BytesIO(content), formats=list(_FORMATS)) as image:
                _check_size(name, image.size)
                image.load()
                return _FORMATS[str(image.format)]
    except Image.DecompressionBombError as error:
        raise _too_large(name) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        todo = "Give a whole PNG, JPEG, WebP or SVG file"
        raise BadInput(f"{name} is not a picture that can be read", todo) from error


def _check_svg(name: str, content: bytes) -> str:
    """Drawn once, small: what draws nothing, or would read other files, is refused."""
    try:
        text = content.decode()
        if re.search(r"<!(DOCTYPE|ENTITY)|<image\b|<use[^>]*href\s*=\s*[\"'](?!#)", text, re.IGNORECASE):
            raise BadInput(f"{name} refers to something outside itself", "Save it as plain SVG, without a DOCTYPE")
        drawn = resvg_py.svg_to_bytes(svg_string=text, width=256, skip_system_fonts=True)
        with Image.open(BytesIO(bytes(drawn))) as image:
            _check_size(name, image.size)
    except (ValueError, OSError) as error:
        raise BadInput(f"{name} is not an SVG picture that can be drawn", "Save it as plain SVG") from error
    return _SVG


def _check_size(name: str, size: tuple[int, int]) -> None:
    width, height = size
    if min(size) < MIN_SIDE:
        raise BadInput(f"{name} is {width}x{height} pixels", f"Give one of at least {MIN_SIDE} pixels a side")
    if width * height > MAX_PIXELS:
        raise _too_large(name)


def _too_heavy(name: str) -> BadInput:
    return BadInput(f"{name} is larger than {MAX_BYTES >> 20} MB", "Save it smaller")


def _too_large(name: str) -> BadInput:
    return BadInput(f"{name} has more than {MAX_PIXELS:,} pixels", "Save it smaller")
