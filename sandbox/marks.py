"""The district's marks, and other organisations' marks that look a little like them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from PIL import Image, ImageDraw

from sandbox.paint import Colour, Point, font, ring, star, text_width, write, write_round
from sandbox.shapes import Ellipse, Polygon, Shape, Stroke, painted, svg

MARKS = ("district-seal", "otter-mascot", "wordmark")
LOOKALIKES = ("water-board", "badger-club", "credit-union")
ASPECT = {
    "district-seal": 1.0,
    "otter-mascot": 1.0,
    "wordmark": 3.2,
    "water-board": 1.0,
    "badger-club": 1.0,
    "credit-union": 3.2,
}
"""Width over height."""

SIZE = 512
GRID = 512
NAVY, GOLD, CREAM, TEAL, DEEP = (22, 45, 84), (214, 163, 54), (250, 244, 228), (20, 122, 124), (10, 78, 92)
WHITE, INK, MOSS, BROWN, TAN = (255, 255, 255), (24, 26, 34), (61, 107, 65), (110, 72, 46), (236, 211, 174)


@cache
def mark(mark_id: str) -> Image.Image:
    """A mark or a lookalike, with transparency, 512 pixels high at most and wide at least."""
    return _DRAWN[mark_id]()


def mascot_svg() -> str:
    """The mascot as an SVG document."""
    return svg(list(_otter()), GRID, "Alder Falls Otters")


def _roundel(
    top: str, bottom: str, dark: Colour, light: Colour, emblem: Callable[[ImageDraw.ImageDraw], None]
) -> Image.Image:
    """A round seal: a notched rim, a band with words, and an emblem in the middle (drawn on 1024 pixels)."""
    fine = Image.new("RGBA", (1024, 1024))
    draw = ImageDraw.Draw(fine)
    middle = (512.0, 512.0)
    draw.polygon(ring(middle, [508, 484], 96), fill=light)
    _disc(draw, 482, dark)
    _disc(draw, 466, light)
    _disc(draw, 456, dark)
    write_round(fine, middle, 392, top, 74, light, 3, top=True)
    write_round(fine, middle, 392, bottom, 66, light, 2, top=False)
    for x in (157, 867):
        draw.polygon(star((x, 678), 32), fill=light)
    _disc(draw, 326, light)
    _disc(draw, 314, dark)
    inner = Image.new("RGBA", (1024, 1024))
    emblem(ImageDraw.Draw(inner))
    hole = Image.new("L", (1024, 1024))
    ImageDraw.Draw(hole).ellipse((206, 206, 818, 818), fill=255)
    fine.paste(inner, (0, 0), hole)
    return fine.reduce(2)


def _disc(draw: ImageDraw.ImageDraw, radius: int, colour: Colour) -> None:
    draw.ellipse((512 - radius, 512 - radius, 512 + radius, 512 + radius), fill=colour)


def _falls(draw: ImageDraw.ImageDraw) -> None:
    """A waterfall between alders, a rising sun, and an open book."""
    draw.rectangle((0, 0, 1024, 1024), fill=(176, 212, 224))
    draw.polygon(ring((512, 400), [190, 110], 32), fill=GOLD)
    draw.ellipse((422, 310, 602, 490), fill=(240, 196, 92))
    draw.polygon([(200, 520), (330, 380), (450, 470), (450, 760), (200, 760)], fill=MOSS)
    draw.polygon([(824, 520), (700, 370), (574, 470), (574, 760), (824, 760)], fill=(47, 88, 56))
    draw.rectangle((446, 462, 578, 760), fill=(232, 244, 248))
    for n, x in enumerate(range(456, 578, 22)):
        draw.line([(x, 470 + 14 * (n % 3)), (x + 4, 720)], fill=(92, 154, 184), width=8)
    for x, y, size in ((270, 470, 1.0), (350, 520, 0.8), (740, 460, 1.05), (666, 520, 0.8)):
        _alder(draw, x, y, size)
    draw.rectangle((200, 690, 824, 830), fill=TEAL)
    for row, y in enumerate(range(700, 800, 26)):
        draw.line([(x, y + 9 * ((x // 40 + row) % 2)) for x in range(200, 830, 40)], fill=CREAM, width=7)
    draw.polygon(
        [(380, 640), (512, 672), (644, 640), (644, 742), (512, 776), (380, 742)], fill=CREAM, outline=NAVY, width=8
    )
    draw.line([(512, 672), (512, 776)], fill=NAVY, width=8)
    for n in range(3):
        y = 672 + 24 * n
        draw.line([(402, y), (490, y + 20)], fill=NAVY, width=6)
        draw.line([(534, y + 20), (622, y)], fill=NAVY, width=6)


def _alder(draw: ImageDraw.ImageDraw, x: int, y: int, size: float) -> None:
    draw.rectangle((x - 8 * size, y, x + 8 * size, y + 180 * size), fill=(92, 62, 40))
    for dx, dy, r in ((0, -70, 62), (-46, -10, 52), (46, -14, 54), (0, 34, 60)):
        box = tuple(v * size for v in (dx - r, dy - r, dx + r, dy + r))
        draw.ellipse((x + box[0], y + box[1], x + box[2], y + box[3]), fill=(38, 84, 48), outline=(24, 58, 34), width=5)


def _drop(draw: ImageDraw.ImageDraw) -> None:
    """A cog with a drop of water in it, over pipes."""
    draw.rectangle((0, 0, 1024, 1024), fill=(238, 240, 236))
    draw.polygon(ring((512, 512), [270, 270, 216, 216], 56), fill=(96, 104, 112))
    draw.ellipse((332, 332, 692, 692), fill=(238, 240, 236))
    draw.polygon([(512, 350), (612, 540), (588, 620), (512, 656), (436, 620), (412, 540)], fill=(36, 108, 176))
    draw.ellipse((410, 460, 614, 664), fill=(36, 108, 176))
    draw.ellipse((450, 540, 500, 620), fill=(160, 204, 236))
    for y in (724, 766):
        draw.rectangle((200, y, 824, y + 22), fill=(60, 66, 74))


def _otter() -> Iterator[Shape]:
    """An otter's head over crossed paddles, with the letters A and F on its scarf."""
    yield from _paddle(-1)
    yield from _paddle(1)
    for side in (-1, 1):
        yield Ellipse(_mirrored(side, 92, 96, 182, 186), INK)
        yield Ellipse(_mirrored(side, 101, 105, 173, 177), BROWN)
        yield Ellipse(_mirrored(side, 118, 120, 160, 162), TAN)
    yield Ellipse((92, 76, 420, 404), INK)
    yield Ellipse((102, 86, 410, 394), BROWN)
    yield Polygon([(256, 92), (226, 150), (256, 190), (286, 150)], (86, 54, 34))
    for side in (-1, 1):
        yield Ellipse(_mirrored(side, 128, 232, 280, 388), TAN)
        yield Ellipse(_mirrored(side, 154, 180, 220, 250), INK)
        yield Ellipse(_mirrored(side, 160, 186, 214, 244), WHITE)
        yield Ellipse(_mirrored(side, 178, 194, 212, 238), INK)
        yield Ellipse((256 + side * 58 - 4, 202, 256 + side * 58 + 8, 214), WHITE)
        yield Stroke(_flipped(side, [(142, 186), (184, 164), (226, 178)]), INK, 12)
        for n in range(3):
            yield Stroke(_flipped(side, [(188, 308 + 16 * n), (70 + 8 * n, 286 + 34 * n)]), INK, 6)
            yield Ellipse(
                (256 + side * (44 + 22 * n) - 4, 318 + 6 * n, 256 + side * (44 + 22 * n) + 4, 326 + 6 * n), INK
            )
    yield Polygon([(206, 252), (306, 252), (292, 284), (256, 306), (220, 284)], INK)
    yield Polygon([(226, 260), (262, 260), (250, 270), (230, 270)], (96, 98, 112))
    yield Stroke([(256, 300), (256, 330), (232, 350), (206, 344)], INK, 9)
    yield Stroke([(256, 330), (280, 350), (306, 344)], INK, 9)
    yield Polygon([(244, 340), (268, 340), (268, 366), (244, 366)], WHITE)
    yield from _scarf()


