"""The drawn images: repeatable to the byte, marked where they say so, and broken as they say."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from io import BytesIO

import numpy as np
import pytest
import resvg_py
from PIL import Image, ImageChops, UnidentifiedImageError

from sandbox.images import BOMB_SIDE, box, content_type, encoded
from sandbox.marks import ASPECT, LOOKALIKES, MARKS, mark, mascot_svg
from sandbox.pictures import SIZES
from sandbox.things import Placement, SandImage
from sandbox.world import World

WORDS = {
    "flyer": ("Book Fair", "Friday, 16:00", "in the gym", "All families welcome", "Millrace Middle School"),
    "classroom": ("7 x 8 = 56",),
    "field": ("AFHS Athletics",),
    "score": ("OTTERS", "HARBOR POINT", "21", "14", "volleyball"),
    "phone": ("Alder Falls High", "@AFHS_News", "Bring a coat and a good question.", "9:40"),
}
# A new Pillow may draw otherwise. Then every image has a new SHA-256, and an old .hallpass/ must be deleted.
GOLDEN = {
    "flyer": "0ccc580402450425fef11c5944bf1517eb354d3a3f24a866e9531b88f5fc7cfb",
    "classroom": "9a55fe3d98890041110931e022465af74a861370bccc3dd7ffc18448d4c00993",
    "field": "234d563de63f6ab8d221521267d624645d587fc5e672c90fb59406152a2c8daa",
    "score": "4c0d31a37c3c9d962338f979cb61760659ab4bab07451b1ca29cc6363adfda4c",
    "phone": "bace87c97cf2da27da340f225264addba75f0c5a5fcc0315a53ef3e337f92d7c",
}


def _image(kind: str = "classroom", **changes: object) -> SandImage:
    width, height = SIZES[kind]
    image = SandImage(f"test-{kind}", kind, 11, width, height, "png", WORDS[kind])
    return replace(image, **changes)  # type: ignore[arg-type]


def _pixels(image: SandImage) -> Image.Image:
    return Image.open(BytesIO(encoded(image))).convert("RGB")


@pytest.fixture(scope="module")
def world() -> World:
    """The first six weeks."""
    return World.make()


@pytest.mark.parametrize("kind", SIZES)
def test_a_picture_has_the_same_pixels_on_every_machine(kind: str) -> None:
    assert sha256(_pixels(_image(kind)).tobytes()).hexdigest() == GOLDEN[kind]


@pytest.mark.parametrize("kind", SIZES)
def test_the_same_description_gives_the_same_bytes_and_another_seed_another_picture(kind: str) -> None:
    image = _image(kind, format="jpeg")
    first = encoded(image)
    encoded.cache_clear()
    assert encoded(replace(image)) == first
    assert encoded(replace(image, seed=12)) != first


@pytest.mark.parametrize("kind", SIZES)
@pytest.mark.parametrize("encoding", ["png", "jpeg"])
def test_a_picture_has_the_size_and_format_that_it_names(kind: str, encoding: str) -> None:
    image = _image(kind, format=encoding)
    with Image.open(BytesIO(encoded(image))) as opened:
        assert (opened.size, opened.format) == (SIZES[kind], encoding.upper())
    assert content_type(image) == f"image/{encoding}"


@pytest.mark.parametrize("angle", [0.0, -7.0, 8.0])
@pytest.mark.parametrize("mark_id", [*MARKS, *LOOKALIKES])
def test_the_box_is_where_the_mark_changes_the_picture(mark_id: str, angle: float) -> None:
    placement = Placement(mark_id, 120, 90, 240, angle)
    marked = _image(mark=placement)
    changed = ImageChops.difference(_pixels(marked), _pixels(_image())).getbbox()
    where = box(marked)
    assert changed is not None
    assert where is not None
    assert np.abs(np.subtract(changed, where)).max() <= 2


def test_a_picture_without_a_mark_has_no_box() -> None:
    assert box(_image()) is None


def test_every_mark_lies_inside_its_picture_and_is_large_enough_to_find(world: World) -> None:
    for image in world.images:
        placement = image.mark or image.lookalike
        if placement:
            x0, y0, x1, y1 = box(image) or (0, 0, 0, 0)
            assert 0 <= x0 < x1 <= image.width
            assert 0 <= y0 < y1 <= image.height
            assert 0.1 <= placement.width / image.width <= 0.4
            assert min(placement.width, placement.width / ASPECT[placement.mark_id]) >= 48


def test_every_fault_is_shown_once(world: World) -> None:
    faults = sorted(i.fault for i in world.images if i.fault)
    assert faults == ["bomb", "missing", "not_image", "pixel", "truncated"]


def test_a_missing_image_has_no_bytes() -> None:
    assert encoded(_image(fault="missing")) == b""


def test_a_truncated_image_opens_but_cannot_be_loaded() -> None:
    with Image.open(BytesIO(encoded(_image(format="jpeg", fault="truncated")))) as opened, pytest.raises(OSError):
        opened.load()


def test_a_pixel_is_one_pixel() -> None:
    assert _pixels(_image(fault="pixel")).size == (1, 1)


def test_a_bomb_is_small_on_the_wire_and_over_the_cap_when_opened() -> None:
    content = encoded(_image(fault="bomb"))
    assert len(content) < 12_000
    with Image.open(BytesIO(content)) as opened:
        assert opened.size == (BOMB_SIDE, BOMB_SIDE)
        assert opened.width * opened.height > 40_000_000


def test_what_is_not_an_image_is_a_page_that_claims_to_be_one() -> None:
    image = _image(format="jpeg", fault="not_image")
    assert content_type(image) == "image/jpeg"
    with pytest.raises(UnidentifiedImageError):
        Image.open(BytesIO(encoded(image)))


@pytest.mark.parametrize("mark_id", [*MARKS, *LOOKALIKES])
def test_a_mark_is_transparent_outside_and_full_of_detail_inside(mark_id: str) -> None:
    drawn = mark(mark_id)
    alpha = np.asarray(drawn.getchannel("A"))
    grey = np.asarray(drawn.convert("L"), dtype=float)
    assert alpha.min() == 0
    assert alpha.max() == 255
    assert abs(drawn.width / drawn.height - ASPECT[mark_id]) < 0.01
    assert grey[alpha == 255].std() > 40


def test_the_mascot_is_the_same_drawing_as_svg_and_as_pixels() -> None:
    rendered = resvg_py.svg_to_bytes(svg_string=mascot_svg(), width=512, height=512)
    svg = np.asarray(Image.open(BytesIO(bytes(rendered))).convert("RGBA"), dtype=float)
    assert np.abs(svg - np.asarray(mark("otter-mascot"), dtype=float)).mean() < 4
