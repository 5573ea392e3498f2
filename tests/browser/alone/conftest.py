"""Tests that change what others would see, or must not be disturbed: each has a district and a console of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_kit import Served, serving
from district_kit import MadeUp, made_once, made_up, shared_by_workers


@pytest.fixture
def district(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeUp]:
    """The made-up district as the first demo leaves it, for one test."""
    with made_up(made_once(shared_by_workers(tmp_path_factory.getbasetemp())), tmp_path / "data") as district:
        yield district


@pytest.fixture
def served(district: MadeUp) -> Iterator[Served]:
    """The console over it."""
    with serving(district) as served:
        yield served
