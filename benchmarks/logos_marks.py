"""Made-up school marks, and the marks of others that are like them: seals, crests, mascots and wordmarks.

They are drawn from the fonts that the report's packages ship, so that they are the same on every machine. Emblems are
a symbol font's glyphs. Two marks of one :class:`Style` share frame, colours and lettering.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

from reports.fonts import folders

SIDE = 640  # pixels, of the square that a mark is drawn on
FONTS = (
    "NotoSans[[]*",
    "NotoSans-Italic*",
    "NotoSerif[[]*",
    "NotoSerif-Italic*",
    "SourceSerif4[[]*",
    "SourceSerif4-Italic*",
    "Inter[[]*",
    "Inter-Italic*",
    "NotoSansMono*",
    "JetBrainsMono-Italic*",
    "STIXTwoMath*",
)
EMBLEMS = "♔♕♖♗♘♚♛♜♝♞♠♣⚽✈❀❁❦❧✌✍☃🌍🌎🌏🌧🌶🍽🎓🎖🎗🎧🎬🎭🏂🏄🏆🏊🏍🏔🏕🏖🏘🏙🏛🏜🏝🏟🏠🏭🐈🐕🐟🐦🐿👁💣📚📷📺🕊🕮🕰🕱🕷🕸🗑🗝🗡🗣🗺🚔🚲🛠🛩🛰"
TOWNS = (
    *("Ashford", "Millbrook", "Granite Bay", "Oak Hollow", "Stonebridge", "Pinecrest", "Westmere", "Fairhaven"),
    *("Juniper", "Kingsland", "Redwater", "Silver Lake", "Thornton", "Union Hill", "Vernon", "Quincy Park"),
)
TEAMS = (
    *("Falcons", "Tigers", "Panthers", "Knights", "Hornets", "Rockets", "Mustangs", "Cougars"),
    *("Dragons", "Otters", "Bears", "Comets", "Spartans", "Owls", "Chargers", "Vikings"),
)
BODIES = ("Public Schools", "School District", "Board of Education", "Academy", "High School", "Athletics")
INKS = ("#0b2d5c", "#7a1420", "#14532d", "#4c1d95", "#0f6b70", "#1f2937", "#9a3412", "#1d4ed8")
SECOND = ("#f4b41a", "#e5e7eb", "#fde68a", "#93c5fd", "#f97316", "#a7f3d0", "#fca5a5", "#d6d3d1")


@dataclass(frozen=True)
class Style:
    """What two marks may have in common: ``kind`` of frame, inks, font and its weight, and the lines of words."""

    kind: str
    ink: str
    second: str
    font: int
    weight: int
    words: tuple[str, str]
    emblem: str
    turn: float

    def of(self, **changed: object) -> Style:
        """The style with other words or another emblem."""
        return replace(self, **changed)  # type: ignore[arg-type]


def style(random: np.random.Generator, kind: str) -> Style:
    """A new style of a kind of :data:`KINDS`."""
    return Style(
        kind,
        str(random.choice(INKS)),
        str(random.choice(SECOND)),
        int(random.integers(len(FONTS))),
        int(random.choice((500, 700, 900))),
        words(random, kind),
        str(random.choice(list(EMBLEMS))),
        float(random.uniform(0.35, 0.5)),
    )


def words(random: np.random.Generator, kind: str) -> tuple[str, str]:
    """The two lines of a mark."""
    town, team, body = (str(random.choice(some)) for some in (TOWNS, TEAMS, BODIES))
    return (team, town) if kind == "mascot" else (town, body)


def draw(style: Style) -> Image.Image:
    """The mark as RGBA, trimmed to what is drawn."""
    mark = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    KINDS[style.kind](mark, style)
    return mark.crop(mark.getbbox())


@cache
def font(number: int, weight: int, size: int) -> ImageFont.FreeTypeFont:
    """A font of :data:`FONTS` at a weight, where it has one."""
    found = ImageFont.truetype(str(_file(FONTS[number])), size)
    axes = _axes(FONTS[number])
    if axes:
        found.set_variation_by_axes([weight if name == b"Weight" else middle for name, middle in axes])
    return found


@cache
def _axes(pattern: str) -> tuple[tuple[bytes, float], ...]:
    try:
        axes = ImageFont.truetype(str(_file(pattern)), 20).get_variation_axes()
    except OSError:
        return ()
    return tuple((axis["name"], axis["default"] or 0) for axis in axes)


@cache
def _file(pattern: str) -> Path:
    return min(file for folder in folders() for file in folder.rglob(pattern))


def _symbol(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_file("NotoSansSymbols2-*")), size)


def _emblem(mark: Image.Image, glyph: str, box: tuple[int, int, int, int], ink: str) -> None:
    """The glyph, as large as fits into the box."""
    drawn = Image.new("L", (SIDE, SIDE), 0)
    ImageDraw.Draw(drawn).text((SIDE / 2, SIDE / 2), glyph, 255, font=_symbol(320), anchor="mm")
    shape = drawn.crop(drawn.getbbox())
    width, height = box[2] - box[0], box[3] - box[1]
    factor = min(width / shape.width, height / shape.height)
    shape = shape.resize((round(shape.width * factor), round(shape.height * factor)))
    at = (box[0] + (width - shape.width) // 2, box[1] + (height - shape.height) // 2)
    mark.paste(Image.new("RGBA", shape.size, ImageColor.getrgb(ink)), at, shape)


def line(mark: Image.Image, text: str, style: Style, box: tuple[int, int, int, int], ink: str) -> None:
    """One line of words, as large as fits into the box."""
    size = 100
    left, top, right, bottom = font(style.font, style.weight, size).getbbox(text, anchor="mm")
    size = max(6, int(size * min((box[2] - box[0]) / (right - left), (box[3] - box[1]) / (bottom - top))))
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    ImageDraw.Draw(mark).text(middle, text, ink, font=font(style.font, style.weight, size), anchor="mm")


def _round(mark: Image.Image, text: str, style: Style, radius: float, middle: float) -> None:
    """Letters on a circle about the mark's centre; ``middle`` is the angle of the text's middle, 90 the foot."""
    size = 62
    letters = font(style.font, style.weight, size)
    widths = [letters.getlength(letter) * 1.08 for letter in text]
    foot = middle > 0
    turn = np.radians(middle) - (-1 if foot else 1) * sum(widths) / radius / 2
    for letter, width in zip(text, widths, strict=True):
        turn += (-1 if foot else 1) * width / radius / 2
        tile = Image.new("RGBA", (2 * size, 2 * size), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text((size, size), letter, style.second, font=letters, anchor="mm")
        tile = tile.rotate(-np.degrees(turn) + (90 if foot else -90), Image.Resampling.BICUBIC)
        at = SIDE / 2 + radius * np.array([np.cos(turn), np.sin(turn)]) - size
        mark.alpha_composite(tile, (int(at[0]), int(at[1])))
        turn += (-1 if foot else 1) * width / radius / 2


def _seal(mark: Image.Image, style: Style) -> None:
    pen, far = ImageDraw.Draw(mark), SIDE - 1
    pen.ellipse((0, 0, far, far), fill=style.ink, outline=style.second, width=12)
    inner = int(SIDE * 0.2)
    pen.ellipse((inner, inner, far - inner, far - inner), fill="#f8fafc", outline=style.second, width=8)
    first, second = (text.upper() for text in style.words)
    _round(mark, first, style, SIDE * 0.395, -90)
    _round(mark, second, style, SIDE * 0.395, 90)
    room = int(SIDE * (0.5 - style.turn / 2 * 0.75))
    _emblem(mark, style.emblem, (room, room, SIDE - room, SIDE - room), style.ink)


def _crest(mark: Image.Image, style: Style) -> None:
    pen, right, low = ImageDraw.Draw(mark), SIDE * 0.85, SIDE * 0.55
    shield = [(SIDE * 0.15, 4), (right, 4), (right, low), (SIDE / 2, SIDE * 0.8), (SIDE * 0.15, low)]
    pen.polygon(shield, fill=style.ink, outline=style.second, width=12)
    pen.polygon([shield[0], (SIDE / 2, 4), (SIDE / 2, SIDE * 0.8), shield[4]], fill="#f8fafc", outline=style.second)
    across = SIDE // 2
    _emblem(mark, style.emblem, (int(SIDE * 0.2), 50, across - 20, int(SIDE * 0.5)), style.ink)
    glyph = EMBLEMS[(ord(style.emblem[0]) * 7 + 3) % len(EMBLEMS)]
    _emblem(mark, glyph, (across + 20, 50, int(SIDE * 0.8), int(SIDE * 0.5)), style.second)
    pen.rectangle((20, SIDE * 0.78, SIDE - 20, SIDE * 0.93), fill="#f8fafc", outline=style.ink, width=8)
    line(mark, " ".join(style.words), style, (40, int(SIDE * 0.79), SIDE - 40, int(SIDE * 0.92)), style.ink)


def _mascot(mark: Image.Image, style: Style) -> None:
    across = int(SIDE * style.turn)
    _emblem(mark, style.emblem, (across // 2, 0, SIDE - across // 2, int(SIDE * 0.6)), style.second)
    first, second = style.words
    pen = ImageDraw.Draw(mark)
    pen.rectangle((10, SIDE * 0.62, SIDE - 10, SIDE * 0.86), fill=style.ink, outline=style.second, width=8)
    line(mark, first.upper(), style, (30, int(SIDE * 0.65), SIDE - 30, int(SIDE * 0.83)), "white")
    line(mark, second, style, (SIDE // 5, int(SIDE * 0.89), SIDE * 4 // 5, SIDE - 4), style.ink)


def _wordmark(mark: Image.Image, style: Style) -> None:
    first, second = style.words
    high = int(SIDE * 0.25)
    pen = ImageDraw.Draw(mark)
    pen.rounded_rectangle((0, 0, high, high), 24, fill=style.ink)
    _emblem(mark, style.emblem, (18, 18, high - 18, high - 18), style.second)
    line(mark, first, style, (high + 20, 0, SIDE - 1, int(high * 0.58)), style.ink)
    line(mark, second.upper(), style, (high + 20, int(high * 0.68), SIDE - 1, high), style.ink)


def _lettering(mark: Image.Image, style: Style) -> None:
    first, second = style.words
    line(mark, first, style, (0, 0, SIDE - 1, int(SIDE * 0.3)), style.ink)
    pen = ImageDraw.Draw(mark)
    pen.polygon([(20, SIDE * 0.34), (SIDE - 20, SIDE * 0.32), (SIDE - 60, SIDE * 0.36)], fill=style.second)
    line(mark, second.upper(), style, (SIDE // 4, int(SIDE * 0.38), SIDE * 3 // 4, int(SIDE * 0.47)), style.ink)


KINDS: dict[str, Callable[[Image.Image, Style], None]] = {
    "seal": _seal,
    "mascot": _mascot,
    "crest": _crest,
    "wordmark": _wordmark,
    "lettering": _lettering,
}
