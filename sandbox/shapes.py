"""A drawing as data, so that the same one can be painted with Pillow and written as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from sandbox.paint import Colour, Point


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse in the box x0, y0, x1, y1."""

    box: tuple[float, float, float, float]
    fill: Colour


@dataclass(frozen=True, slots=True)
class Polygon:
    """A filled polygon."""

    points: Sequence[Point]
    fill: Colour


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line of some width through points, with round ends."""

    points: Sequence[Point]
    colour: Colour
    width: float


Shape = Ellipse | Polygon | Stroke


def painted(shapes: Sequence[Shape], size: int, grid: int) -> Image.Image:
    """``shapes``, drawn on a square of ``grid``, as an image of ``size`` pixels with transparency."""
    fine = Image.new("RGBA", (size * 2, size * 2))
    draw = ImageDraw.Draw(fine)
    for shape in shapes:
        _paint(draw, shape, 2 * size / grid)
    return fine.reduce(2)


def _paint(draw: ImageDraw.ImageDraw, shape: Shape, scale: float) -> None:
    if isinstance(shape, Ellipse):
        draw.ellipse([v * scale for v in shape.box], fill=shape.fill)
        return
    points = [(x * scale, y * scale) for x, y in shape.points]
    if isinstance(shape, Polygon):
        draw.polygon(points, fill=shape.fill)
        return
    draw.line(points, fill=shape.colour, width=round(shape.width * scale), joint="curve")
    half = shape.width * scale / 2
    for x, y in (points[0], points[-1]):
        draw.ellipse((x - half, y - half, x + half, y + half), fill=shape.colour)


def svg(shapes: Sequence[Shape], grid: int, title: str) -> str:
    """``shapes`` as an SVG document."""
    body = "\n".join(f"  {_svg(shape)}" for shape in shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {grid} {grid}"><title>{title}</title>\n{body}\n</svg>\n'
    )


def _svg(shape: Shape) -> str:
    if isinstance(shape, Ellipse):
        x0, y0, x1, y1 = shape.box
        centre = f'cx="{(x0 + x1) / 2:g}" cy="{(y0 + y1) / 2:g}" rx="{(x1 - x0) / 2:g}" ry="{(y1 - y0) / 2:g}"'
        return f'<ellipse {centre} fill="rgb{shape.fill}"/>'
    points = " ".join(f"{x:g},{y:g}" for x, y in shape.points)
    if isinstance(shape, Polygon):
        return f'<polygon points="{points}" fill="rgb{shape.fill}"/>'
    line = f'fill="none" stroke="rgb{shape.colour}" stroke-width="{shape.width:g}" stroke-linecap="round"'
    return f'<polyline points="{points}" {line} stroke-linejoin="round"/>'
