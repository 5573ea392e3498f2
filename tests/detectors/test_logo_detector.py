"""The logo detector finds a mark where it was put, says which, and stays silent elsewhere."""

from __future__ import annotations

import math
from pathlib import Path

import imagehash
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from detectors.images import Undecodable
from detectors.logos import LogoDetector, LogoMatch


@pytest.fixture(scope="module")
def detector(marks: dict[str, Path]) -> LogoDetector:
    return LogoDetector(marks)


def stamp(
    scene: Image.Image, mark: Path, width: int, at: tuple[int, int], angle: float = 0
) -> tuple[Image.Image, tuple[int, ...]]:
    """The scene with the mark on it, and the mark's box."""
    drawn = Image.open(mark).convert("RGBA")
    drawn = drawn.resize((width, round(width * drawn.height / drawn.width)), Image.Resampling.LANCZOS)
    drawn = drawn.rotate(angle, Image.Resampling.BICUBIC, expand=True)
    page = scene.copy()
    page.paste(drawn, at, drawn)
    return page, (*at, at[0] + drawn.width, at[1] + drawn.height)


def overlap(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    common = max(width, 0) * max(height, 0)
    return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)


@pytest.mark.parametrize("mark", ["seal", "ram"])
@pytest.mark.parametrize(("width", "angle"), [(64, 0), (120, 0), (120, 25), (260, -40)])
def test_a_mark_is_found_in_its_place(detector, scene, marks, encode, mark: str, width: int, angle: float) -> None:
    page, box = stamp(scene, marks[mark], width, (420, 210), angle)
    [match] = detector.detect(encode(page, "JPEG", quality=80))
    assert match.mark == mark
    assert match.strong
    turned = math.cos(math.radians(angle))  # the box of a turned mark holds empty corners
    assert overlap(match.box, box) > 0.75 * turned


def _pale(page: Image.Image, scene: Image.Image) -> Image.Image:
    return Image.blend(scene, page, 0.45)


def _covered(page: Image.Image, _: Image.Image) -> Image.Image:
    covered = page.copy()
    ImageDraw.Draw(covered).rectangle((420, 210, 620, 262), fill="#888888")
    return covered


