"""The kinds of picture that the district's accounts show, before any mark is put on them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from PIL import Image

from sandbox.flyers import flyer
from sandbox.rooms import classroom, field
from sandbox.screens import phone, score
from sandbox.things import SandImage

_PAINTERS: dict[str, Callable[[SandImage, Random], Image.Image]] = {
    "flyer": flyer,
    "classroom": classroom,
    "field": field,
    "score": score,
    "phone": phone,
}


def scene(image: SandImage) -> Image.Image:
    """The RGB picture that ``image`` describes, in its size."""
    return _PAINTERS[image.kind](image, Random(image.seed))
