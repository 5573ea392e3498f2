"""A batch looks at every picture; one that kills or stalls its process harms no other."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image

from detectors import batch
from detectors.batch import Limits, detect_many
from detectors.logos import LogoDetector
from records.errors import PipelineFailed


@pytest.fixture
def pictures(tmp_path: Path, scene: Image.Image, marks: dict[str, Path]) -> list[Path]:
    seal = Image.open(marks["seal"]).resize((140, 140))
    marked = scene.copy()
    marked.paste(seal, (300, 200), seal)
    paths = [tmp_path / name for name in ("marked.jpg", "clean.jpg", "broken.jpg", "gone.jpg")]
    marked.save(paths[0])
    scene.save(paths[1])
    paths[2].write_bytes(paths[0].read_bytes()[:5000])
    return paths


def test_each_picture_gets_its_outcome_in_the_order_given(pictures, marks) -> None:
    looks = detect_many(marks, pictures)
    assert [(look.image, look.outcome) for look in looks] == list(
        zip(pictures, ["marked", "clean", "undecodable", "undecodable"], strict=True)
    )
    assert list(looks[0].matches) == LogoDetector(marks).detect(pictures[0])
    assert looks[2].detail == "the image is cut off: its JPEG data has no end"


CHILD = """
import json, os, sys, time
json.loads(sys.stdin.readline()); print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    image = json.loads(line)["image"]
    if "dies" in image: os.abort()
    if "stalls" in image: time.sleep(60)
    if "once" in image and not os.path.exists(image): open(image, "w"); os.abort()
    if "babbles" in image: print("not json", flush=True)
    print(json.dumps({"outcome": "clean", "matches": [], "photos": [], "detail": ""}), flush=True)
"""


def test_a_child_that_dies_stalls_or_babbles_costs_one_picture(tmp_path, monkeypatch, marks) -> None:
    child = tmp_path / "child.py"
    child.write_text(CHILD)
    monkeypatch.setattr(batch, "CHILD", (sys.executable, str(child)))
    names = ["a", "dies", "b", "stalls", "c", "babbles", "d"]
    looks = detect_many(marks, [Path(n) for n in names], limits=Limits(seconds=1), workers=1)
    assert {look.image.name: look.outcome for look in looks} == {
        "a": "clean", "b": "clean", "c": "clean", "d": "clean",
        "dies": "undecodable", "stalls": "undecodable", "babbles": "undecodable",
    }  # fmt: skip
    assert looks[3].detail == "it took longer than 1 s"


def test_a_child_that_ends_once_is_the_machines_fault_and_the_picture_is_looked_at_again(
    tmp_path, monkeypatch, marks
) -> None:
    child = tmp_path / "child.py"
    child.write_text(CHILD)
    monkeypatch.setattr(batch, "CHILD", (sys.executable, str(child)))
    [look] = detect_many(marks, [tmp_path / "once"], workers=1)
    assert look.outcome == "clean"


def test_where_no_child_can_be_started_nothing_is_said_of_any_picture(monkeypatch, marks) -> None:
    monkeypatch.setattr(batch, "CHILD", (sys.executable, "-c", "raise SystemExit"))
    with pytest.raises(PipelineFailed, match="cannot be started"):
        detect_many(marks, [Path("a"), Path("b")])


def test_a_picture_that_needs_more_memory_than_allowed_is_undecodable(tmp_path, marks) -> None:
    large = tmp_path / "large.png"
    Image.new("RGB", (6000, 6000), "white").save(large)
    [look] = detect_many(marks, [large], limits=Limits(megabytes=300))
    assert look.outcome == "undecodable"


def test_no_pictures_start_no_child(marks) -> None:
    assert detect_many(marks, []) == []
