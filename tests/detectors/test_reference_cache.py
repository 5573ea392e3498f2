"""Prepared reference sets are kept by content and version, and remade when damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectors.batch import detect_many
from detectors.images import Undecodable
from detectors.logos import LogoDetector


def test_a_cached_set_gives_the_same_matches_and_is_not_made_again(tmp_path, marks, scene, encode) -> None:
    from PIL import Image

    seal = Image.open(marks["seal"]).resize((150, 150))
    page = scene.copy()
    page.paste(seal, (200, 100), seal)
    picture = encode(page, "JPEG")
    fresh = LogoDetector(marks, cache=tmp_path)
    [kept] = tmp_path.iterdir()
    written = kept.stat().st_mtime_ns
    again = LogoDetector(marks, cache=tmp_path)
    assert again.references == fresh.references == LogoDetector(marks).references
    assert again.detect(picture) == fresh.detect(picture) == LogoDetector(marks).detect(picture)
    assert kept.stat().st_mtime_ns == written


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 not a zip", b"\0" * 2000])
def test_a_damaged_cache_file_is_remade(tmp_path, marks, damage: bytes) -> None:
    LogoDetector(marks, cache=tmp_path)
    [kept] = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage)
    assert LogoDetector(marks, cache=tmp_path).references == LogoDetector(marks).references
    assert len(kept.read_bytes()) == len(whole)


def test_other_content_and_another_version_are_kept_apart(tmp_path, marks, monkeypatch) -> None:
    LogoDetector(marks, cache=tmp_path)
    LogoDetector({"seal": marks["seal"]}, cache=tmp_path)
    monkeypatch.setattr("detectors.logos.detector.VERSION", "another")
    LogoDetector(marks, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 3


def test_a_mark_that_cannot_be_drawn_stops_the_batch_before_any_picture(tmp_path, marks) -> None:
    bad = tmp_path / "bad.svg"
    bad.write_text("<svg")
    with pytest.raises(Undecodable, match=r"reference mark bad\.svg cannot be drawn"):
        detect_many({**marks, "bad": bad}, [Path("anything.jpg")])
