"""Decoding: every listed format, upright and in 8 bits; hostile bytes are undecodable, never clean."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from detectors import images
from detectors.images import Undecodable, decode

SMOOTH = Image.fromarray(np.add.outer(np.arange(60), np.arange(80)).astype(np.uint8)).convert("RGB")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF", "BMP", "TIFF"])
def test_every_listed_format_decodes_to_the_same_picture(encode, kind: str) -> None:
    [view] = decode(encode(SMOOTH, kind, **({"quality": 90} if kind in {"JPEG", "WEBP", "AVIF", "HEIF"} else {})))
    assert view.shape == (60, 80, 3)
    assert np.abs(view.astype(int) - np.asarray(SMOOTH)).mean() < 4


def test_a_jpeg_2000_is_not_opened(encode) -> None:
    with pytest.raises(Undecodable, match="cannot be decoded"):
        decode(encode(SMOOTH, "JPEG2000"))


def test_exif_rotation_is_applied(encode) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert decode(encode(SMOOTH, "JPEG", exif=exif))[0].shape == (80, 60, 3)


def test_cmyk_becomes_rgb(encode) -> None:
    red = Image.new("CMYK", (20, 10), (0, 255, 255, 0))
    [view] = decode(encode(red, "JPEG", quality=95))
    assert view[5, 10, 0] > 200 and view[5, 10, 1] < 60


def test_sixteen_bit_grey_keeps_its_shades(encode) -> None:
    ramp = Image.fromarray(np.tile(np.arange(0, 65536, 256, dtype=np.uint16), (4, 1)))
    [view] = decode(encode(ramp, "PNG"))
    assert np.abs(view[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_transparency_is_laid_on_white_and_on_black(encode) -> None:
    clear = Image.new("RGBA", (8, 8), (200, 0, 0, 0))
    on_white, on_black = decode(encode(clear, "PNG"))
    assert (on_white == 255).all() and (on_black == 0).all()


def test_an_opaque_alpha_channel_gives_one_view(encode) -> None:
    assert len(decode(encode(SMOOTH.convert("RGBA"), "PNG"))) == 1


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_frames_of_an_animation_are_sampled_to_its_end_and_capped(encode, kind: str) -> None:
    frames = [Image.new("RGB", (16, 16), (20 * i, 20 * i, 20 * i)) for i in range(10)]
    views = decode(encode(frames[0], kind, save_all=True, append_images=frames[1:]))
    assert len(views) == images.MAX_FRAMES
    assert abs(int(views[0].mean()) - 0) < 6 and abs(int(views[-1].mean()) - 180) < 6


def _png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"\0" * 10_000)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [6_325, 9_000, 20_000, 100_000])
def test_a_decompression_bomb_is_refused_before_it_is_loaded(side: int) -> None:
    with pytest.raises(Undecodable, match=r"pixels|cannot be decoded"):
        decode(_png_header(side, side))


def test_a_file_over_the_byte_cap_is_not_read(tmp_path: Path) -> None:
    big = tmp_path / "big.jpg"
    with big.open("wb") as out:
        out.truncate(images.MAX_BYTES + 1)
    with pytest.raises(Undecodable, match="bytes, more than"):
        decode(big)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(
        Undecodable, match=r"gone\.jpg cannot be read: No such file or directory\. Check the data folder\."
    ):
        decode(tmp_path / "gone.jpg")


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<html>Not found</html>", b"\xff\xd8\xff\xe0", b"%PDF-1.7"])
def test_what_is_no_image_is_undecodable_in_one_line(content: bytes) -> None:
    with pytest.raises(Undecodable) as caught:
        decode(content)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF", "BMP", "TIFF"])
def test_a_truncated_file_is_undecodable_at_whatever_byte(encode, kind: str) -> None:
    whole = encode(SMOOTH, kind)
    for length in np.linspace(0, len(whole) - 1, 60).astype(int):
        with pytest.raises(Undecodable):
            decode(whole[:length])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"]), st.data())
def test_fuzzed_headers_never_raise_anything_else(kind: str, data: st.DataObject) -> None:
    import io

    out = io.BytesIO()
    SMOOTH.save(out, kind)
    content = bytearray(out.getvalue())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, min(len(content), 80) - 1))] = data.draw(st.integers(0, 255))
    try:
        views = decode(bytes(content))
    except Undecodable:
        return
    assert all(view.dtype == np.uint8 and view.shape[2] == 3 for view in views)


def test_a_jpeg_whose_tables_no_encoder_writes_is_undecodable(scene: Image.Image, encode) -> None:
    content = bytearray(encode(scene, "JPEG", quality=85))
    first = content.index(b"\xff\xdb") + 5
    content[first + 1] = 232  # the second step of the first table, 3 before
    with pytest.raises(Undecodable, match="tables cannot be an encoder's"):
        decode(bytes(content))
