"""A small, fixed sample of the practice set: most marks found, nothing found elsewhere. The rest is the benchmark's."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectors.evaluate import read_cases
from detectors.logos import LogoDetector

pytestmark = pytest.mark.shared


def test_marks_are_found_and_other_pictures_are_left_alone(shared: Path) -> None:
    folder = shared / "bench" / "logos"
    cases = read_cases(folder)
    detector = LogoDetector({p.stem: p for p in (folder / "marks").glob("*.png")})
    shown = [c for c in cases if c.mark and c.pixels >= 64 and c.kind in {"L1", "L2", "L3", "L4"}][::12]
    clean = [c for c in cases if c.kind in {"photo", "flyer"}][::40]
    found = [[m.mark for m in detector.detect(c.image)] == [c.mark] for c in shown]
    assert sum(found) >= len(found) - 1, [c.image.name for c, ok in zip(shown, found, strict=True) if not ok]
    assert {c.image.name: detector.detect(c.image) for c in clean} == {c.image.name: [] for c in clean}
