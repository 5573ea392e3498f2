"""Hostile picture files through the whole detector: children, limits and all.

    python -m benchmarks hostile [--files 600]

The files are made from one picture that shows a mark: cut off at offsets over their whole length, with header bytes
changed, and bombs and things that are no pictures. None may be called clean and none may end the batch: what still
opens must still show the mark, and the rest is undecodable. A changed file that every viewer shows as another picture
(no format but PNG has check sums) may be clean, and is counted apart.
"""

from __future__ import annotations

import argparse
import io
import struct
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from detectors.batch import Look, detect_many
from detectors.images import MAX_BYTES, decode

KINDS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
HEADER = 64  # first bytes that are changed
ANOTHER = 4.0  # grey levels by which pictures differ on average, ten times what packing as JPEG does


def mark() -> Image.Image:
    """A made-up emblem with transparency."""
    drawn = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((4, 4, 296, 296), fill="#0b2d5c", outline="#d8a31a", width=12)
    pen.ellipse((60, 60, 240, 240), fill="#f4efe1")
    pen.polygon([(150, 70), (215, 140), (190, 140), (190, 205), (110, 205), (110, 140), (85, 140)], fill="#7a1420")
    for turn in range(16):
        angle = 2 * np.pi * turn / 16
        x, y, r = 150 + 118 * np.cos(angle), 150 + 118 * np.sin(angle), 5 + 4 * (turn * 7 % 3)
        pen.rectangle((x - r, y - r, x + r, y + r), fill="#f4efe1")
    return drawn


def hostile(shown: Image.Image) -> Iterator[tuple[str, bytes]]:
    """(name, content) of the files, the same each time; ``shown`` is the picture of the mark on its ground."""
    page = _page(shown)
    yield "whole.png", _encoded(page, "PNG")
    random = np.random.default_rng(4)
    for kind in KINDS:
        whole = _encoded(page, kind)
        for length in np.linspace(0, len(whole) - 1, 48).astype(int):
            yield f"cut-{length}.{kind.lower()}", whole[:length]
        for number in range(24):
            yield f"changed-{number}.{kind.lower()}", _changed(whole, random)
    yield from _bombs()
    yield from _no_pictures()


def _page(shown: Image.Image) -> Image.Image:
    page = Image.new("RGB", (320, 240), "#c8d2c0")
    small = shown.resize((180, 180))
    page.paste(small, (70, 30), small)
    return page


def _encoded(page: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    page.save(out, kind, quality=85)
    return out.getvalue()


def _changed(whole: bytes, random: np.random.Generator) -> bytes:
    content = bytearray(whole)
    for at in random.integers(0, min(HEADER, len(content)), random.integers(1, 9)):
        content[at] = random.integers(0, 256)
    return bytes(content)


def _bombs() -> Iterator[tuple[str, bytes]]:
    for side in (6_400, 9_000, 20_000, 65_535, 2_000_000):
        yield f"bomb-{side}.png", _png(side, side)
        yield f"strip-{side}.png", _png(side * 40, 1)
        yield (
            f"bomb-{side}.bmp",
            b"BM" + struct.pack("<IHHIIiiHHIIiiII", 0, 0, 0, 54, 40, side, side, 1, 24, 0, 0, 0, 0, 0, 0),
        )
        yield f"bomb-{side}.gif", b"GIF89a" + struct.pack("<HHBBB", side % 65_536, 65_535, 0, 0, 0) + b";"
    yield "heavy.jpg", b"\xff\xd8\xff\xe0" + bytes(MAX_BYTES)


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 20_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _no_pictures() -> Iterator[tuple[str, bytes]]:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
    yield from {
        "empty.jpg": b"",
        "page.jpg": b"<html>Not found</html>",
        "paper.png": b"%PDF-1.7\n%%EOF",
        "script.png": svg,
        "zip.webp": b"PK\x05\x06" + bytes(18),
        "old.jp2": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(99),
        "film.gif": b"\0\0\0\x18ftypmp42" + bytes(99),
        "print.jpg": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    }.items()
    random = np.random.default_rng(9)
    for number in range(24):
        yield f"noise-{number}.jpg", b"\xff\xd8\xff" * (number % 2) + random.bytes(500 * number)


def another(content: bytes) -> bool:
    """Whether a file opens as another picture than the one that it was made from."""
    seen, made = decode(content)[0], decode(_encoded(_page(mark()), "PNG"))[0]
    return seen.shape != made.shape or float(np.abs(seen.astype(int) - made).mean()) > ANOTHER


def look(files: Sequence[tuple[str, bytes]], shown: Image.Image, workers: int | None = None) -> list[Look]:
    """What a batch says of the files."""
    with tempfile.TemporaryDirectory() as folder:
        reference = Path(folder) / "mark.png"
        shown.save(reference)
        paths = [Path(folder) / f"{number:04}-{name}" for number, (name, _) in enumerate(files)]
        for path, (_, content) in zip(paths, files, strict=True):
            path.write_bytes(content)
        return detect_many({"emblem": reference}, paths, workers=workers)


def main() -> None:
    """Prints the outcomes; ends with status 1 where a file is called clean."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--files", type=int, default=600)
    asked = ask.parse_args()
    files = list(hostile(mark()))[: asked.files]
    started = time.perf_counter()
    looks = look(files, mark())
    print(f"{len(looks)} files in {time.perf_counter() - started:.0f} s: {dict(Counter(one.outcome for one in looks))}")
    clean = [
        (one.image.name, content) for one, (_, content) in zip(looks, files, strict=True) if one.outcome == "clean"
    ]
    wrong = [name for name, content in clean if not another(content)]
    print(f"{len(clean) - len(wrong)} of them open as another picture; {len(wrong)} are wrongly called clean")
    if wrong:
        raise SystemExit(f"called clean: {', '.join(wrong)}")
