"""What must never be installed, and what each dependency owes its reader."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
OPINION_OR_FACE = re.compile(
    r"textblob|vader|sentiment|emotion|opinion|stance|deepface|face[-_]?recog|facenet|insightface|retinaface|mtcnn"
    r"|mediapipe|dlib|transformers|flair|spacy|nltk"
)


def locked_packages() -> set[str]:
    return {package["name"] for package in tomllib.loads((HOUSE / "uv.lock").read_text())["package"]}


def test_no_sentiment_viewpoint_emotion_or_face_model_is_installed() -> None:
    assert {name for name in locked_packages() if OPINION_OR_FACE.search(name)} == set()


def test_the_ban_would_find_one() -> None:
    assert OPINION_OR_FACE.search("vadersentiment") and OPINION_OR_FACE.search("face-recognition")


def test_each_dependency_says_why_on_its_own_line() -> None:
    lines = (HOUSE / "pyproject.toml").read_text().splitlines()
    dependencies = [line for line in lines if re.match(r'\s+"[a-z].*[=>]=?[\d.]+.*",|\s+"pytz",', line)]
    without = [line.strip() for line in dependencies if "#" not in line]
    assert [w for w in without if not re.match(r'"(ruff|mypy|pytest|types-)', w)] == []