def _paddle(side: int) -> Iterator[Shape]:
    yield Stroke(_flipped(side, [(70, 70), (452, 452)]), INK, 34)
    yield Stroke(_flipped(side, [(70, 70), (452, 452)]), GOLD, 20)
    yield Polygon(_flipped(side, [(18, 76), (76, 18), (134, 66), (140, 112), (112, 140), (66, 134)]), INK)
    yield Polygon(_flipped(side, [(32, 76), (76, 32), (124, 74), (128, 108), (108, 128), (74, 124)]), TEAL)
    for n in range(3):
        yield Stroke(_flipped(side, [(52 + 18 * n, 80 + 14 * n), (80 + 14 * n, 52 + 18 * n)]), CREAM, 7)


def _scarf() -> Iterator[Shape]:
    yield Polygon([(84, 372), (256, 418), (428, 372), (446, 456), (256, 508), (66, 456)], INK)
    yield Polygon([(96, 386), (256, 430), (416, 386), (432, 446), (256, 494), (80, 446)], TEAL)
    yield Stroke([(176, 468), (204, 418), (232, 478)], CREAM, 14)
    yield Stroke([(188, 454), (222, 462)], CREAM, 11)
    yield Stroke([(284, 482), (284, 432), (328, 420)], CREAM, 14)
    yield Stroke([(284, 458), (318, 450)], CREAM, 11)
    for side in (-1, 1):
        yield Polygon(star((256 + side * 138, 424), 20), GOLD)


