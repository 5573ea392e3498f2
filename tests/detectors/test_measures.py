"""What speaks for a place: what is left out at one side is told apart by whether it is bare or covered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from detectors.logos.inks import printed
from detectors.logos.measures import NONE, Blocks, Side, worst_side
from detectors.logos.references import prepare
from detectors.logos.scene import Scene
from detectors.logos.verify import evidence, judge

GRID = Blocks(np.array([(x, y) for y in (0.1, 0.4, 0.7, 0.9) for x in (0.1, 0.4, 0.7, 0.9)]), np.ones(16))
POSE = np.array([[220.0, 0, 200], [0, 220, 150], [0, 0, 1]])


@pytest.mark.parametrize("side", [Side(axis, first, 0.2) for axis in (0, 1) for first in (True, False)])
def test_the_side_that_does_not_agree_is_left_out(side: Side) -> None:
    alike = np.where(side.covers(GRID), 0.0, 0.9).astype(np.float32)
    assert worst_side(GRID, alike) == side


def test_nothing_is_left_out_where_too_little_would_be_left() -> None:
    corner = Blocks(GRID.at[:1], GRID.weight[:1])
    assert worst_side(corner, np.zeros(1, np.float32)).covers(corner).tolist() == [False]
    assert not NONE.covers(GRID).any()


def test_a_missing_side_is_bare_and_a_covered_one_is_not(marks: dict[str, Path]) -> None:
    (seal,) = prepare({"seal": [marks["seal"]]}, {}).references
    _, canvas = seal.sides
    drawn = Image.open(marks["seal"]).resize((220, 220), Image.Resampling.LANCZOS)
    whole = Image.new("RGB", (400, 300), "#c8d2c0")
    whole.paste(drawn, (90, 40), drawn)
    missing, covered = whole.copy(), whole.copy()
    missing.paste("#c8d2c0", (0, 190, 400, 300))
    covered.paste("#fa781e", (0, 190, 400, 300))
    bare = []
    for picture in (whole, missing, covered):
        fit = judge(Scene.of(np.asarray(picture)), canvas, POSE)
        assert fit is not None
        print_ = printed(fit.seen, canvas.inks, fit.inside)
        assert print_ is not None
        bare.append(evidence(canvas, fit, print_)["bare_side"])
    assert bare[0] < 0.2 and bare[1] > 0.7 and bare[2] < 0.3, bare
