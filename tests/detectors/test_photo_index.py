"""Re-posts of the district's photographs are found, whatever was done to them; other pictures are not."""

from __future__ import annotations

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps

from detectors import photos
from detectors.arrays import Packed
from detectors.images import Undecodable
from detectors.photos import PhotoIndex, TooPlain, as_imagehash, packed_phash


def _drawn(seed: int) -> Image.Image:
    """Soft light with a few large and many small shapes, as in a photograph."""
    random = np.random.default_rng(seed)
    coarse = random.uniform(0, 255, (6, 8, 3)).astype(np.uint8)
    picture = Image.fromarray(coarse).resize((800, 600), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(picture)
    for _ in range(30):
        x, y, w, h = (int(v) for v in random.integers((0, 0, 20, 20), (780, 580, 200, 160)))
        pen.ellipse((x, y, x + w, y + h), fill=tuple(int(v) for v in random.integers(0, 255, 3)))
    return picture


@pytest.fixture(scope="module")
def library(encode) -> PhotoIndex:
    index, refused = PhotoIndex.of((f"photo-{n}", encode(_drawn(n), "JPEG", quality=90)) for n in range(30))
    assert refused == {}
    return index


def _screenshot(picture: Image.Image) -> Image.Image:
    page = Image.new("RGB", (720, 1280), "#fafafa")
    page.paste(picture.resize((640, 480)), (40, 220))
    ImageDraw.Draw(page).text((40, 80), "School news today", fill="black", font_size=40)
    return page


def _lettered(picture: Image.Image) -> Image.Image:
    lettered = picture.copy()
    ImageDraw.Draw(lettered).text(
        (60, 450), "GO TEAM! Friday", fill="white", font_size=60, stroke_width=3, stroke_fill="black"
    )
    return lettered


CHANGES = {
    "re-encoded": lambda p: p,
    "a quarter of the size": lambda p: p.resize((200, 150), Image.Resampling.BOX),
    "cropped by a tenth": lambda p: p.crop((72, 5, 795, 548)),
    "framed": lambda p: ImageOps.expand(p, 60, "white"),
    "mirrored": ImageOps.mirror,
    "in a screenshot": _screenshot,
    "with text on it": _lettered,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_is_found_first(library: PhotoIndex, encode, change: str) -> None:
    for number in (3, 11, 27):
        found = library.find(encode(CHANGES[change](_drawn(number)), "JPEG", quality=45))
        assert found[0].photo == f"photo-{number}"
        assert found[0].mirrored == (change == "mirrored")


def test_a_photograph_that_is_not_in_the_library_is_not_found(library: PhotoIndex, encode) -> None:
    assert [library.find(encode(_drawn(n), "JPEG")) for n in range(100, 110)] == [[]] * 10


def test_even_pictures_are_refused_at_both_ends(library: PhotoIndex, encode) -> None:
    even = encode(Image.new("RGB", (400, 300), "navy"), "PNG")
    index, refused = PhotoIndex.of([("even", even), ("broken", b"no image")])
    assert index.photos == []
    assert list(refused) == ["even", "broken"]
    with pytest.raises(TooPlain, match="too even"):
        library.find(even)
    with pytest.raises(Undecodable):
        library.find(b"no image")


def test_the_hash_is_imagehashs_phash(encode) -> None:
    for seed in range(5):
        grey = _drawn(seed).convert("L")
        ours = as_imagehash(packed_phash(np.asarray(grey, np.float32)))
        assert ours - imagehash.phash(grey, hash_size=16) <= 4  # the two reduce the picture by other filters


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, photos.EXACT))
def test_the_search_misses_nothing_within_its_exact_radius(seed: int, flips: int) -> None:
    random = np.random.default_rng(seed)
    hashes = random.integers(0, 2**63, (200, 8), dtype=np.uint64)
    found = _index(hashes).search(_flipped(random, hashes[17], flips, photos.CONTRAST_RADIUS))
    assert ("17", flips) in [(match.photo, match.distance) for match in found]


def test_what_is_near_in_one_hash_alone_is_not_found() -> None:
    random = np.random.default_rng(5)
    hashes = random.integers(0, 2**63, (200, 8), dtype=np.uint64)
    queries = [
        _flipped(random, hashes[17], *flips) for flips in ((0, photos.CONTRAST_RADIUS + 1), (photos.RADIUS + 1, 0))
    ]
    assert [_index(hashes).search(query) for query in queries] == [[], []]


def _index(hashes: Packed) -> PhotoIndex:
    return PhotoIndex([str(n) for n in range(len(hashes))], np.arange(len(hashes)), hashes)


def _flipped(random: np.random.Generator, row: Packed, *flips: int) -> Packed:
    """A row with so many bits of its first and of its second hash flipped."""
    bits = np.unpackbits(row.view(np.uint8)).reshape(2, 256)
    for half, count in zip(bits, flips, strict=True):
        half[random.permutation(256)[:count]] ^= 1
    return np.packbits(bits).view(np.uint64)


def test_an_empty_library_finds_nothing(encode) -> None:
    index, _ = PhotoIndex.of([])
    assert index.find(encode(_drawn(1), "JPEG")) == []
