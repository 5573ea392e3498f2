"""Photographs, so to speak: a class in its room and a team on its field. Nobody has a face."""

from __future__ import annotations

from random import Random

from PIL import Image, ImageDraw

from sandbox.paint import CLOTH, INK, PAPER, WHITE, Colour, gradient, grained, mixed, ring, write, write_within
from sandbox.things import SandImage

_SKIN: tuple[Colour, ...] = ((244, 208, 178), (222, 170, 126), (168, 116, 80), (112, 74, 52), (84, 56, 42))
_HAIR: tuple[Colour, ...] = ((38, 30, 28), (92, 60, 36), (160, 108, 56), (216, 178, 110), (62, 62, 70))


def classroom(image: SandImage, rng: Random) -> Image.Image:
    """A photograph of a class."""
    return grained(room(image.width, image.height, image.words[0], rng), rng, 0.09)


def room(width: int, height: int, words: str, rng: Random) -> Image.Image:
    """A room with a board that says ``words``, windows, desks and a class."""
    wall = rng.choice(((232, 222, 200), (208, 224, 226), (228, 214, 214), (216, 226, 206)))
    view = gradient((width, height), mixed(wall, WHITE, 0.3), mixed(wall, INK, 0.18))
    draw = ImageDraw.Draw(view)
    floor = round(height * 0.6)
    _floor(draw, width, height, floor, rng)
    _window(draw, rng, 40, 70)
    _window(draw, rng, 210, 70)
    _board(draw, words, (400, 60, 800, 280), rng)
    _wall_things(draw, rng, width)
    for row in range(3):
        y, size = floor - 20 + row * 96, 0.72 + 0.24 * row
        for n in range(6 - row):
            x = round(width * (n + 0.5 + rng.uniform(-0.12, 0.12)) / (6 - row))
            _pupil(draw, x, y, size, rng)
            _desk(draw, x, y + round(70 * size), size, rng)
    return view


def _floor(draw: ImageDraw.ImageDraw, width: int, height: int, floor: int, rng: Random) -> None:
    wood = rng.choice(((176, 138, 98), (150, 128, 108), (168, 152, 132)))
    draw.rectangle((0, floor, width, height), fill=wood)
    for n in range(-10, 30):
        draw.line([(n * 48 + 80, floor), (n * 90 - 260, height)], fill=mixed(wood, INK, 0.22), width=2)
    draw.rectangle((0, floor - 12, width, floor), fill=mixed(wood, INK, 0.4))


def _window(draw: ImageDraw.ImageDraw, rng: Random, x: int, y: int) -> None:
    draw.rectangle((x, y, x + 140, y + 210), fill=(168, 206, 228))
    draw.ellipse((x + 20, y + 110, x + 90, y + 210), fill=(96, 140, 84))
    draw.ellipse((x + 70, y + 130 - rng.randrange(40), x + 138, y + 210), fill=(120, 156, 86))
    draw.ellipse((x + 30, y + 26, x + 84, y + 48), fill=WHITE)
    draw.rectangle((x, y, x + 140, y + 210), outline=(244, 244, 240), width=9)
    draw.line([(x + 70, y), (x + 70, y + 210)], fill=(244, 244, 240), width=6)
    draw.line([(x, y + 104), (x + 140, y + 104)], fill=(244, 244, 240), width=6)
    draw.rectangle((x - 8, y + 206, x + 148, y + 220), fill=(226, 224, 216))


def _board(draw: ImageDraw.ImageDraw, words: str, box: tuple[int, int, int, int], rng: Random) -> None:
    ground = rng.choice(((38, 72, 58), (48, 54, 62)))
    x0, y0, x1, y1 = box
    draw.rectangle((x0 - 10, y0 - 10, x1 + 10, y1 + 10), fill=(140, 100, 62))
    draw.rectangle(box, fill=ground)
    for _ in range(7):
        sx, sy = rng.randrange(x0, x1 - 90), rng.randrange(y0, y1 - 12)
        draw.line([(sx, sy), (sx + 80, sy + 8)], fill=mixed(ground, WHITE, 0.09), width=9)
    write_within(draw, ((x0 + x1) / 2, y0 + 70), words, 48, (236, 238, 226), x1 - x0 - 40)
    for n in range(3):
        y = y0 + 130 + 26 * n
        draw.line([(x0 + 40, y), (x0 + 40 + rng.randrange(120, 300), y - 3)], fill=mixed(ground, WHITE, 0.6), width=3)
    draw.rectangle((x0 + 40, y1, x0 + 180, y1 + 8), fill=(180, 140, 96))


