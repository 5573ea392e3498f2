"""The verifier looks at a place beside the mark: layers say what differs, the answer whether it is the mark."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from detectors.arrays import Floats
from detectors.logos.inks import printed
from detectors.logos.layers import LAYERS, SIDE, layers
from detectors.logos.references import Reference, draw, prepare
from detectors.logos.scene import Scene
from detectors.logos.verifier import CONVOLUTIONS, Weights, answer, judged, learned
from detectors.logos.verify import judge

WIDE = 220.0  # pixels: the mark's longer side
POSE = np.array([[WIDE, 0, 200], [0, WIDE, 150], [0, 0, 1.0]])


@pytest.fixture(scope="module")
def seal(marks: dict[str, Path]) -> Reference:
    (reference,) = prepare({"seal": [marks["seal"]]}, {}).references
    return reference


@pytest.fixture(scope="module")
def page(marks: dict[str, Path], scene: Image.Image) -> Image.Image:
    """The seal in the middle of a picture of 400 x 300 pixels."""
    ground = scene.crop((0, 0, 400, 300))
    drawn = draw(marks["seal"].read_bytes(), "seal").resize((int(WIDE), int(WIDE)), Image.Resampling.LANCZOS)
    ground.paste(drawn, (200 - int(WIDE) // 2, 150 - int(WIDE) // 2), drawn)
    return ground


def look(picture: Image.Image, reference: Reference) -> Floats:
    """The layers of the mark at :data:`POSE`."""
    _, canvas = reference.sides
    fit = judge(Scene.of(np.asarray(picture.convert("RGB"))), canvas, POSE)
    assert fit is not None
    print_ = printed(fit.seen, canvas.inks, fit.inside)
    assert print_ is not None
    return layers(canvas, fit, print_)


def test_layers_say_where_a_picture_differs_from_the_mark(seal: Reference, page: Image.Image) -> None:
    covered = page.copy()
    covered.paste("#ff30ff", (0, 190, 400, 300))
    shown, part = look(page, seal), look(covered, seal)
    assert shown.shape == (SIDE, SIDE, len(LAYERS))
    upper, lower = (slice(10, 20), slice(10, 38)), (slice(34, 42), slice(10, 38))
    for name, more in (("likeness", -0.3), ("bent", -0.3), ("off", 0.2)):
        layer = LAYERS.index(name)
        kept, lost = (part[where][..., layer].mean() for where in (upper, lower))
        whole = shown[lower][..., layer].mean()
        assert (lost - whole) / more > 1 and (lost - kept) / more > 1, (name, whole, kept, lost)


def test_what_lies_outside_the_picture_is_marked(seal: Reference, page: Image.Image) -> None:
    inside = look(page.crop((0, 0, 400, 190)), seal)[..., LAYERS.index("inside")]
    assert inside[:30].min() > 0.99 and inside[36:].max() == 0


def test_the_mark_is_told_from_half_of_it_and_from_a_picture_without_it(
    seal: Reference, page: Image.Image, scene: Image.Image
) -> None:
    half = page.copy()
    half.paste(scene.crop((0, 300, 400, 450)), (0, 150))
    whole, part, without = (judged(look(one, seal)) for one in (page, half, scene.crop((0, 0, 400, 300))))
    assert whole > 2 > part > without and without < -5


def slowly(weights: Weights, seen: Floats) -> float:
    """The verifier's answer by OpenCV's filters and plain sums."""
    for name in CONVOLUTIONS:
        kernels = weights[name].reshape(3, 3, seen.shape[2], -1)
        padded = np.pad(seen, ((1, 1), (1, 1), (0, 0))).astype(np.float64)
        sums = [
            sum(
                cv2.filter2D(padded[..., layer], -1, kernels[..., layer, out].astype(np.float64))[1:-1:2, 1:-1:2]
                for layer in range(seen.shape[2])
            )
            for out in range(kernels.shape[3])
        ]
        seen = np.maximum(np.dstack(sums) + weights[f"{name}_offset"], 0)
    hidden = np.maximum(seen.ravel() @ weights["hidden"] + weights["hidden_offset"], 0)
    return float((hidden @ weights["last"] + weights["last_offset"])[0])


@given(seed=st.integers(0, 2**32 - 1))
def test_the_answer_is_that_of_four_convolutions_and_two_sums(seed: int) -> None:
    seen = np.random.default_rng(seed).uniform(-1, 3, (SIDE, SIDE, len(LAYERS))).astype(np.float32)
    weights = learned()
    assert answer(weights, seen[None])[0] == pytest.approx(slowly(weights, seen), abs=1e-3)
