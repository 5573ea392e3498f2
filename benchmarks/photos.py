"""Recall, false finds and look-up time of the photograph index, on the practice set's photographs.

    python -m benchmarks photos [--data ../shared/bench/logos] [--library 100000] [--made-up 20000] [--strangers 40000]

Half of the photographs are the library, the other half strangers to it. So large a collection of real photographs may
not be used here: the library is filled up with ``--made-up`` pictures, each a part of one of its photographs through
which a part of another shines, and with hashes of random coefficients; strangers are made up in the same way of the
other half. A picture that is looked for costs four look-ups (two are mirrored), up to twelve where it may be framed or
a screenshot; it counts as found wrongly if any of them finds something.
"""

from __future__ import annotations

import argparse
import io
import itertools
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageOps

from detectors.arrays import Floats
from detectors.evaluate import Share, read_cases
from detectors.photos import PHASH, RADIUS, THUMBNAIL, PhotoIndex, TooPlain, _plain, distances, library_hashes

AGREED = 14  # points on which two pictures of one scene agree, of ORB's

Change = Callable[[Image.Image], Image.Image]
Described = tuple[Sequence[cv2.KeyPoint], "np.typing.NDArray[np.uint8] | None"]


def _cropped(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    return picture.crop((int(0.07 * width), int(0.02 * height), int(0.97 * width), int(0.92 * height)))


def _screenshot(picture: Image.Image) -> Image.Image:
    page = Image.new("RGB", (720, 1280), "#fafafa")
    small = ImageOps.contain(picture, (640, 900))
    page.paste(small, ((720 - small.width) // 2, 200))
    pen = ImageDraw.Draw(page)
    pen.text((40, 60), "school news today", fill="gray", font_size=40)
    pen.text((40, 1150), "so proud of our team", fill="gray", font_size=36)
    return page


def _lettered(picture: Image.Image) -> Image.Image:
    lettered = picture.copy()
    width, height = picture.size
    at, size = (width * 0.08, height * 0.75), max(12, width // 12)
    ImageDraw.Draw(lettered).text(
        at, "GO TEAM! Friday 7 pm", "white", font_size=size, stroke_width=2, stroke_fill="black"
    )
    return lettered


CHANGES: dict[str, Change] = {
    "re-encoded (q 35)": lambda p: p,
    "resized to 25%": lambda p: p.resize((max(1, p.width // 4), max(1, p.height // 4))),
    "cropped by 10%": _cropped,
    "framed": lambda p: ImageOps.expand(p, int(0.06 * p.width), "white"),
    "screenshot": _screenshot,
    "mirrored": ImageOps.mirror,
    "text laid over": _lettered,
}


def _encoded(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=35)
    return out.getvalue()


def _made_up(random: np.random.Generator, pictures: Sequence[Floats]) -> Floats:
    """A picture that nobody took: a part of one of ``pictures`` through which a part of another shines."""
    chosen = random.choice(len(pictures), 2, replace=False)
    share = random.uniform(0.35, 0.65)
    one, other = (_part(random, pictures[number]) for number in chosen)
    return (share * one + (1 - share) * other).astype(np.float32)


def _part(random: np.random.Generator, picture: Floats) -> Floats:
    side = int(random.uniform(0.5, 0.9) * min(picture.shape))
    y, x = random.integers(0, np.array(picture.shape) - side + 1)
    part = cv2.resize(picture[y : y + side, x : x + side], (THUMBNAIL, THUMBNAIL), interpolation=cv2.INTER_AREA)
    return np.asarray(part[:, :: random.choice((-1, 1))], np.float32)


def _small(path: Path) -> Floats:
    """A photograph in grey, its longer side 300 pixels."""
    picture = Image.open(path).convert("L")
    picture.thumbnail((300, 300))
    return np.asarray(picture, np.float32)


def _strangers(paths: Sequence[Path], library: Sequence[Path]) -> list[Path]:
    """Those of ``paths`` that show no scene of the library's: the set has some photographs twice, cut or mirrored."""
    orb = cv2.ORB.create(250)
    known = [orb.detectAndCompute(_small(path).astype(np.uint8), None) for path in library]

    def is_stranger(path: Path) -> bool:
        picture = _small(path).astype(np.uint8)
        views = [orb.detectAndCompute(np.ascontiguousarray(view), None) for view in (picture, picture[:, ::-1])]
        return not any(_agreed(view, other) >= AGREED for view in views for other in known)

    return [path for path in paths if is_stranger(path)]


def _agreed(one: Described, other: Described) -> int:
    """Points of two pictures that one turn, scale and shift brings together (RANSAC)."""
    if one[1] is None or other[1] is None:
        return 0
    pairs = [p for p in cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(one[1], other[1]) if p.distance < 45]
    if len(pairs) < AGREED:
        return 0
    here = np.array([one[0][p.queryIdx].pt for p in pairs], np.float32)
    there = np.array([other[0][p.trainIdx].pt for p in pairs], np.float32)
    _, inside = cv2.estimateAffinePartial2D(here, there, ransacReprojThreshold=4)
    return 0 if inside is None else int(inside.sum())


def _filled(index: PhotoIndex, size: int, pictures: Sequence[Floats], made_up: int) -> PhotoIndex:
    """The index with pictures made up and hashes of random coefficients, up to ``size`` photographs."""
    random = np.random.default_rng(0)
    hashes = [np.hstack([index._hashes, index._contrasts])]
    while len(hashes) <= made_up:
        with suppress(TooPlain):
            page = _made_up(random, pictures).astype(np.uint8)
            hashes.append(library_hashes(np.dstack([page] * 3)))
    windows = len(index._hashes) // len(index.photos)
    missing = size - len(index.photos) - made_up
    hashes.append(random.integers(0, 2**64, (missing * windows, 8), np.uint64))
    counts = [*(len(made) for made in hashes[1:-1]), *[windows] * missing]
    names = np.repeat(np.arange(len(index.photos), size), counts)
    photos = index.photos + [f"made-up-{n}" for n in range(size - len(index.photos))]
    return PhotoIndex(photos, np.concatenate([index._names, names]), np.concatenate(hashes))


def _false_finds(index: PhotoIndex, pictures: Sequence[Floats], count: int) -> Share:
    """Of ``count`` strangers made up of ``pictures``, those for which something is found."""
    random = np.random.default_rng(2)
    strangers = (_made_up(random, pictures) for _ in itertools.count())
    busy = itertools.islice((one for one in strangers if not _plain(one)), count)  # what is plain is never looked up
    return Share(sum(bool(index.find_in(np.dstack([one.astype(np.uint8)] * 3))) for one in busy), count)


def _times(index: PhotoIndex, queries: list[np.typing.NDArray[np.uint64]]) -> tuple[float, float]:
    """Milliseconds a look-up, by the index and by a NumPy scan of every hash."""
    started = time.process_time()
    for query in queries:
        index.search(query)
    searched = time.process_time()
    for query in queries[:10]:
        np.flatnonzero(distances(index._hashes, query[PHASH]) <= RADIUS)
    scanned = time.process_time()
    return (searched - started) * 1000 / len(queries), (scanned - searched) * 100


def main() -> None:
    """Prints the table."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--data", type=Path, default=Path("../shared/bench/logos"))
    ask.add_argument("--library", type=int, default=100_000)
    ask.add_argument("--made-up", type=int, default=20_000)
    ask.add_argument("--strangers", type=int, default=40_000)
    asked = ask.parse_args()
    pictures = [case.image for case in read_cases(asked.data) if case.kind == "photo"]
    small, refused = PhotoIndex.of((path.name, path) for path in pictures[::2])
    index = _filled(small, asked.library, [_small(path) for path in pictures[::2]], asked.made_up)
    print(
        f"library of {len(index.photos):,} photographs, {len(small.photos)} of them real; "
        f"{len(refused)} were refused as plain"
    )
    for name, change in CHANGES.items():
        found = [
            any(match.photo == path.name for match in index.find(_encoded(change(Image.open(path).convert("RGB")))))
            for path in pictures[::2]
            if path.name in small.photos
        ]
        print(f"  {name:20} recall {Share(sum(found), len(found))}")
    strangers = _strangers(pictures[1::2], pictures[::2])
    strange = [_found(index, path) for path in strangers]
    print(f"  {'strangers':20} found  {Share(sum(bool(s) for s in strange), len(strange))}")
    for path, names in zip(strangers, strange, strict=True):
        if names:
            print(f"    {path.name} as {', '.join(names)}: look at both")
    false = _false_finds(index, [_small(path) for path in strangers], asked.strangers)
    low, high = false.interval
    print(f"  strangers made up: {false.hits} of {false.total:,} find something ({low:.1e} to {high:.1e})")
    queries = list(np.random.default_rng(1).integers(0, 2**64, (50, 8), np.uint64))
    ours, scan = _times(index, queries)
    print(f"  look-up {ours:.2f} ms, NumPy scan {scan:.1f} ms: {scan / ours:.0f} times faster")


def _found(index: PhotoIndex, path: Path) -> list[str]:
    try:
        return [f"{match.photo} ({match.distance})" for match in index.find(path)]
    except TooPlain:
        return []