CHANGES = {
    "grey": lambda page, _: ImageOps.grayscale(page),
    "inverted": lambda page, _: ImageChops.invert(page),
    "duotone": lambda page, _: ImageOps.colorize(ImageOps.grayscale(page), "#3b0a45", "#ffd166"),
    "half transparent": _pale,
    "blurred": lambda page, _: page.filter(ImageFilter.GaussianBlur(1.5)),
    "partly covered": _covered,
    "cut by the edge": lambda page, _: page.crop((470, 0, 800, 600)),
    "half the size": lambda page, _: page.resize((400, 300), Image.Resampling.BOX),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_mark_is_still_found(detector, scene, marks, encode, change: str) -> None:
    page, _ = stamp(scene, marks["seal"], 200, (420, 210))
    found = detector.detect(encode(CHANGES[change](page, scene).convert("RGB"), "JPEG", quality=60))
    assert [match.mark for match in found] == ["seal"]


def test_a_picture_without_a_mark_gives_nothing(detector, scene, encode) -> None:
    assert detector.detect(encode(scene, "JPEG")) == []


@pytest.mark.parametrize("size", [(1, 1), (7, 900), (640, 480)])
def test_flat_and_tiny_pictures_give_nothing(detector, encode, size: tuple[int, int]) -> None:
    assert detector.detect(encode(Image.new("RGB", size, "navy"), "PNG")) == []


def test_two_marks_in_one_picture_are_both_found_surest_first(detector, scene, marks, encode) -> None:
    page, _ = stamp(scene, marks["seal"], 150, (60, 60))
    page, _ = stamp(page, marks["ram"], 150, (500, 300))
    found = detector.detect(encode(page, "JPEG"))
    assert {match.mark for match in found} == {"seal", "ram"}
    assert [m.score for m in found] == sorted((m.score for m in found), reverse=True)


def test_what_is_nearer_to_a_lookalike_is_not_reported(scene, marks, encode) -> None:
    page, _ = stamp(scene, marks["ram"], 150, (500, 300))
    picture = encode(page, "JPEG")
    tinted = LogoDetector({"seal": marks["seal"], "ours": marks["ram"]}, lookalikes={"theirs": marks["ram"]})
    only_seal = LogoDetector({"seal": marks["seal"]}, lookalikes={"theirs": marks["ram"]})
    assert only_seal.detect(picture) == []
    assert [m.mark for m in tinted.detect(picture)] in ([], ["ours"])


def test_a_picture_full_of_a_lookalike_hides_no_mark(scene, marks, encode) -> None:
    detector = LogoDetector({"seal": marks["seal"]}, lookalikes={"theirs": marks["ram"]})
    page, _ = stamp(scene, marks["seal"], 90, (350, 470), angle=20)
    page = page.filter(ImageFilter.GaussianBlur(1.5))
    for number in range(12):
        page, _ = stamp(page, marks["ram"], 150, (20 + number % 4 * 190, 20 + number // 4 * 130))
    assert [m.mark for m in detector.detect(encode(page, "JPEG"))] == ["seal"]


@pytest.mark.parametrize(("cut", "found"), [(0.3, ["seal"]), (0.5, [])])
def test_a_mark_of_which_little_is_in_the_picture_is_left_alone(
    detector, scene, marks, encode, cut: float, found: list[str]
) -> None:
    page, _ = stamp(scene, marks["seal"], 200, (420, 210))
    part = page.crop((420 + round(200 * cut), 0, 800, 600))
    assert [m.mark for m in detector.detect(encode(part, "JPEG"))] == found


def test_versions_of_one_mark_share_its_name(scene, marks, encode) -> None:
    detector = LogoDetector({"crest": [marks["seal"], marks["ram"]]})
    for version in ("seal", "ram"):
        page, _ = stamp(scene, marks[version], 150, (500, 300))
        assert [m.mark for m in detector.detect(encode(page, "JPEG"))] == ["crest"]


def test_an_svg_mark_is_found(scene, tmp_path, encode) -> None:
    shapes = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200"><circle cx="100" cy="100" r="98" fill="#113"/>'
        '<path d="M100 20 L125 80 L180 90 L135 125 L150 180 L100 150 L50 180 L65 125 L20 90 L75 80 Z" fill="#fc3"/>'
        '<rect x="85" y="85" width="30" height="35" fill="#b12"/></svg>'
    )
    svg = tmp_path / "star.svg"
    svg.write_text(shapes)
    import resvg_py

    png = tmp_path / "star.png"
    png.write_bytes(bytes(resvg_py.svg_to_bytes(svg_string=shapes, width=300)))
    page, _ = stamp(scene, png, 140, (300, 200))
    assert [m.mark for m in LogoDetector({"star": svg}).detect(encode(page, "JPEG"))] == ["star"]


def test_the_answer_is_the_same_for_bytes_and_file_and_twice(detector, scene, marks, encode, tmp_path) -> None:
    page, _ = stamp(scene, marks["ram"], 120, (100, 100), 15)
    content = encode(page, "JPEG", quality=70)
    path = tmp_path / "post.jpg"
    path.write_bytes(content)
    assert detector.detect(content) == detector.detect(path) == LogoDetector(marks).detect(content)


def test_the_reasons_hold_two_hashes_in_imagehash_form(marks, scene, encode) -> None:
    page, _ = stamp(scene, marks["seal"], 200, (420, 210))
    [match] = LogoDetector(marks).detect(encode(page, "JPEG"))
    assert isinstance(match, LogoMatch)
    one, other = (imagehash.hex_to_flathash(h, 16) for h in (match.why.reference_hash, match.why.image_hash))
    assert one - other == match.why.distance


def test_the_reference_digest_names_content_and_not_place(marks, tmp_path) -> None:
    copied = {name: tmp_path / f"{name}-copy.png" for name in marks}
    for name, path in marks.items():
        copied[name].write_bytes(path.read_bytes())
    assert LogoDetector(copied).references == LogoDetector(marks).references
    assert LogoDetector({"seal": marks["seal"]}).references != LogoDetector(marks).references
    assert LogoDetector({"seal": marks["seal"]}, {"ram": marks["ram"]}).references != LogoDetector(marks).references


def test_a_reference_that_is_no_picture_is_named(tmp_path) -> None:
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"hello")
    with pytest.raises(Undecodable, match=r"reference mark bad\.png cannot be drawn"):
        LogoDetector({"bad": bad})
