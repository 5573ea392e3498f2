"""Draws a set of pictures with and without made-up marks, in the practice set's form, to fit and to measure on.

    python -m benchmarks logos_pictures DIR [--seed 1] [--marks 16] [--with 300] [--without 700] [--photos DIR]

With a mark: the practice set's levels L1 to L5. Without: ``words`` (a mark's words, now and then in its very font),
``distractor`` (a registered mark of the same style), ``sibling`` (one that is not registered: the same lettering with
another emblem, or the same emblem with other lettering), ``page``, ``flyer`` and ``scene``. ``--photos`` lends grounds:
its photographs that show no mark, but for those that are kept for measuring. Nothing of what is drawn is kept in the
repository.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from benchmarks.logos_marks import EMBLEMS, FONTS, KINDS, Style, draw, font, line, style
from benchmarks.logos_places import teaches
from detectors.arrays import Doubles, Floats
from detectors.evaluate import read_cases

Random = np.random.Generator
LEVELS = ("L1", "L2", "L3", "L4", "L5")
NEGATIVES = {"words": 0.25, "distractor": 0.15, "sibling": 0.1, "page": 0.15, "flyer": 0.15, "scene": 0.2}
WORDS = (
    *("parents", "Friday", "tickets", "free", "join us", "GAME DAY", "bake sale", "register", "reminder", "spring"),
    *("library", "picture day", "bus", "volunteers", "tonight", "7 pm", "congratulations", "Science Fair", "our"),
    *("Schools", "High School", "District", "Education", "Academy", "team", "champions", "budget", "vote", "welcome"),
)
CLEAR = (0, 0, 0, 0)


@dataclass(frozen=True)
class Placed:
    """A mark laid over a picture: the picture, and the four corners (x, y) of the mark in it."""

    picture: Image.Image
    corners: Doubles

    @property
    def box(self) -> list[float]:
        """x0, y0, x1, y1, as far as it lies in the picture."""
        low = np.clip(self.corners.min(0), 0, self.picture.size)
        high = np.clip(self.corners.max(0), 0, self.picture.size)
        return [round(float(v), 1) for v in (*low, *high)]


def ground(random: Random, photos: Sequence[Path]) -> Image.Image:
    """A picture without a mark: a photograph where there are any, else a drawn scene, flyer or page."""
    if photos and random.random() < 0.6:
        picture = Image.open(photos[int(random.integers(len(photos)))]).convert("RGB")
        picture.thumbnail((int(random.integers(560, 960)),) * 2)
        return ImageOps.mirror(picture) if random.random() < 0.5 else picture
    return (scene, flyer, page)[int(random.integers(3))](random)


def scene(random: Random) -> Image.Image:
    """Soft light, things with edges, leaves or grain: what is in a photograph, as far as it can be drawn."""
    width, height = _size(random)
    light = sum(_clouds(random, (height, width), 2**octave) * 0.6**octave for octave in range(1, 7))
    tint = random.uniform(0.3, 1.0, 3)
    picture = Image.fromarray(np.uint8(np.clip(np.asarray(light)[..., None] * tint * 90 + 120, 0, 255)))
    pen = ImageDraw.Draw(picture)
    for _ in range(int(random.integers(5, 120))):
        x, y, size = random.uniform((0, 0, 5), (width, height, width / 5))
        ink = tuple(int(v) for v in random.integers(0, 255, 3))
        if random.random() < 0.5:
            pen.regular_polygon((x, y, size), int(random.integers(3, 9)), int(random.integers(360)), fill=ink)
        else:
            pen.ellipse((x, y, x + size, y + size * random.uniform(0.3, 1.5)), fill=ink)
    blurred = picture.filter(ImageFilter.GaussianBlur(float(random.uniform(0, 2.5))))
    grain = random.normal(0, random.uniform(1, 12), (height, width, 1))
    return Image.fromarray(np.uint8(np.clip(np.asarray(blurred) + grain, 0, 255)))


def _clouds(random: Random, shape: tuple[int, int], cells: int) -> Doubles:
    small = random.normal(0, 1, (cells + 2, cells + 2)).astype(np.float32)
    return np.asarray(cv2.resize(small, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float64)


def flyer(random: Random) -> Image.Image:
    """A flat ground with a headline, lines of words, bars and rings."""
    width, height = _size(random)
    colours = [_ink(random) for _ in range(6)]
    picture = Image.new("RGB", (width, height), str(random.choice([*colours, "white", "#111827"])))
    pen = ImageDraw.Draw(picture)
    for colour in colours:
        x, y, w, h = (int(v) for v in random.uniform((0, 0, 20, 8), (width, height, width / 2, height / 3)))
        (pen.rectangle, pen.ellipse)[random.integers(2)]((x, y, x + w, y + h), outline=colour, width=4)
        if random.random() < 0.5:
            pen.rectangle((x, y, x + w // 3, y + h), fill=colour)
    _written(random, picture, height // 14)
    return picture


def page(random: Random) -> Image.Image:
    """Lines of words, as on a page or in a screenshot."""
    picture = Image.new("RGB", _size(random), str(random.choice(("white", "#f8f4e3", "#15202b", "#e5e7eb"))))
    _written(random, picture, int(random.integers(12, 40)))
    return picture


def _written(random: Random, picture: Image.Image, size: int) -> None:
    pen, y = ImageDraw.Draw(picture), size
    light = ImageOps.grayscale(picture).getpixel((2, 2))
    ink = "black" if isinstance(light, int | float) and light > 110 else "white"
    number, weight = int(random.integers(len(FONTS))), int(random.choice((400, 700)))
    while y < picture.height - size:
        told = " ".join(random.choice(WORDS, 9))
        letters = font(number, weight, int(size * random.choice((1, 1, 1, 2))))
        pen.text((size, y), told[: int(random.integers(8, 70))], ink, font=letters)
        y += int(size * random.uniform(1.4, 3))


def _ink(random: Random) -> str:
    return f"#{random.integers(0x1000000):06x}"


def _size(random: Random) -> tuple[int, int]:
    sizes = ((800, 800), (800, 600), (640, 800), (900, 507), (640, 480), (960, 720))
    return sizes[random.integers(len(sizes))]


def placed(random: Random, mark: Image.Image, level: str, under: Image.Image) -> Placed:
    """The mark over a picture, changed as its level says."""
    changed = _recoloured(random, mark) if level == "L3" else mark
    if level == "L5":
        changed = _covered(random, changed)
    laid = _laid(random, changed, under, turned=level == "L4", cut=level == "L5" and random.random() < 0.35)
    picture = laid.picture
    if level == "L5" and random.random() < 0.4:
        picture = picture.filter(ImageFilter.GaussianBlur(float(random.uniform(0.6, 2.0))))
    if level == "L3" and random.random() < 0.2:
        picture = picture.convert("L").convert("RGB")
    if level == "L2":
        return _shrunk(random, Placed(picture, laid.corners))
    return Placed(picture, laid.corners)


def _recoloured(random: Random, mark: Image.Image) -> Image.Image:
    colour, alpha = mark.convert("RGB"), mark.getchannel("A")
    way = random.integers(5)
    if way == 0:
        colour = colour.convert("L").convert("RGB")
    elif way == 1:
        colour = ImageOps.invert(colour)
    elif way == 2:
        dark, light = (_ink(random) for _ in range(2))
        colour = ImageOps.colorize(colour.convert("L"), dark, light)
    elif way == 3:
        turned = np.asarray(colour.convert("HSV")).copy()
        turned[..., 0] += np.uint8(random.integers(40, 216))
        colour = Image.fromarray(turned, "HSV").convert("RGB")
    else:
        share = random.uniform(0.3, 0.6)
        alpha = alpha.point(lambda a: int(a * share))
    changed = colour.convert("RGBA")
    changed.putalpha(alpha)
    return changed


def _covered(random: Random, mark: Image.Image) -> Image.Image:
    """The mark with a patch over up to a third of one of its sides, or as it is."""
    if random.random() < 0.4:
        return mark
    width, height = mark.size
    share = random.uniform(0.1, 0.34)
    strips = [
        (0, 0, share * width, height),
        ((1 - share) * width, 0, width, height),
        (0, 0, width, share * height),
        (0, (1 - share) * height, width, height),
    ]
    covered = mark.copy()
    ImageDraw.Draw(covered).rectangle(strips[random.integers(4)], fill=_ink(random))
    return covered


def _laid(random: Random, mark: Image.Image, under: Image.Image, turned: bool, cut: bool) -> Placed:
    """Somewhere in the picture, 6 to 60% as wide, drawn through a homography; bent as cloth where turned."""
    wide = max(36.0, under.width * float(np.exp(random.uniform(np.log(0.06), np.log(0.6)))))
    factor = min(wide / mark.width, 0.9 * under.height / mark.height)
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * np.array(mark.size) * factor
    if turned:
        corners = _turned(random, corners)
    corners -= corners.min(0)
    spare = np.maximum(np.array(under.size) - corners.max(0), 0)
    corners += random.uniform(0, 1, 2) * spare
    if cut:
        axis = random.integers(2)
        off = random.uniform(0.1, 0.33) * np.ptp(corners[:, axis])
        low = random.random() < 0.5
        corners[:, axis] += -off - corners[:, axis].min() if low else under.size[axis] + off - corners[:, axis].max()
    return Placed(_warped(random, mark, under, corners, cloth=turned and random.random() < 0.4), corners)


def _turned(random: Random, corners: Doubles) -> Doubles:
    middle = corners.mean(0)
    angle = np.radians(random.uniform(15, 45)) * random.choice((-1, 1))
    spin = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    bent = corners - middle + random.uniform(-0.12, 0.12, (4, 2)) * np.ptp(corners, axis=0)
    flat: Doubles = bent @ spin if random.random() < 0.7 else bent
    return flat


def _warped(random: Random, mark: Image.Image, under: Image.Image, corners: Doubles, cloth: bool) -> Image.Image:
    ink: Floats = np.asarray(mark).astype(np.float32)
    small = np.hypot(*(corners[1] - corners[0])) / mark.width
    if small < 1:
        ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.45 / max(small, 0.03)), np.float32)
    source = np.array([(0, 0), (mark.width, 0), mark.size, (0, mark.height)], np.float32)
    there = np.linalg.inv(cv2.getPerspectiveTransform(source, corners.astype(np.float32)))
    ys, xs = np.mgrid[0 : under.height, 0 : under.width].astype(np.float32)
    if cloth:
        wave, depth = random.uniform(0.03, 0.08), random.uniform(0.01, 0.03) * np.ptp(corners[:, 0])
        xs, ys = xs + depth * np.sin(ys * wave), ys + depth * np.sin(xs * wave * 1.3)
    at = cv2.perspectiveTransform(np.dstack([xs, ys]), there).astype(np.float32)
    seen = cv2.remap(ink, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    opaque = seen[..., 3:] / 255
    return Image.fromarray(np.uint8(np.asarray(under) * (1 - opaque) + seen[..., :3] * opaque))


def _shrunk(random: Random, one: Placed) -> Placed:
    factor = float(random.uniform(0.5, 0.95))
    size = (int(one.picture.width * factor), int(one.picture.height * factor))
    return Placed(one.picture.resize(size, Image.Resampling.BICUBIC), one.corners * factor)


def without(random: Random, kind: str, styles: Sequence[Style], photos: Sequence[Path]) -> Image.Image:
    """A picture that shows none of the marks."""
    if kind in ("page", "flyer", "scene"):
        return {"page": page, "flyer": flyer, "scene": scene}[kind](random)
    near, under = styles[int(random.integers(len(styles)))], ground(random, photos)
    if kind == "words":
        return _laid(random, _words(random, near), under, random.random() < 0.2, False).picture
    other = alike(near) if kind == "distractor" else sibling(random, near)
    return placed(random, draw(other), str(random.choice(LEVELS)), under).picture


def _words(random: Random, near: Style) -> Image.Image:
    """A mark's words in one line or two, every third time in the mark's own font."""
    drawn = Image.new("RGBA", (900, 240), CLEAR)
    own = random.random() < 0.34
    written = near.of(font=near.font if own else int(random.integers(len(FONTS))))
    case = (str, str.upper)[random.integers(2)]
    first, second = near.words
    if random.random() < 0.6:
        line(drawn, case(f"{first} {second}"), written, (0, 0, 899, 239), near.ink)
    else:
        line(drawn, case(first), written, (0, 0, 899, 150), near.ink)
        line(drawn, case(second), written, (100, 160, 800, 239), near.ink)
    return drawn.crop(drawn.getbbox())


def alike(near: Style) -> Style:
    """The registered lookalike of a mark: its frame and colours, its second line, another emblem and name."""
    number = (EMBLEMS.index(near.emblem) + 11) % len(EMBLEMS)
    return near.of(emblem=EMBLEMS[number], words=(near.words[0][::-1].title(), near.words[1]))


def sibling(random: Random, near: Style) -> Style:
    """Nobody's: a mark's lettering with another emblem and frame, or its emblem with other lettering and frame."""
    other = style(random, str(random.choice(list(KINDS))))
    if random.random() < 0.4:
        return other.of(emblem=near.emblem)
    if random.random() < 0.5:
        return near.of(emblem=other.emblem, words=other.words)
    return other.of(words=near.words, font=near.font, weight=near.weight)


def main() -> None:
    """Draws the set."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("folder", type=Path)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--marks", type=int, default=16)
    ask.add_argument("--with", dest="shown", type=int, default=300)
    ask.add_argument("--without", type=int, default=700)
    ask.add_argument("--photos", type=Path, help="a set in the practice set's form, whose photographs are grounds")
    asked = ask.parse_args()
    every = read_cases(asked.photos) if asked.photos else []
    photos = [case.image for number, case in enumerate(every) if case.kind == "photo" and teaches(number)]
    random = np.random.default_rng(asked.seed)
    styles = [style(random, list(KINDS)[number % len(KINDS)]) for number in range(asked.marks)]
    for name in ("marks", "lookalikes", "img"):
        (asked.folder / name).mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(styles):
        draw(one).save(asked.folder / "marks" / f"{_name(number, one)}.png")
        draw(alike(one)).save(asked.folder / "lookalikes" / f"{_name(number, one)}.png")
    truth = _draw_with(random, asked.folder, styles, photos, asked.shown)
    truth |= _draw_without(random, asked.folder, styles, photos, asked.without)
    (asked.folder / "truth.json").write_text(json.dumps(truth, indent=1))