def _badger() -> Iterator[Shape]:
    """A badger's head over crossed bats, with the letters H and B below."""
    red, grey = (156, 34, 44), (120, 124, 130)
    for side in (-1, 1):
        yield Stroke(_flipped(side, [(84, 60), (440, 450)]), INK, 40)
        yield Stroke(_flipped(side, [(84, 60), (440, 450)]), (198, 150, 96), 26)
        yield Stroke(_flipped(side, [(60, 34), (180, 166)]), (198, 150, 96), 48)
        yield Ellipse(_mirrored(side, 110, 84, 180, 154), INK)
        yield Ellipse(_mirrored(side, 124, 100, 166, 142), WHITE)
    yield Polygon([(110, 150), (180, 84), (332, 84), (402, 150), (372, 290), (300, 408), (212, 408), (140, 290)], INK)
    yield Polygon([(124, 156), (186, 98), (326, 98), (388, 156), (360, 284), (294, 394), (218, 394), (152, 284)], WHITE)
    for side in (-1, 1):
        yield Polygon(_flipped(side, [(150, 140), (206, 100), (226, 110), (214, 250), (226, 340), (176, 296)]), grey)
        yield Polygon(_flipped(side, [(164, 150), (204, 118), (200, 240), (190, 288)]), INK)
        yield Ellipse(_mirrored(side, 182, 196, 212, 226), (240, 200, 60))
        yield Ellipse(_mirrored(side, 192, 202, 208, 222), INK)
    yield Ellipse((216, 330, 296, 386), INK)
    yield Ellipse((232, 338, 262, 352), grey)
    yield Polygon([(96, 404), (416, 404), (392, 500), (120, 500)], INK)
    yield Polygon([(110, 414), (402, 414), (382, 490), (130, 490)], red)
    for points in ([(190, 428), (190, 478)], [(230, 428), (230, 478)], [(190, 453), (230, 453)]):
        yield Stroke(points, WHITE, 13)
    yield Stroke(
        [(284, 478), (284, 428), (316, 434), (316, 450), (284, 453), (322, 462), (318, 478), (284, 478)], WHITE, 12
    )


