"""Pictures that the score is fitted on are drawn, the same each time, in the practice set's form."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import logos_pictures
from detectors.evaluate import read_cases


def drawn(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    ask = ["draw", str(folder), "--marks", "2", "--with", "3", "--without", "2", "--seed", "5"]
    monkeypatch.setattr("sys.argv", ask)
    logos_pictures.main()
    return folder


def test_a_drawn_set_is_read_as_the_practice_set_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = drawn(tmp_path / "one", monkeypatch), drawn(tmp_path / "other", monkeypatch)
    cases = read_cases(one)
    assert [(c.mark, c.kind) for c in cases if c.mark] == [("m00_seal", "L1"), ("m01_mascot", "L1"), ("m00_seal", "L2")]
    assert [c.mark for c in cases if c.kind in logos_pictures.NEGATIVES] == [None] * 2
    assert json.loads((one / "truth.json").read_text()) == json.loads((other / "truth.json").read_text())
    assert [c.image.read_bytes() for c in cases] == [c.image.read_bytes() for c in read_cases(other)]


def test_the_box_is_where_the_mark_was_laid() -> None:
    random = np.random.default_rng(8)
    near = logos_pictures.style(random, "seal")
    under = logos_pictures.page(random)
    laid = logos_pictures.placed(random, logos_pictures.draw(near), "L1", under)
    x0, y0, x1, y1 = (round(v) for v in laid.box)
    changed = np.abs(np.asarray(laid.picture).astype(int) - np.asarray(under)).max(2) > 40
    ys, xs = np.nonzero(changed)
    assert np.abs(np.array([xs.min(), ys.min(), xs.max(), ys.max()]) - (x0, y0, x1, y1)).max() <= 3
