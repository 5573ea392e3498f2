"""A registry with a small roster, for every test of this room, on each of the databases that it may be kept in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from postgres_kit import Cluster, Shelf, binaries, cluster
from roster_kit import AT, write_roster

from records.model import Account
from registry import AccountDraft, Registry

BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL of Debian's; without its package the tests are skipped, under CI they fail."""
    programs = binaries()
    if programs is None:
        reason = "PostgreSQL is not installed: on Debian, apt-get install postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with cluster(programs) as running:
        yield running


@pytest.fixture(params=BACKENDS)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a registry can be made, on either database; nothing is there yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'registry.sqlite'}"
    return str(request.getfixturevalue("postgresql").database())


@pytest.fixture(params=BACKENDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    """A registry without anything in it."""
    sqlite = request.param == "sqlite"
    url = tmp_path / "registry.sqlite" if sqlite else request.getfixturevalue("shelf").restore(rows=False)
    with Registry.open(url) as registry:
        yield registry


@pytest.fixture(scope="session")
def roster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The roster's zip."""
    return write_roster(tmp_path_factory.mktemp("roster") / "roster.zip")


@pytest.fixture(scope="session")
def stocked_file(tmp_path_factory: pytest.TempPathFactory, roster: Path) -> Path:
    """An SQLite registry that holds the roster, to be copied."""
    path = tmp_path_factory.mktemp("stocked") / "registry.sqlite"
    _stock(str(path), roster)
    return path


@pytest.fixture(scope="session")
def shelf(postgresql: Cluster, roster: Path) -> Iterator[Shelf]:
    """A PostgreSQL registry that holds the roster, to be restored."""
    url = postgresql.database()
    _stock(url, roster)
    shelf = Shelf(url)
    yield shelf
    shelf.close()


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path, roster: Path) -> str:
    """A copy of the registry with the roster; the roster's zip lies in ``tmp_path``."""
    shutil.copy(roster, tmp_path)
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(request.getfixturevalue('stocked_file'), tmp_path)}"
    return str(request.getfixturevalue("shelf").restore(rows=True))


@pytest.fixture
def registry(url: str) -> Iterator[Registry]:
    """A registry with a teacher ``t1``, a student, a guardian and the school ``high``; its outbox is empty."""
    with Registry.open(url) as registry:
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


def _stock(url: str, roster: Path) -> None:
    with Registry.open(url) as registry:
        registry.import_roster(roster, "it", AT)
        registry.landed(event.event_id for event in registry.outbox())
