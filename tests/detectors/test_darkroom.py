"""Hostile pictures are drawn anew or not shown at all."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from detectors.darkroom import SIDE, Darkroom
from detectors.images import Undecodable
from detectors.worker import Limits


@pytest.fixture(scope="module")
def darkroom() -> Iterator[Darkroom]:
    darkroom = Darkroom()
    yield darkroom
    darkroom.close()


def picture(path: Path, size: tuple[int, int] = (400, 200), **saved: object) -> Path:
    image = Image.new("RGB", size, "#336699")
    image.paste("#ffcc00", (100, 50, 160, 110))
    image.save(path, **saved)
    return path


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def test_a_picture_comes_out_as_a_new_jpeg_with_nothing_of_the_file_but_its_pixels(
    darkroom: Darkroom, tmp_path: Path
) -> None:
    path = picture(tmp_path / "a.png", pnginfo=_comment("<script>alert(1)</script>"))
    shown = darkroom.shown(path, 1000)
    assert (opened(shown).format, opened(shown).size) == ("JPEG", (400, 200))
    assert b"script" not in shown


def test_no_side_is_longer_than_asked_nor_than_what_is_ever_shown(darkroom: Darkroom, tmp_path: Path) -> None:
    path = picture(tmp_path / "wide.jpg", (4000, 1000))
    assert opened(darkroom.shown(path, 320)).size == (320, 80)
    assert opened(darkroom.shown(path, 10**6)).size == (SIDE, 400)


def test_the_box_is_drawn_around_its_place_at_any_size(darkroom: Darkroom, tmp_path: Path) -> None:
    path = picture(tmp_path / "b.png")
    plain = opened(darkroom.shown(path, 200)).convert("RGB")
    boxed = opened(darkroom.shown(path, 200, (100, 50, 160, 110))).convert("RGB")
    assert boxed.getpixel((65, 40)) == plain.getpixel((65, 40))
    assert boxed.getpixel((47, 40)) != plain.getpixel((47, 40))


def test_a_crop_is_what_lies_in_the_box_even_where_the_box_reaches_out(darkroom: Darkroom, tmp_path: Path) -> None:
    path = picture(tmp_path / "c.png")
    crop = opened(darkroom.crop(path, (100, 50, 160, 110)))
    assert (crop.format, crop.size, crop.convert("RGB").getcolors()) == ("PNG", (60, 60), [(3600, (255, 204, 0))])
    assert opened(darkroom.crop(path, (350, 150, 900, 900))).size == (50, 50)


@pytest.mark.parametrize("content", [b"", b"<svg onload='x'/>", b"\xff\xd8\xff half a jpeg", b"GIF89a"])
def test_what_is_no_whole_picture_is_not_shown(darkroom: Darkroom, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "d").write_bytes(content)
    with pytest.raises(Undecodable):
        darkroom.shown(tmp_path / "d", 100)


def test_a_picture_that_ends_its_process_spoils_no_later_one(tmp_path: Path) -> None:
    path = picture(tmp_path / "e.png")
    slow = Darkroom(Limits(seconds=0.0))
    with pytest.raises(Undecodable, match="took too long"):
        slow.shown(path, 100)
    slow.close()
    small = Darkroom(Limits(megabytes=1))
    with pytest.raises(Undecodable, match=r"ended its process|cannot be decoded"):
        small.shown(path, 100)
    small.close()


def _comment(text: str) -> object:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", text)
    return info