def _draw_with(
    random: Random, folder: Path, styles: Sequence[Style], photos: Sequence[Path], count: int
) -> dict[str, object]:
    """Pictures with each mark and level in turn, and what they show."""
    truth: dict[str, object] = {}
    for number in range(count):
        which, level = number % len(styles), LEVELS[number // len(styles) % len(LEVELS)]
        shown = placed(random, draw(styles[which]), level, ground(random, photos))
        x0, y0, x1, y1 = shown.box
        side = round(float(np.sqrt((x1 - x0) * (y1 - y0))), 1)
        name, mark = f"pos{number:05}.jpg", _name(which, styles[which])
        truth[name] = {"level": level, "neg": None, "logo": mark, "box": shown.box, "px": side}
        _save(random, shown.picture, folder / "img" / name, (30, 61) if level == "L2" else (60, 96))
    return truth


def _draw_without(
    random: Random, folder: Path, styles: Sequence[Style], photos: Sequence[Path], count: int
) -> dict[str, object]:
    """Pictures of each kind without a mark, and of which kind they are."""
    truth: dict[str, object] = {}
    kinds = random.choice(list(NEGATIVES), count, p=list(NEGATIVES.values()))
    for number, kind in enumerate(map(str, kinds)):
        name = f"neg{number:05}.jpg"
        truth[name] = {"level": None, "neg": kind, "logo": None, "box": None, "px": 0}
        _save(random, without(random, kind, styles, photos), folder / "img" / name, (40, 96))
    return truth


def _name(number: int, one: Style) -> str:
    return f"m{number:02}_{one.kind}"


def _save(random: Random, picture: Image.Image, path: Path, quality: tuple[int, int]) -> None:
    picture.save(path, "JPEG", quality=int(random.integers(*quality)))
