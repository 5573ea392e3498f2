"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings and practice images beside the checkout; never committed, so it may be absent."""
    folder = Path(os.environ.get("HALLPASS_SHARED", REPOSITORY.parent / "shared"))
    if not folder.is_dir():
        reason = f"no recordings at {folder}: set HALLPASS_SHARED to the folder that holds fixtures/ and bench/"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder
