"""The made-up district as fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_up_district import District, made_up_district


@pytest.fixture
def district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[District]:
    """A registered district, nothing collected yet."""
    with made_up_district(tmp_path / "data", monkeypatch) as district:
        district.register()
        yield district