def _wall_things(draw: ImageDraw.ImageDraw, rng: Random, width: int) -> None:
    """A clock and some pictures that a class has painted."""
    draw.ellipse((width - 128, 46, width - 60, 114), fill=WHITE, outline=INK, width=5)
    draw.line([(width - 94, 80), (width - 94, 58)], fill=INK, width=4)
    draw.line([(width - 94, 80), (width - 76, 88)], fill=INK, width=4)
    for n in range(4):
        x, y = width - 138 + 62 * (n % 2), 136 + 74 * (n // 2)
        draw.rectangle((x, y, x + 52, y + 62), fill=PAPER, outline=mixed(INK, PAPER, 0.4), width=2)
        draw.polygon(ring((x + 26, y + 31), [20, 11], rng.choice((6, 8, 10))), fill=rng.choice(CLOTH))


def _pupil(draw: ImageDraw.ImageDraw, x: int, y: int, size: float, rng: Random) -> None:
    skin, cloth, hair = rng.choice(_SKIN), rng.choice(CLOTH), rng.choice(_HAIR)

    def box(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        return (x + x0 * size, y + y0 * size, x + x1 * size, y + y1 * size)

    if rng.random() < 0.5:
        draw.rounded_rectangle(box(-34, -66, 34, 20), 20 * size, fill=hair)
    draw.rounded_rectangle(box(-44, 6, 44, 96), 26 * size, fill=cloth, outline=mixed(cloth, INK, 0.4), width=2)
    draw.rectangle(box(-10, -10, 10, 14), fill=mixed(skin, INK, 0.15))
    draw.ellipse(box(-28, -62, 28, 4), fill=skin)
    draw.pieslice(box(-31, -68, 31, 0), 180, 360, fill=hair)
    if rng.random() < 0.35:
        draw.line([(x + 34 * size, y + 40 * size), (x + 58 * size, y - 60 * size)], fill=cloth, width=round(20 * size))
        draw.ellipse(box(47, -80, 71, -54), fill=skin)
    for stripe in range(rng.choice((0, 0, 2, 3))):
        draw.line(
            [(x - 40 * size, y + (30 + 16 * stripe) * size), (x + 40 * size, y + (30 + 16 * stripe) * size)],
            fill=mixed(cloth, WHITE, 0.5),
            width=round(5 * size),
        )


def _desk(draw: ImageDraw.ImageDraw, x: int, y: int, size: float, rng: Random) -> None:
    wood = (204, 160, 106)
    draw.polygon(
        [(x - 66 * size, y), (x + 66 * size, y), (x + 78 * size, y + 26 * size), (x - 78 * size, y + 26 * size)],
        fill=wood,
    )
    draw.rectangle((x - 78 * size, y + 26 * size, x + 78 * size, y + 35 * size), fill=mixed(wood, INK, 0.35))
    for side in (-1, 1):
        draw.line(
            [(x + side * 66 * size, y + 35 * size), (x + side * 66 * size, y + 90 * size)], fill=(92, 94, 100), width=5
        )
    sheet = [
        (x - 26 * size, y + 4),
        (x + 14 * size, y + 4),
        (x + 18 * size, y + 20 * size),
        (x - 30 * size, y + 20 * size),
    ]
    draw.polygon(sheet, fill=PAPER)
    draw.line([(x + 26 * size, y + 18 * size), (x + 48 * size, y + 6 * size)], fill=rng.choice(CLOTH), width=4)


def field(image: SandImage, rng: Random) -> Image.Image:
    """A field with mown stripes, trees, a goal, and a team on it."""
    width, height = image.width, image.height
    view = gradient((width, height), (142, 190, 224), (226, 238, 240))
    draw = ImageDraw.Draw(view)
    horizon = round(height * 0.42)
    for n in range(24):
        x, tall = n * 44 - 20, rng.randrange(50, 130)
        leaf = rng.choice(((78, 116, 64), (104, 132, 62), (186, 122, 48), (156, 74, 44)))
        draw.rectangle((x + 24, horizon - 30, x + 32, horizon), fill=(84, 62, 44))
        draw.polygon(ring((x + 28, horizon - tall / 2 - 14), [tall / 2, tall / 2.6], 14), fill=leaf)
    for n in range(9):
        top, bottom = horizon + n * n * 5, horizon + (n + 1) * (n + 1) * 5
        draw.rectangle((0, top, width, bottom), fill=((88, 148, 76), (76, 134, 68))[n % 2])
    _goal(draw, rng.choice((110, width - 330)), horizon - 96)
    draw.line([(0, horizon + 70), (width, horizon + 92)], fill=WHITE, width=5)
    shirt = rng.choice(CLOTH)
    for n in range(9):
        size = 0.62 + 0.07 * n + rng.uniform(-0.03, 0.03)
        x = rng.randrange(60, width - 60)
        _player(draw, x, horizon + 30 + 26 * n, size, shirt if n % 2 else rng.choice((WHITE, shirt)), rng)
    write_within(draw, (width / 2, 46), image.words[0].upper(), 38, WHITE, width - 420, bold=1)
    return grained(view, rng, 0.09)


def _goal(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    for n in range(12):
        draw.line([(x + n * 20, y), (x + n * 20 - 12, y + 110)], fill=(214, 222, 222), width=1)
        draw.line([(x, y + n * 10), (x + 220, y + n * 10)], fill=(214, 222, 222), width=1)
    draw.line([(x, y + 116), (x, y), (x + 220, y), (x + 220, y + 116)], fill=WHITE, width=8, joint="curve")


def _player(draw: ImageDraw.ImageDraw, x: int, y: int, size: float, shirt: Colour, rng: Random) -> None:
    skin, step = rng.choice(_SKIN), rng.randrange(8, 26) * size
    for side in (-1, 1):
        hip, foot = (x + side * 10 * size, y + 62 * size), (x + side * step, y + 126 * size)
        draw.line([hip, foot], fill=skin, width=round(13 * size))
        draw.line([foot, (foot[0] + 10 * size, foot[1] + 2 * size)], fill=INK, width=round(11 * size))
        hand = (x + side * 44 * size, y + rng.randrange(-10, 56) * size)
        draw.line([(x + side * 22 * size, y + 12 * size), hand], fill=skin, width=round(11 * size))
    draw.rounded_rectangle((x - 26 * size, y, x + 26 * size, y + 52 * size), 10 * size, fill=shirt)
    draw.rectangle((x - 22 * size, y + 46 * size, x + 22 * size, y + 76 * size), fill=(44, 50, 66))
    write(draw, (x, y + 26 * size), str(rng.randrange(2, 31)), round(24 * size), INK, 0, "mm")
    draw.ellipse((x - 16 * size, y - 36 * size, x + 16 * size, y + 2 * size), fill=skin)
    draw.pieslice((x - 18 * size, y - 40 * size, x + 18 * size, y), 180, 360, fill=rng.choice(_HAIR))
