"""The district's photographs are hashed once, kept by content, and looked for in every picture of a batch."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from detectors import photo_library, photo_use
from detectors.batch import detect_many
from detectors.logos.observe import Shown
from detectors.photo_library import library
from detectors.photos import EXACT, RADIUS, PhotoMatch
from records.model import Evidence, Observation

NOW = datetime(2026, 10, 19, 11, tzinfo=UTC)


def _saved(path: Path, seed: int) -> Path:
    coarse = np.random.default_rng(seed).uniform(0, 255, (9, 12, 3)).astype(np.uint8)
    Image.fromarray(coarse).resize((480, 360), Image.Resampling.BICUBIC).save(path)
    return path


@pytest.fixture
def photos(tmp_path: Path) -> dict[str, list[Path]]:
    """Two photographs, one of them in two versions, and one that is too plain to be told from others."""
    plain = tmp_path / "plain.png"
    Image.new("RGB", (480, 360), "navy").save(plain)
    versions = [_saved(tmp_path / f"fair{n}.png", n) for n in range(2)]
    return {"fair": versions, "choir": [_saved(tmp_path / "choir.png", 2)], "plain": [plain]}


def test_every_version_is_found_and_what_is_plain_is_not_in_it(photos, tmp_path) -> None:
    index = library(photos, tmp_path / "kept")
    for name in ("fair", "choir"):
        for version in photos[name]:
            assert [(m.photo, m.distance) for m in index.find(version)] == [(name, 0)]


def test_a_photograph_is_hashed_once_whatever_else_changes(photos, tmp_path, monkeypatch) -> None:
    first = library(photos, tmp_path / "kept")
    hashed = []
    monkeypatch.setattr(photo_library, "_hashed", lambda file: hashed.append(file) or np.zeros((0, 8), np.uint64))
    again = library(photos, tmp_path / "kept")
    assert hashed == []
    assert again.find(photos["choir"][0]) == first.find(photos["choir"][0])
    added = _saved(tmp_path / "new.png", 3)
    library({**photos, "new": [added]}, tmp_path / "kept")
    assert hashed == [added]


def test_a_damaged_file_is_made_anew(photos, tmp_path) -> None:
    library(photos, tmp_path / "kept")
    [kept] = (tmp_path / "kept").iterdir()
    kept.write_bytes(b"PK\x03\x04 not a zip")
    assert [m.photo for m in library(photos, tmp_path / "kept").find(photos["choir"][0])] == ["choir"]


def test_a_batch_says_which_photographs_its_pictures_show(photos, tmp_path, marks, scene) -> None:
    mirrored, other = tmp_path / "mirrored.jpg", tmp_path / "other.jpg"
    ImageOps.mirror(Image.open(photos["choir"][0])).save(mirrored, quality=60)
    scene.save(other)
    looks = detect_many(marks, [mirrored, other], photos=photos, cache=tmp_path / "kept", workers=1)
    assert [(look.outcome, [(p.photo, p.mirrored) for p in look.photos]) for look in looks] == [
        ("marked", [("choir", True)]),
        ("clean", []),
    ]


def test_an_observation_names_the_photograph_and_how_near_it_is() -> None:
    shown = Shown("x:post:1", "acc-1", "f" * 64, NOW, Evidence("b1", 7))
    [seen] = photo_use.observe(shown, [PhotoMatch("choir", 12, True, "ab" * 32)], "2", "abc", NOW)
    assert seen == Observation(
        observation_id=seen.observation_id,
        rule="photo-use",
        rule_version=1,
        clause="4.9",
        account_id="acc-1",
        record_id="x:post:1",
        subject="choir",
        confidence=0.99,
        strong=True,
        evidence=Evidence("b1", 7),
        observed_at=NOW,
        posted_at=NOW,
        media_sha256="f" * 64,
        details={
            "hash_distance": "12 of 256 bits",
            "image_hash": "ab" * 32,
            "mirrored": "yes",
            "detector": "2",
            "references": "abc",
        },
    )


def test_a_farther_match_is_less_sure_and_not_strong() -> None:
    shown = Shown("x:post:1", "acc-1", "f" * 64, NOW, None)
    near, far = (
        photo_use.observe(shown, [PhotoMatch("choir", d, False, "")], "2", "a", NOW)[0] for d in (EXACT, RADIUS)
    )
    assert (near.confidence, near.strong, far.confidence, far.strong) == (0.99, True, 0.85, False)
    assert near.observation_id == far.observation_id
