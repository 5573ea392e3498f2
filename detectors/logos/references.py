"""Reference marks made ready: drawn from PNG or SVG, their patches hashed, their edges kept."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import resvg_py
from PIL import Image

from detectors.arrays import Floats, Packed
from detectors.images import Undecodable
from detectors.logos.hashes import coefficients, distance, inverted, pack
from detectors.logos.inks import shares
from detectors.logos.keypoints import find
from detectors.logos.scene import opponents
from detectors.logos.structure import field, stronger
from detectors.logos.verify import MARGIN, Canvas
from detectors.logos.voting import Landmarks

DRAWN = 512  # longer side of the largest drawing
SIDES = (44, 64, 96, 144, 216)
SAME = 8  # bits: patches nearer than this, at the same place of two drawings, are kept once
PATCHES = 160  # of one drawing, at most
CANVASES = (40, 84)  # pixels: sides of the square that has the area of the canvas
LONGEST_CANVAS = 2.4  # times that side, for very long marks
GROUNDS = (255, 0)
PATCH_GROUNDS = (255, 0, 128)
LANDMARK_FIELDS = ("mark", "place", "size", "angle")


@dataclass(frozen=True, slots=True)
class Reference:
    """One version of a mark: whose, its shape (width, height; longer side 1) and its canvases by side."""

    mark: str
    lookalike: bool
    shape: tuple[float, float]
    canvases: Mapping[int, Canvas]

    @property
    def sides(self) -> tuple[Canvas, Canvas]:
        """The small canvas and the large one."""
        small, large = (self.canvases[side] for side in sorted(self.canvases))
        return small, large


@dataclass(frozen=True, slots=True)
class ReferenceSet:
    """All that a detector compares with. ``digest`` names the content."""

    references: Sequence[Reference]
    landmarks: Landmarks
    hashes: Packed
    digest: str


def draw(content: bytes, name: str) -> Image.Image:
    """A mark's file (PNG with transparency, SVG, or another raster) as RGBA, trimmed, longer side :data:`DRAWN`."""
    try:
        if b"<svg" in content[:4096]:
            content = bytes(resvg_py.svg_to_bytes(svg_string=content.decode(), width=DRAWN * 2))
        with Image.open(io.BytesIO(content)) as opened:
            mark = opened.convert("RGBA")
    except (OSError, ValueError) as error:
        raise Undecodable(f"reference mark {name} cannot be drawn: {error}", "Give a PNG or SVG file") from error
    mark = mark.crop(mark.getchannel("A").point(lambda a: 255 if a > 8 else 0).getbbox() or (0, 0, *mark.size))
    return _resized(mark, DRAWN)


def _resized(mark: Image.Image, side: int) -> Image.Image:
    factor = side / max(mark.size)
    return mark.resize(
        (max(1, round(mark.width * factor)), max(1, round(mark.height * factor))), Image.Resampling.LANCZOS
    )


def on_ground(mark: Image.Image, ground: int, margin: int) -> Floats:
    """(h, w, 3): ``mark`` in colour on an even ground with a margin."""
    page = Image.new("RGBA", (mark.width + 2 * margin, mark.height + 2 * margin), (ground, ground, ground, 255))
    page.alpha_composite(mark, (margin, margin))
    return np.asarray(page.convert("RGB"), np.float32)


def _landmarks(number: int, mark: Image.Image) -> tuple[Landmarks, Packed]:
    drawings = [_resized(mark, side) for side in SIDES]
    parts = [_of_drawing(number, drawing, shade) for drawing in drawings for shade in _shades(drawing)]
    return _once(_joined([part[0] for part in parts]), np.concatenate([part[1] for part in parts]))


def _joined(parts: Sequence[Landmarks]) -> Landmarks:
    return Landmarks(*(np.concatenate([getattr(part, name) for part in parts]) for name in LANDMARK_FIELDS))


