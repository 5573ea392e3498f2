"""The made-up district as fixtures."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_up_district import District, made_up_district
from typed_command import AT, Hallpass

from hallpass.cli import main


@pytest.fixture
def district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[District]:
    """A registered district, nothing collected yet."""
    with made_up_district(tmp_path / "data", monkeypatch) as district:
        district.register()
        yield district


@pytest.fixture
def hallpass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Hallpass:
    """Runs one command; gives exit code, standard output with its white space folded, and standard error."""
    for name, value in {"FOLDER": str(tmp_path), "CLOCK": AT.isoformat(), "USER": "dana"}.items():
        monkeypatch.setenv(f"HALLPASS_{name}", value)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("HALLPASS_REGISTRY_URL", raising=False)

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hallpass", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
            sys.exit(0)
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), " ".join(out.split()), err

    return run
