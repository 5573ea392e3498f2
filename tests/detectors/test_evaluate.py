"""A district measures the detector on its own pictures."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from detectors.evaluate import Share, evaluate
from records.errors import BadInput


@pytest.fixture
def folder(tmp_path: Path, scene: Image.Image, marks: dict[str, Path]) -> Path:
    """Two pictures with the seal and two without; one of each is wrong: a tiny seal, and a ram called none."""
    for place in ("marks", "with/seal", "without"):
        (tmp_path / place).mkdir(parents=True)
    for path in marks.values():
        shutil.copy(path, tmp_path / "marks")
    for name, mark, width in (
        ("with/seal/large", "seal", 160),
        ("with/seal/tiny", "seal", 12),
        ("without/ram", "ram", 160),
    ):
        page, drawn = scene.copy(), Image.open(marks[mark])
        drawn = drawn.resize((width, round(width * drawn.height / drawn.width)))
        page.paste(drawn, (300, 200), drawn)
        page.save(tmp_path / f"{name}.jpg")
    scene.save(tmp_path / "without/scene.jpg")
    return tmp_path


def test_recall_and_false_positives_are_counted_by_group(folder: Path) -> None:
    report = evaluate(folder)
    assert report.recall == {"all": Share(1, 2), "mark seal": Share(1, 2), "with": Share(1, 2)}
    assert report.false_positives == {"all": Share(1, 2), "without": Share(1, 2)}
    assert report.precision == {"all": Share(1, 2), "mark ram": Share(0, 1), "mark seal": Share(1, 1)}
    assert "50.00%" in str(report) and "smaller than 32 pixels" in str(report)


def test_the_practice_sets_form_is_read_with_boxes(folder: Path) -> None:
    (folder / "img").mkdir()
    shutil.copy(folder / "with/seal/large.jpg", folder / "img/one.jpg")
    says = {"logo": "seal", "level": "L1", "neg": None, "box": [300, 200, 460, 360], "px": 160.0}
    (folder / "truth.json").write_text(json.dumps({"one.jpg": says}))
    report = evaluate(folder)
    assert report.recall == {"L1": Share(1, 1), "all": Share(1, 1), "mark seal": Share(1, 1)}
    assert report.placed == Share(1, 1)


@pytest.mark.parametrize("missing", ["marks", "pictures"])
def test_a_folder_without_marks_or_pictures_says_so(folder: Path, missing: str) -> None:
    for name in ["marks"] if missing == "marks" else ["with", "without"]:
        shutil.rmtree(folder / name)
    with pytest.raises(BadInput, match=r"holds no marks/ or no pictures"):
        evaluate(folder)


def test_an_unreadable_truth_is_named(folder: Path) -> None:
    (folder / "truth.json").write_text("{")
    with pytest.raises(BadInput, match=r"truth\.json cannot be read"):
        evaluate(folder)


def test_the_interval_is_wilsons() -> None:
    low, high = Share(9, 10).interval
    assert (round(low, 4), round(high, 4)) == (0.5958, 0.9821)
    assert Share(0, 0).interval == (0.0, 1.0)
