"""Score graphics, and screenshots of posts as a phone shows them."""

from __future__ import annotations

from random import Random

from PIL import Image, ImageDraw

from sandbox.paint import CLOTH, INK, SCHEMES, WHITE, gradient, mixed, star, wrapped, write, write_within
from sandbox.rooms import room
from sandbox.things import SandImage


def score(image: SandImage, rng: Random) -> Image.Image:
    """Two names, two numbers, and the sport, over a field."""
    width, height = image.width, image.height
    dark, bright, _ = rng.choice(SCHEMES)
    home, away, own, other, sport = image.words
    card = gradient((width, height), mixed(dark, INK, 0.3), mixed(dark, bright, 0.25))
    draw = ImageDraw.Draw(card)
    for n in range(9):
        draw.polygon(
            [(n * 120 - 260, height), (n * 120 - 200, height), (n * 120 + 60, 0), (n * 120, 0)],
            fill=mixed(dark, bright, 0.12),
        )
    for _ in range(40):
        middle = (rng.randrange(width), rng.randrange(height))
        draw.polygon(star(middle, rng.randrange(4, 13)), fill=mixed(dark, bright, rng.uniform(0.2, 0.5)))
    draw.ellipse((width / 2 - 90, 470, width / 2 + 90, 650), outline=mixed(dark, WHITE, 0.3), width=6)
    draw.line([(0, 560), (width, 560)], fill=mixed(dark, WHITE, 0.3), width=6)
    write_within(draw, (width / 2, 132), "FINAL SCORE", 58, WHITE, width - 380, bold=2)
    write_within(draw, (width / 2, 186), sport, 34, mixed(bright, WHITE, 0.4), width - 200)
    for x, team, points, colour in ((width * 0.27, home, own, bright), (width * 0.73, away, other, (226, 228, 232))):
        draw.rounded_rectangle((x - 140, 240, x + 140, 500), 24, fill=mixed(dark, INK, 0.45), outline=colour, width=6)
        write_within(draw, (x, 288), team, 34, colour, 250, bold=1)
        write_within(draw, (x, 402), points, 150, WHITE, 240, bold=3)
    for n in range(7):
        draw.polygon(star((90 + n * 90, 606 + 14 * (n % 2)), 18 + 6 * (n == 3)), fill=bright)
    return card


def phone(image: SandImage, rng: Random) -> Image.Image:
    """A screenshot of a post: status bar, author, words, a picture, and the row of buttons."""
    width, height = image.width, image.height
    name, handle, words, clock = image.words
    screen = Image.new("RGB", (width, height), WHITE)
    draw = ImageDraw.Draw(screen)
    _status_bar(draw, width, clock)
    write(draw, (width / 2, 96), "Post", 32, INK, 1, "mm")
    draw.line([(44, 80), (28, 96), (44, 112)], fill=INK, width=5)
    draw.line([(0, 130), (width, 130)], fill=(226, 228, 232), width=2)
    colour = rng.choice(CLOTH)
    draw.ellipse((28, 150, 98, 220), fill=colour)
    write(draw, (63, 185), name[0], 40, WHITE, 1, "mm")
    write(draw, (116, 168), name, 29, INK, 1, "lm")
    write(draw, (116, 204), handle, 25, (110, 116, 124), 0, "lm")
    for n, line in enumerate(wrapped(words, 33, width - 64)):
        write(draw, (32, 246 + 44 * n), line, 33, INK)
    shown = room(960, 640, "Welcome!", rng).resize((width - 56, round(640 * (width - 56) / 960)), Image.Resampling.BOX)
    screen.paste(shown, (28, 360))
    y = 360 + shown.height + 46
    write(draw, (32, y), f"{clock} · Alder Falls", 25, (110, 116, 124))
    draw.line([(28, y + 44), (width - 28, y + 44)], fill=(226, 228, 232), width=2)
    for n, count in enumerate((rng.randrange(2, 30), rng.randrange(2, 30), rng.randrange(9, 99), "")):
        _button(draw, 60 + n * 150, y + 86, n, str(count))
    _answers(draw, width, y + 130, rng)
    draw.rounded_rectangle((width / 2 - 90, height - 20, width / 2 + 90, height - 12), 4, fill=INK)
    return screen


_BOARD_OF_PHONE = "Welcome!"


def _status_bar(draw: ImageDraw.ImageDraw, width: int, clock: str) -> None:
    write(draw, (52, 36), clock, 28, INK, 1, "lm")
    for n in range(4):
        draw.rectangle((width - 190 + 11 * n, 42 - 6 * n, width - 183 + 11 * n, 48), fill=INK)
    write(draw, (width - 132, 36), "5G", 22, INK, 0, "lm")
    draw.rounded_rectangle((width - 90, 24, width - 42, 48), 6, outline=INK, width=3)
    draw.rectangle((width - 84, 30, width - 58, 42), fill=INK)


def _button(draw: ImageDraw.ImageDraw, x: int, y: int, kind: int, count: str) -> None:
    grey = (110, 116, 124)
    if kind == 0:
        draw.ellipse((x - 14, y - 14, x + 14, y + 10), outline=grey, width=3)
        draw.line([(x - 6, y + 8), (x - 12, y + 18)], fill=grey, width=3)
    elif kind == 1:
        draw.line([(x - 14, y - 4), (x - 14, y - 10), (x + 10, y - 10)], fill=grey, width=3)
        draw.line([(x + 14, y + 4), (x + 14, y + 12), (x - 10, y + 12)], fill=grey, width=3)
    elif kind == 2:
        draw.polygon(
            [(x, y + 14), (x - 15, y - 4), (x - 8, y - 13), (x, y - 6), (x + 8, y - 13), (x + 15, y - 4)],
            fill=(214, 52, 84),
        )
    else:
        draw.line([(x, y + 12), (x, y - 14), (x - 9, y - 5)], fill=grey, width=3)
    write(draw, (x + 26, y), count, 24, grey, 0, "lm")


def _answers(draw: ImageDraw.ImageDraw, width: int, y: int, rng: Random) -> None:
    for n in range(2):
        top = y + 90 * n
        draw.line([(0, top), (width, top)], fill=(226, 228, 232), width=2)
        draw.ellipse((28, top + 16, 80, top + 68), fill=rng.choice(CLOTH))
        write(draw, (98, top + 30), rng.choice(("a parent", "somebody", "a neighbour")), 24, (110, 116, 124), 0, "lm")
        write(draw, (98, top + 60), rng.choice(("Wonderful!", "See you there", "Thank you all")), 26, INK, 0, "lm")
