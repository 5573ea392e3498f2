"""A picture is asked whether it is the mark in other inks, and whether it leaves bare what should stand out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from detectors.logos.inks import bare, likeness, printed, shares

SIDE, BLOCK = 48, 12
BLOCKS = np.array([(y, x) for y in range(0, SIDE, BLOCK) for x in range(0, SIDE, BLOCK)])
FACE = np.array([(12, 12), (12, 24), (28, 14), (28, 22)])
EVERYWHERE = np.ones((SIDE, SIDE), bool)


@pytest.fixture(scope="module")
def mark(marks: dict[str, Path]) -> Image.Image:
    """The ram, on a square: its ground is clear, its face has three inks."""
    return ImageOps.pad(Image.open(marks["ram"]).convert("RGBA"), (400, 400))


def page(mark: Image.Image, ground: str) -> np.ndarray:
    under = Image.new("RGBA", mark.size, ground)
    under.alpha_composite(mark)
    return np.asarray(under.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX), np.float32)


@pytest.mark.parametrize("change", ["as it is", "inverted", "grey", "hues exchanged"])
def test_the_mark_in_whatever_inks_is_explained(mark: Image.Image, change: str) -> None:
    seen = page(mark, "#c8d2c0")
    changed = {
        "as it is": seen,
        "inverted": 255 - seen,
        "grey": np.repeat(seen.mean(2, keepdims=True), 3, 2),
        "hues exchanged": seen[..., ::-1],
    }[change]
    made = printed(changed, shares(mark, (SIDE, SIDE)), EVERYWHERE)
    assert made is not None and made.explained > 0.97
    stands_out = changed.std((0, 1)).max() > 0
    assert stands_out and likeness(changed, made.colour, BLOCKS, BLOCK)[[5, 6]].min() > 0.9


def test_another_picture_is_not_explained(mark: Image.Image) -> None:
    noise = np.random.default_rng(3).uniform(0, 255, (SIDE, SIDE, 3)).astype(np.float32)
    made = printed(noise, shares(mark, (SIDE, SIDE)), EVERYWHERE)
    assert made is not None and made.explained < 0.1


def test_what_is_missing_is_bare_and_what_is_covered_is_not(mark: Image.Image) -> None:
    inks, seen = shares(mark, (SIDE, SIDE)), page(mark, "#c8d2c0")
    half, covered = seen.copy(), seen.copy()
    half[28:] = seen[0, 0]
    covered[28:42] = (250, 120, 30)
    made = printed(seen, inks, EVERYWHERE)
    assert made is not None
    short = [bare(one, made, FACE, BLOCK) for one in (seen, half, covered)]
    assert short[0].max() < 0.1 and short[2].max() < 0.1
    assert short[1][:2].max() < 0.1 and short[1][2:].min() > 0.9


def test_a_mark_outside_the_picture_says_nothing(mark: Image.Image) -> None:
    assert printed(page(mark, "white"), shares(mark, (SIDE, SIDE)), ~EVERYWHERE) is None