def _once(landmarks: Landmarks, hashes: Packed) -> tuple[Landmarks, Packed]:
    """Without the patches that look the same on another ground."""
    keep: list[int] = []
    spots = np.round(np.column_stack([landmarks.place * 50, np.log2(landmarks.size) * 3, landmarks.angle * 4]))
    seen: dict[tuple[float, ...], list[int]] = {}
    for row, spot in enumerate(map(tuple, spots)):
        there = seen.setdefault(spot, [])
        if not there or distance(hashes[there], hashes[row : row + 1]).min() > SAME:
            there.append(row)
            keep.append(row)
    return Landmarks(*(getattr(landmarks, name)[keep] for name in LANDMARK_FIELDS)), hashes[keep]


def _shades(drawing: Image.Image) -> list[Floats]:
    """What patches are taken from: the drawing in grey on each ground, and its opponent colours."""
    pages = [on_ground(drawing, ground, max(drawing.size) // 4) for ground in PATCH_GROUNDS]
    greys = [np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), np.float32) for page in pages]
    return [*greys, *opponents(pages[0])]


def _of_drawing(number: int, drawing: Image.Image, shade: Floats) -> tuple[Landmarks, Packed]:
    side, margin = max(drawing.size), max(drawing.size) // 4
    found = find(shade, PATCHES)
    place = (found.place - [margin + (drawing.width - 1) / 2, margin + (drawing.height - 1) / 2]) / side
    inside = (np.abs(place) <= np.array(drawing.size) / (2 * side) + 0.02).all(1)
    place, size, angle = place[inside].astype(np.float32), found.size[inside] / side, found.angle[inside]
    hashes = pack(coefficients(found.patches[inside]) > 0)
    turned = (angle + np.pi).astype(np.float32)
    both = Landmarks(
        np.full(2 * len(size), number),
        np.concatenate([place, place]),
        np.concatenate([size, size]),
        np.concatenate([angle, turned]),
    )
    return both, np.concatenate([hashes, inverted(hashes)])


def _canvas(mark: Image.Image, side: int) -> Canvas:
    longer = round(side * min(np.sqrt(max(mark.size) / min(mark.size)), LONGEST_CANVAS))
    drawing = _resized(mark, longer)
    edges = stronger(*(field(on_ground(drawing, ground, MARGIN)) for ground in GROUNDS))
    around = ((MARGIN, MARGIN), (MARGIN, MARGIN), (0, 0))
    return Canvas.of(edges, np.pad(shares(mark, drawing.size), around), longer)


def content_digest(marks: Mapping[str, Sequence[Path]], lookalikes: Mapping[str, Path]) -> str:
    """SHA-256 (hex) over names and contents of the reference files; where they lie does not matter."""
    digest = hashlib.sha256()
    for name, lookalike, path in _named(marks, lookalikes):
        digest.update(f"{name}\0{lookalike}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _named(marks: Mapping[str, Sequence[Path]], lookalikes: Mapping[str, Path]) -> list[tuple[str, bool, Path]]:
    """(name, is a lookalike, file) of each reference, in the order of their names."""
    ours = [(name, False, path) for name, paths in sorted(marks.items()) for path in paths]
    return ours + [(name, True, path) for name, path in sorted(lookalikes.items())]


def prepare(marks: Mapping[str, Sequence[Path]], lookalikes: Mapping[str, Path]) -> ReferenceSet:
    """The reference set of these files, in the order of their names."""
    references, parts = [], []
    for number, (name, lookalike, path) in enumerate(_named(marks, lookalikes)):
        mark = draw(path.read_bytes(), path.name)
        side = max(mark.size)
        shape = (mark.width / side, mark.height / side)
        references.append(Reference(name, lookalike, shape, {s: _canvas(mark, s) for s in CANVASES}))
        parts.append(_landmarks(number, mark))
    landmarks = _joined([part[0] for part in parts])
    return ReferenceSet(references, landmarks, np.concatenate([p[1] for p in parts]), content_digest(marks, lookalikes))