def _mirrored(side: int, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
    return (x0, y0, x1, y1) if side < 0 else (GRID - x1, y0, GRID - x0, y1)


def _flipped(side: int, points: list[tuple[int, int]]) -> list[Point]:
    return [(x if side < 0 else GRID - x, y) for x, y in points]


def _lettering(
    first: str, second: str, dark: Colour, accent: Colour, emblem: Callable[[ImageDraw.ImageDraw], None]
) -> Image.Image:
    """A pennant with an emblem, a leaning name in stripes, and a second line on a dark tail (2560 x 800 pixels)."""
    fine = Image.new("RGBA", (2560, 800))
    draw = ImageDraw.Draw(fine)
    draw.polygon([(0, 60), (2480, 0), (2559, 250), (2420, 470), (2540, 800), (700, 760), (0, 740)], fill=CREAM)
    draw.polygon([(700, 520), (2420, 490), (2540, 800), (660, 765)], fill=dark)
    draw.polygon([(640, 40), (690, 38), (610, 765), (560, 765)], fill=accent)
    emblem(draw)
    size = next(s for s in range(340, 100, -4) if text_width(first, s, 9) < 1440)
    stripes = Image.new("RGB", fine.size, dark)
    lines = ImageDraw.Draw(stripes)
    for y in range(330, 480, 36):
        lines.line([(0, y + 60), (2560, y - 20)], fill=accent, width=18)
    fine.paste(stripes, (0, 0), _leaning(first, (790, 285), size, 9, 0))
    fine.paste(Image.new("RGB", fine.size, CREAM), (0, 0), _leaning(second, (830, 640), 160, 5, 1420))
    return fine.resize((1024, 320), Image.Resampling.BOX)


def _leaning(words: str, at: tuple[int, int], size: int, bold: int, spread: int) -> Image.Image:
    """A mask of ``words`` that lean to the right, spaced out to ``spread`` pixels where that is more."""
    mask = Image.new("L", (2560, 800))
    draw = ImageDraw.Draw(mask)
    gap = max(0.0, (spread - sum(text_width(letter, size, bold) for letter in words)) / (len(words) - 1))
    x = float(at[0])
    for letter in words:
        draw.text((x, at[1]), letter, 255, font(size), anchor="lm", stroke_width=bold, stroke_fill=255)
        x += text_width(letter, size, bold) + gap
    return mask.transform(mask.size, Image.Transform.AFFINE, (1, 0.24, -0.24 * at[1], 0, 1, 0))


def _leaf(draw: ImageDraw.ImageDraw) -> None:
    """An alder leaf, toothed and veined, over three falling waves."""
    edge = [(310, 90), (400, 180), (380, 220), (460, 290), (430, 330), (480, 420), (440, 440), (440, 520), (380, 520)]
    outline: list[Point] = [*edge, (310, 590), *((620 - x, y) for x, y in reversed(edge))]
    draw.polygon(outline, fill=MOSS)
    draw.line([(310, 110), (310, 700)], fill=CREAM, width=18)
    for n in range(4):
        y = 230 + 84 * n
        draw.line([(310, y + 50), (310 + 104, y - 20)], fill=CREAM, width=12)
        draw.line([(310, y + 50), (310 - 104, y - 20)], fill=CREAM, width=12)
    for n, x in enumerate(range(40, 500, 70)):
        draw.arc((x, 600 + 12 * (n % 2), x + 80, 690), 180, 360, fill=TEAL, width=18)
        draw.arc((x + 30, 650, x + 110, 730 + 8 * (n % 2)), 180, 360, fill=DEEP, width=18)


def _acorn(draw: ImageDraw.ImageDraw) -> None:
    """An acorn that is also a coin."""
    draw.ellipse((70, 170, 530, 680), fill=(206, 140, 40))
    draw.ellipse((120, 230, 480, 630), outline=CREAM, width=16)
    draw.chord((50, 110, 550, 490), 180, 360, fill=(96, 58, 30))
    draw.rectangle((282, 60, 318, 150), fill=(96, 58, 30))
    for x in range(100, 520, 70):
        draw.line([(x, 300), (x + 50, 200)], fill=(150, 104, 62), width=14)
    write(draw, (300, 450), "$", 220, CREAM, 8, "mm")


_DRAWN: dict[str, Callable[[], Image.Image]] = {
    "district-seal": lambda: _roundel("ALDER FALLS PUBLIC SCHOOLS", "FOUNDED 1851", NAVY, GOLD, _falls),
    "otter-mascot": lambda: painted(list(_otter()), SIZE, GRID),
    "wordmark": lambda: _lettering("ALDER FALLS", "PUBLIC SCHOOLS", NAVY, TEAL, _leaf),
    "water-board": lambda: _roundel("HARBOR POINT WATER BOARD", "SINCE 1903", (40, 70, 110), (208, 214, 220), _drop),
    "badger-club": lambda: painted(list(_badger()), SIZE, GRID),
    "credit-union": lambda: _lettering("ELDER MILLS", "CREDIT UNION", (86, 40, 24), (176, 112, 30), _acorn),
}
