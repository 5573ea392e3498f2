"""A registry with a small roster, for every test of this room."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from roster_kit import AT, write_roster

from records.model import Account
from registry import AccountDraft, Registry


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Registry]:
    """A registry without anything in it."""
    with Registry.open(tmp_path / "registry.sqlite") as registry:
        yield registry


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a roster and the registry file that holds it, to be copied."""
    folder = tmp_path_factory.mktemp("stocked")
    with Registry.open(folder / "registry.sqlite") as registry:
        registry.import_roster(write_roster(folder / "roster.zip"), "it", AT)
        registry.landed(event.event_id for event in registry.outbox())
    return folder


@pytest.fixture
def registry(stocked: Path, tmp_path: Path) -> Iterator[Registry]:
    """A registry with a teacher ``t1``, a student, a guardian and the school ``high``; its outbox is empty."""
    shutil.copytree(stocked, tmp_path, dirs_exist_ok=True)
    with Registry.open(tmp_path / "registry.sqlite") as registry:
        yield registry


@pytest.fixture
def draft() -> AccountDraft:
    """An account of the teacher's that can be registered."""
    return AccountDraft("x", "1845", "@LarkinBiology", "t1", "high", "Biology news", "hallpass_x")


@pytest.fixture
def account(registry: Registry, draft: AccountDraft) -> Account:
    """The teacher's account, registered and not verified."""
    return registry.add_account(draft, "it", AT, "asked for")


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    """Makes picture files: ``picture("seal.png", size=(64, 64), colour="red")``."""

    def make(name: str, size: tuple[int, int] = (64, 64), colour: str = "red") -> Path:
        path = tmp_path / name
        Image.new("RGB", size, colour).save(path)
        return path

    return make
