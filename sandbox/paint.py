"""Small painting helpers over Pillow, made so that every machine paints the same pixels.

Text is set in the one font that Pillow carries, with its basic layout: a system's own fonts or
shaping libraries would change the bytes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from random import Random

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Point = tuple[float, float]

WHITE, INK, PAPER = (255, 255, 255), (34, 36, 44), (250, 247, 240)
SCHEMES: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((24, 62, 98), (236, 152, 58), (246, 236, 214)),
    ((122, 34, 52), (240, 190, 84), (252, 240, 226)),
    ((26, 92, 78), (238, 110, 82), (236, 246, 236)),
    ((72, 52, 116), (98, 190, 190), (243, 238, 250)),
    ((38, 44, 58), (226, 84, 72), (240, 240, 236)),
)
CLOTH: tuple[Colour, ...] = (
    (206, 72, 64),
    (58, 110, 165),
    (238, 182, 70),
    (84, 146, 96),
    (132, 94, 158),
    (64, 150, 160),
    (226, 126, 150),
    (96, 102, 116),
)


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own font at ``size`` pixels."""
    found = ImageFont.load_default(size)
    assert isinstance(found, ImageFont.FreeTypeFont)
    return found.font_variant(layout_engine=ImageFont.Layout.BASIC)


def text_width(words: str, size: int, bold: int = 0) -> int:
    """How wide ``words`` will be, in pixels."""
    return math.ceil(font(size).getlength(words)) + 2 * bold


def write(
    draw: ImageDraw.ImageDraw, at: Point, words: str, size: int, colour: Colour, bold: int = 0, anchor: str = "la"
) -> None:
    """``words`` at a point; ``bold`` thickens each letter by that many pixels."""
    draw.text(at, words, colour, font(size), anchor=anchor, stroke_width=bold, stroke_fill=colour)


def write_within(
    draw: ImageDraw.ImageDraw, at: Point, words: str, size: int, colour: Colour, room: int, bold: int = 0
) -> None:
    """``words`` centred on a point, smaller where ``room`` pixels would not hold them."""
    while size > 10 and text_width(words, size, bold) > room:
        size -= 2
    write(draw, at, words, size, colour, bold, "mm")


def wrapped(words: str, size: int, room: int) -> list[str]:
    """``words`` in lines of at most ``room`` pixels."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        lines[-1:] = [longer] if text_width(longer, size) <= room or not lines[-1] else [lines[-1], word]
    return lines


def write_round(
    image: Image.Image, centre: Point, radius: float, words: str, size: int, colour: Colour, bold: int, top: bool
) -> None:
    """``words`` along a circle, over its top from left to right or along its bottom."""
    spacing = size * 0.12
    widths = [font(size).getlength(letter) + spacing for letter in words]
    angle = -math.fsum(widths) / radius / 2  # fsum: the plain sum rounds otherwise from Python 3.12 on
    for letter, width in zip(words, widths, strict=True):
        middle = angle + width / radius / 2
        turn = middle if top else -middle
        _letter(image, centre, radius if top else -radius, letter, size, colour, bold, turn)
        angle += width / radius


def _letter(
    image: Image.Image, centre: Point, radius: float, letter: str, size: int, colour: Colour, bold: int, turn: float
) -> None:
    side = size * 2
    glyph = Image.new("L", (side, side))
    drawn = ImageDraw.Draw(glyph)
    drawn.text((side / 2, side / 2), letter, 255, font(size), anchor="mm", stroke_width=bold, stroke_fill=255)
    glyph = glyph.rotate(-math.degrees(turn), Image.Resampling.BICUBIC)
    x = round(centre[0] + radius * math.sin(turn) - side / 2)
    y = round(centre[1] - radius * math.cos(turn) - side / 2)
    image.paste(Image.new("RGB", glyph.size, colour), (x, y), glyph)


def star(centre: Point, radius: float, points: int = 5, inner: float = 0.42) -> list[Point]:
    """The corners of a star that stands on two of its points."""
    return ring(centre, [radius, radius * inner], 2 * points)


def ring(centre: Point, radii: Sequence[float], count: int) -> list[Point]:
    """``count`` points around ``centre``, from the top clockwise, at the given radii in turn."""
    return [
        (
            round(centre[0] + radii[n % len(radii)] * math.sin(2 * math.pi * n / count), 2),
            round(centre[1] - radii[n % len(radii)] * math.cos(2 * math.pi * n / count), 2),
        )
        for n in range(count)
    ]


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """``one`` with ``share`` of ``other`` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def gradient(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    """A picture that goes from one colour to the other, downwards."""
    strip = Image.new("RGB", (1, 64))
    strip.putdata([mixed(top, bottom, n / 63) for n in range(64)])
    return strip.resize(size, Image.Resampling.BILINEAR)


def grained(image: Image.Image, rng: Random, strength: float = 0.05) -> Image.Image:
    """``image`` with the unevenness of paper or of a camera's sensor."""
    small = (image.width // 3, image.height // 3)
    noise = Image.frombytes("L", small, rng.randbytes(small[0] * small[1])).resize(
        image.size, Image.Resampling.BILINEAR
    )
    return Image.blend(image, noise.convert("RGB"), strength)
