"""Evidence pictures: small, with the box where the mark is, and safe to open."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from report_scene import photograph

from reports import pictures

ORANGE = (194, 65, 12)
BOX = (620, 60, 800, 240)


def opened(content: bytes | None) -> Image.Image:
    assert content is not None
    return Image.open(io.BytesIO(content)).convert("RGB")


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) < 60 for a, b in zip(pixel, colour, strict=True))


def test_the_box_is_drawn_around_the_mark_at_the_scale_of_the_small_picture(tmp_path: Path) -> None:
    file = tmp_path / "picture"
    file.write_bytes(photograph(size=(1280, 960)))
    small = opened(pictures.evidence(file, BOX))
    assert small.size == (640, 480)
    left_edge = {near(small.getpixel((x, 75)), ORANGE) for x in range(306, 311)}
    assert True in left_edge
    assert not near(small.getpixel((200, 75)), ORANGE)


def test_without_a_box_nothing_is_drawn(tmp_path: Path) -> None:
    file = tmp_path / "picture"
    file.write_bytes(photograph(size=(600, 400)))
    small = opened(pictures.evidence(file, None))
    assert not any(near(colour, ORANGE) for _, colour in small.getcolors(maxcolors=1 << 20) or [])


def test_a_picture_that_a_phone_turned_is_upright(tmp_path: Path) -> None:
    file = tmp_path / "picture.jpg"
    image = Image.new("RGB", (400, 200), "white")
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(file, exif=exif)
    assert opened(pictures.evidence(file, None)).size == (200, 400)


def truncated(file: Path) -> None:
    file.write_bytes(photograph()[:3000])


def no_picture(file: Path) -> None:
    file.write_bytes(b"<html>not found</html>")


def nothing(file: Path) -> None:
    file.write_bytes(b"")


def bomb(file: Path) -> None:
    Image.new("1", (9000, 9000)).save(file, "PNG")


def absent(file: Path) -> None:
    file.unlink(missing_ok=True)


@pytest.mark.parametrize("spoil", [truncated, no_picture, nothing, bomb, absent])
def test_what_cannot_be_opened_safely_is_no_picture(tmp_path: Path, spoil) -> None:  # type: ignore[no-untyped-def]
    spoil(tmp_path / "picture")
    assert pictures.evidence(tmp_path / "picture", BOX) is None


def test_a_mark_is_shown_on_white_whether_it_is_png_or_svg(tmp_path: Path) -> None:
    png, svg = tmp_path / "seal.png", tmp_path / "seal.svg"
    Image.new("RGBA", (300, 100), (0, 0, 0, 0)).save(png)
    svg.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="3"/></svg>')
    assert opened(pictures.mark(png)).getpixel((5, 5)) == (255, 255, 255)
    assert opened(pictures.mark(svg)).size == (220, 220)
