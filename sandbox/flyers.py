"""Posters for things to come."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw

from sandbox.paint import CLOTH, INK, PAPER, SCHEMES, WHITE, Colour, gradient, grained, mixed, ring, star, write_within
from sandbox.things import SandImage


def flyer(image: SandImage, rng: Random) -> Image.Image:
    """A poster: a title band, a drawing that fits nothing in particular, and when and where."""
    width, height = image.width, image.height
    dark, bright, pale = rng.choice(SCHEMES)
    title, when, where, line, sender = image.words
    sheet = grained(gradient((width, height), pale, mixed(pale, bright, 0.25)), rng, 0.06)
    draw = ImageDraw.Draw(sheet)
    rng.choice((_bunting, _confetti, _rays))(draw, (width, height), rng)
    draw.rounded_rectangle((48, 150, width - 48, 330), 22, fill=dark)
    write_within(draw, (width / 2, 228), title, 88, WHITE, width - 170, bold=2)
    write_within(draw, (width / 2, 300), line.upper(), 28, mixed(bright, WHITE, 0.35), width - 200)
    _drawing(title)(draw, width // 2, 490, rng, (dark, bright))
    draw.rounded_rectangle((110, 648, width - 110, 760), 18, fill=WHITE, outline=dark, width=4)
    write_within(draw, (width / 2, 686), when, 42, dark, width - 260, bold=1)
    write_within(draw, (width / 2, 732), where, 32, dark, width - 260)
    draw.rectangle((0, height - 74, width, height), fill=dark)
    write_within(draw, (width / 2, height - 37), sender, 30, WHITE, width - 360)
    return sheet


def _bunting(draw: ImageDraw.ImageDraw, size: tuple[int, int], rng: Random) -> None:
    for n, x in enumerate(range(-20, size[0], 58)):
        sag = 46 + 26 * (n % 5 in (1, 2, 3)) + 14 * (n % 5 == 2)
        draw.polygon([(x, sag), (x + 50, sag + 4), (x + 24, sag + 62)], fill=rng.choice(CLOTH))
        draw.line([(x, sag), (x + 58, sag + 4)], fill=INK, width=3)


def _confetti(draw: ImageDraw.ImageDraw, size: tuple[int, int], rng: Random) -> None:
    for _ in range(90):
        x, y, radius = rng.randrange(size[0]), rng.randrange(size[1]), rng.randrange(5, 15)
        draw.polygon(ring((x, y), [radius], rng.choice((3, 4, 5, 6))), fill=mixed(rng.choice(CLOTH), PAPER, 0.35))


def _rays(draw: ImageDraw.ImageDraw, size: tuple[int, int], rng: Random) -> None:
    colour = mixed(rng.choice(CLOTH), PAPER, 0.72)
    middle = (size[0] / 2, 490)
    rim = ring(middle, [size[1]], 36)
    for one, other in zip(rim[::2], rim[1::2], strict=True):
        draw.polygon([middle, one, other], fill=colour)


def _books(draw: ImageDraw.ImageDraw, x: int, y: int, rng: Random, colours: tuple[Colour, Colour]) -> None:
    """A stack of books and an apple."""
    top = y + 130
    for n in range(5):
        wide, tall, shift = rng.randrange(190, 270), rng.randrange(34, 48), rng.randrange(-24, 24)
        box = (x - wide // 2 + shift, top - tall, x + wide // 2 + shift, top)
        draw.rounded_rectangle(box, 7, fill=(*colours, *CLOTH)[(n * 3 + wide) % 7], outline=INK, width=3)
        draw.line([(box[0] + 24, box[1] + 4), (box[0] + 24, box[3] - 4)], fill=PAPER, width=5)
        draw.line([(box[0] + 52, top - tall // 2), (box[2] - 40, top - tall // 2)], fill=PAPER, width=4)
        top -= tall
    draw.ellipse((x - 34, top - 62, x + 34, top), fill=(206, 52, 48), outline=INK, width=3)
    draw.line([(x, top - 58), (x + 10, top - 84)], fill=(84, 56, 34), width=6)
    draw.ellipse((x + 8, top - 86, x + 40, top - 68), fill=(88, 150, 76))


def _bulbs(draw: ImageDraw.ImageDraw, x: int, y: int, rng: Random, colours: tuple[Colour, Colour]) -> None:
    """Flasks with something bubbling in them."""
    for n, dx in enumerate((-150, 0, 150)):
        liquid, cx = rng.choice(CLOTH), x + dx
        draw.polygon(
            [(cx - 18, y - 90), (cx + 18, y - 90), (cx + 18, y - 20), (cx + 66, y + 110), (cx - 66, y + 110)],
            fill=WHITE,
        )
        level = y + 20 + 14 * n
        draw.polygon([(cx - 44, level), (cx + 44, level), (cx + 64, y + 108), (cx - 64, y + 108)], fill=liquid)
        rim = [(cx - 26, y - 92), (cx - 18, y - 92), (cx - 18, y - 20), (cx - 68, y + 112), (cx + 68, y + 112)]
        draw.line(
            [*rim, (cx + 18, y - 20), (cx + 18, y - 92), (cx + 26, y - 92)], fill=colours[0], width=6, joint="curve"
        )
        for _ in range(6):
            bx, by, r = cx + rng.randrange(-30, 30), y + rng.randrange(-120, 100), rng.randrange(4, 11)
            draw.ellipse((bx - r, by - r, bx + r, by + r), outline=mixed(liquid, INK, 0.3), width=3)


def _leaves(draw: ImageDraw.ImageDraw, x: int, y: int, rng: Random, colours: tuple[Colour, Colour]) -> None:
    """A wreath of leaves with a star in it."""
    for px, py in ring((x, y), [126, 112], 26):
        colour = mixed(rng.choice(((196, 92, 40), (222, 150, 50), (120, 132, 60), (168, 52, 40))), PAPER, 0.1)
        draw.polygon(ring((px, py), [34, 15, 25, 12], 8), fill=colour, outline=mixed(colour, INK, 0.5))
    draw.polygon(star((x, y), 78), fill=colours[1], outline=colours[0], width=5)


def _instruments(draw: ImageDraw.ImageDraw, x: int, y: int, rng: Random, colours: tuple[Colour, Colour]) -> None:
    """Five lines of music with notes on them."""
    for n in range(5):
        draw.line([(70, y - 60 + 32 * n), (2 * x - 70, y - 60 + 32 * n)], fill=colours[0], width=3)
    for n in range(7):
        nx, ny = 110 + n * 72, y - 50 + 16 * rng.randrange(8)
        draw.ellipse((nx, ny, nx + 34, ny + 25), fill=INK)
        draw.line([(nx + 31, ny + 12), (nx + 31, ny - 74)], fill=INK, width=5)
        if n % 2:
            draw.line([(nx + 31, ny - 74), (nx + 54, ny - 48), (nx + 50, ny - 26)], fill=INK, width=6, joint="curve")
    draw.polygon(star((2 * x - 96, y - 100), 30), fill=colours[1])


def _drawing(title: str) -> _Drawing:
    """What goes with a title."""
    found = (drawing for words, drawing in _DRAWINGS for word in words.split() if word in title)
    return next(found, _leaves)


_Drawing = Callable[[ImageDraw.ImageDraw, int, int, Random, tuple[Colour, Colour]], None]
_DRAWINGS: tuple[tuple[str, _Drawing], ...] = (
    ("Concert Band Sing Audition Opening", _instruments),
    ("Science Robot River Taste Clay", _bulbs),
    ("Book Author Read Math Budget Committee House", _books),
)
