"""The evidence picture shows the box and the mark, within a bounded size."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from detectors.evidence import evidence_picture


@pytest.mark.parametrize("size", [(800, 600), (4000, 500), (300, 3000), (1, 1)])
def test_the_evidence_picture_is_bounded_whatever_the_image(encode, marks, size: tuple[int, int]) -> None:
    picture = Image.open(
        io.BytesIO(evidence_picture(encode(Image.new("RGB", size), "PNG"), (0, 0, 1, 1), marks["seal"]))
    )
    assert picture.format == "PNG"
    assert picture.height == 480
    assert picture.width <= 1400


def test_the_box_is_drawn_round_the_match_and_the_mark_stands_beside(encode, marks) -> None:
    image = encode(Image.new("RGB", (800, 480), "black"), "PNG")
    pixels = np.asarray(Image.open(io.BytesIO(evidence_picture(image, (200, 100, 400, 300), marks["seal"]))))
    ink = (pixels == (0xC2, 0x41, 0x0C)).all(2)[:, :800]
    ys, xs = np.nonzero(ink)
    assert (xs.min(), ys.min(), xs.max(), ys.max()) == (196, 96, 404, 304)
    assert (pixels[:, 816:] != 255).any()
