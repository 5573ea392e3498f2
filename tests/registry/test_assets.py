"""Marks and lookalikes: what is accepted as a picture, versions, and the files a detector gets."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from roster_kit import AT

from records.errors import BadInput
from registry import Registry, pictures

LATER = AT + timedelta(days=1)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><circle cx="10" cy="10" r="9"/></svg>'
Picture = Callable[..., Path]


def bomb(path: Path) -> Path:
    """A PNG of a few bytes that claims 60,000 x 60,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    return path


def test_a_newer_drawing_is_a_new_version_and_the_same_again_is_none(registry: Registry, picture: Picture) -> None:
    red, blue = picture("red.png", colour="red"), picture("blue.jpg", colour="blue")
    first = registry.add_mark("seal", "The seal", red, "it", AT)
    assert registry.add_mark("seal", "The seal", red, "somebody", LATER) == first
    second = registry.add_mark("seal", "The new seal", blue, "it", LATER)
    assert (first.version, first.media_type) == (1, "image/png")
    assert (second.version, second.media_type, second.title) == (2, "image/jpeg", "The new seal")
    assert registry.marks() == [second]
    assert [(e.action, e.subject, e.data["version"]) for e in registry.outbox()] == [
        ("mark.added", "seal", "1"),
        ("mark.added", "seal", "2"),
    ]


def test_a_detector_gets_every_version_and_the_lookalikes_as_files(
    registry: Registry, picture: Picture, tmp_path: Path
) -> None:
    svg = tmp_path / "mascot.svg"
    svg.write_text(SVG)
    red, blue, club = picture("red.png"), picture("blue.png", colour="blue"), picture("club.webp", colour="green")
    registry.add_mark("seal", "The seal", red, "it", AT)
    registry.add_mark("seal", "The seal", blue, "it", LATER)
    registry.add_mark("mascot", "The otter", svg, "it", AT)
    registry.add_lookalike("club", "A club", club, "it", AT)
    references = registry.materialise_references(tmp_path / "references")
    assert {mark: [p.read_bytes() for p in paths] for mark, paths in references.marks.items()} == {
        "mascot": [svg.read_bytes()],
        "seal": [red.read_bytes(), blue.read_bytes()],
    }
    assert {name: p.read_bytes() for name, p in references.lookalikes.items()} == {"club": club.read_bytes()}
    assert references.marks["mascot"][0].suffix == ".svg"
    assert registry.materialise_references(tmp_path / "references") == references


def test_a_damaged_reference_file_is_written_again(registry: Registry, picture: Picture, tmp_path: Path) -> None:
    registry.add_mark("seal", "The seal", picture("red.png"), "it", AT)
    (path,) = registry.materialise_references(tmp_path / "references").marks["seal"]
    path.write_bytes(b"damaged")
    registry.materialise_references(tmp_path / "references")
    assert path.read_bytes() == (tmp_path / "red.png").read_bytes()
    assert list(path.parent.iterdir()) == [path]


def test_the_digest_of_the_references_changes_with_any_of_them(
    registry: Registry, picture: Picture, tmp_path: Path
) -> None:
    digests = []
    for add in (
        lambda: registry.add_mark("seal", "Seal", picture("red.png"), "it", AT),
        lambda: registry.add_mark("seal", "Seal", picture("blue.png", colour="blue"), "it", AT),
        lambda: registry.add_lookalike("club", "Club", picture("green.png", colour="green"), "it", AT),
    ):
        add()
        digests.append(registry.materialise_references(tmp_path / "references").digest)
    assert len(set(digests)) == 3


def test_a_lookalike_keeps_its_picture(registry: Registry, picture: Picture) -> None:
    first = registry.add_lookalike("club", "A club", picture("red.png"), "it", AT)
    assert registry.add_lookalike("club", "A club", picture("red.png"), "it", LATER) == first
    with pytest.raises(BadInput, match="The lookalike 'club' is another picture"):
        registry.add_lookalike("club", "A club", picture("blue.png", colour="blue"), "it", LATER)
    assert registry.lookalikes() == [first]


@pytest.mark.parametrize("mark_id", ["", "The Seal", "../seal", "s" * 65, "-seal"])
def test_an_id_that_could_be_no_file_name_is_refused(registry: Registry, picture: Picture, mark_id: str) -> None:
    with pytest.raises(BadInput, match="cannot be an id"):
        registry.add_mark(mark_id, "The seal", picture("red.png"), "it", AT)


def test_a_mark_without_a_title_is_refused(registry: Registry, picture: Picture) -> None:
    with pytest.raises(BadInput, match="'seal' has no title"):
        registry.add_mark("seal", " ", picture("red.png"), "it", AT)


def refused(registry: Registry, path: Path) -> str:
    before = registry.outbox()
    with pytest.raises(BadInput) as error:
        registry.add_mark("seal", "The seal", path, "it", AT)
    assert (registry.marks(), registry.outbox()) == ([], before)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_pictures_that_are_too_small_or_too_large_are_refused(
    registry: Registry, picture: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused(registry, picture("dot.png", size=(1, 1))).startswith("dot.png is 1x1 pixels")
    assert refused(registry, bomb(tmp_path / "bomb.png")).startswith("bomb.png has more than 40,000,000 pixels")
    monkeypatch.setattr(pictures, "MAX_BYTES", 1 << 20)
    heavy = tmp_path / "heavy.png"
    heavy.write_bytes(b"\0" * ((1 << 20) + 1))
    assert refused(registry, heavy) == "heavy.png is larger than 1 MB. Save it smaller."


@pytest.mark.parametrize("content", [b"", b"not a picture", b"<html></html>", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused(registry: Registry, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "seal.png"
    path.write_bytes(content)
    assert refused(registry, path).startswith("seal.png is not a picture that can be read")


def test_a_truncated_picture_is_refused(registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "seal.png"
    Image.effect_noise((80, 80), 50).save(path)
    path.write_bytes(path.read_bytes()[:-2000])
    assert refused(registry, path).startswith("seal.png is not a picture that can be read")


@pytest.mark.parametrize("name", ["none.png", "."])
def test_a_picture_that_cannot_be_opened_is_refused(registry: Registry, tmp_path: Path, name: str) -> None:
    assert "cannot be read" in refused(registry, tmp_path / name)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "is not an SVG picture that can be drawn"),
        ("<svg", "is not an SVG picture that can be drawn"),
        ("<html></html>", "is not an SVG picture that can be drawn"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "refers to something outside itself"),
        (SVG.replace("<circle", '<image href="/etc/passwd"/><circle'), "refers to something outside itself"),
        (SVG.replace("0 0 40 20", "0 0 40 0.01"), "pixels"),
    ],
)
def test_an_svg_that_cannot_be_drawn_by_itself_is_refused(
    registry: Registry, tmp_path: Path, content: str, problem: str
) -> None:
    path = tmp_path / "seal.svg"
    path.write_text(content)
    assert problem in refused(registry, path)
