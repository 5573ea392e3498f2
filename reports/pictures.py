"""Evidence as small pictures: the image with its box, and the reference mark beside it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import Image

from detectors.evidence import boxed, encoded, reference
from detectors.images import Undecodable, decode

EVIDENCE_SIDE, MARK_SIDE = 640, 220

Box = tuple[int, int, int, int]


@lru_cache(maxsize=512)
def evidence(path: Path, box: Box | None) -> bytes | None:
    """The image at most 640 px a side as JPEG, ``box`` (pixels of the original) drawn on it.

    None where the file is missing, is no picture or is too large: it came from a platform and is opened with the
    same care as any other.
    """
    try:
        image = Image.fromarray(decode(path)[0])
    except Undecodable:
        return None
    return encoded(boxed(image, (EVIDENCE_SIDE, EVIDENCE_SIDE), box), "JPEG", quality=80)


@lru_cache(maxsize=64)
def mark(path: Path) -> bytes | None:
    """A reference mark on white, at most 220 px a side, as PNG; None where the file is missing or broken."""
    try:
        return encoded(reference(path.read_bytes(), path.name, MARK_SIDE), "PNG", optimize=True)
    except (OSError, Undecodable):
        return None
