"""Three weeks, each built once for all tests of the reports."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_scene import BESIDE, Scene, broken, busy, quiet

from reports.model import WeeklyReport


@pytest.fixture()
def scene(tmp_path: Path) -> Scene:
    """A district without accounts or records."""
    return Scene(tmp_path)


@pytest.fixture(scope="session")
def busy_report(tmp_path_factory: pytest.TempPathFactory) -> WeeklyReport:
    return busy(tmp_path_factory.mktemp("busy")).report()


@pytest.fixture(scope="session")
def quiet_report(tmp_path_factory: pytest.TempPathFactory) -> WeeklyReport:
    return quiet(tmp_path_factory.mktemp("quiet")).report()


@pytest.fixture(scope="session")
def broken_report(tmp_path_factory: pytest.TempPathFactory) -> WeeklyReport:
    return broken(tmp_path_factory.mktemp("broken")).report(beside=BESIDE)
