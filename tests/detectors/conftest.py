"""Marks and pictures drawn for these tests: no photograph is committed."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

Encode = Callable[..., bytes]


def _seal() -> Image.Image:
    mark = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    pen = ImageDraw.Draw(mark)
    pen.ellipse((4, 4, 396, 396), fill="#0b2d5c", outline="#d8a31a", width=10)
    pen.ellipse((70, 70, 330, 330), fill="#f4efe1", outline="#d8a31a", width=6)
    pen.polygon([(200, 95), (290, 190), (255, 190), (255, 270), (145, 270), (145, 190), (110, 190)], fill="#7a1420")
    pen.rectangle((180, 215, 220, 270), fill="#f4efe1")
    pen.line((120, 290, 280, 290), fill="#0b2d5c", width=8)
    pen.arc((135, 280, 265, 330), 0, 180, fill="#0b2d5c", width=6)
    for turn in range(24):
        angle = 2 * np.pi * turn / 24
        x, y, r = 200 + 160 * np.cos(angle), 200 + 160 * np.sin(angle), 5 + 4 * (turn * 7 % 3)
        pen.rectangle((x - r, y - r, x + r, y + r), fill="#f4efe1")
    return mark


def _ram() -> Image.Image:
    mark = Image.new("RGBA", (420, 300), (0, 0, 0, 0))
    pen = ImageDraw.Draw(mark)
    pen.polygon(
        [(10, 20), (130, 10), (210, 110), (290, 10), (410, 20), (330, 170), (210, 290), (90, 170)], fill="#14532d"
    )
    pen.polygon([(60, 50), (120, 45), (200, 140), (150, 160)], fill="#facc15")
    pen.polygon([(360, 50), (300, 45), (220, 140), (270, 160)], fill="#ffffff")
    pen.ellipse((140, 165, 175, 200), fill="#ffffff")
    pen.ellipse((245, 165, 280, 200), fill="#facc15")
    pen.rectangle((190, 210, 230, 255), fill="#facc15")
    return mark


@pytest.fixture(scope="session")
def marks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two marks as PNG with transparency: ``seal`` and ``ram``."""
    folder = tmp_path_factory.mktemp("marks")
    drawn = {"seal": _seal(), "ram": _ram()}
    for name, mark in drawn.items():
        mark.save(folder / f"{name}.png")
    return {name: folder / f"{name}.png" for name in drawn}


@pytest.fixture(scope="session")
def scene() -> Image.Image:
    """A busy picture of 800 x 600 pixels without a mark: soft light, furniture and grain."""
    noise = np.random.default_rng(7)
    height, width = 600, 800
    light = np.add.outer(np.linspace(60, 180, height), 40 * np.sin(np.linspace(0, 9, width)))
    grain = noise.normal(0, 7, (height, width))
    picture = Image.fromarray(
        np.clip(np.stack([light, light * 0.9 + 15, light * 0.7 + 40], 2) + grain[..., None], 0, 255).astype(np.uint8)
    )
    pen = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y, w, h = (int(v) for v in noise.integers((0, 0, 15, 15), (760, 560, 140, 110)))
        shade = tuple(int(v) for v in noise.integers(20, 235, 3))
        (pen.rectangle if w % 2 else pen.ellipse)((x, y, x + w, y + h), fill=shade, outline="black")
    return picture


@pytest.fixture(scope="session")
def encode() -> Encode:
    """Encodes a picture: ``encode(image, "JPEG", quality=80)``."""

    def as_bytes(image: Image.Image, kind: str, **options: object) -> bytes:
        out = io.BytesIO()
        image.save(out, kind, **options)
        return out.getvalue()

    return as_bytes
