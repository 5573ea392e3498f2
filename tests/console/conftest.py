"""The console over the made-up district's register (nothing is collected), and a browser's worth of client for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from console_scene import PASSWORD, USERS, Client, TestClock, Visitor
from district_kit import MadeUp, made_once, made_up, shared_by_workers
from quick_passwords import quick_passwords
from review_scene import ReviewScene

from console.app import create_app
from console.context import Console
from hallpass.console import opened_console
from registry import Registry
from registry.users import Role


@pytest.fixture(scope="session", autouse=True)
def cheap() -> Iterator[None]:
    """Signing in costs a test little."""
    with quick_passwords():
        yield


@pytest.fixture(scope="session")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeUp]:
    """The district with its register, its platforms and a user for each role; no test changes it."""
    filled = made_once(shared_by_workers(tmp_path_factory.getbasetemp()), detected=False)
    with made_up(filled, tmp_path_factory.mktemp("registered") / "data") as district:
        with Registry.open(district.settings.registry_url) as registry:
            for draft in USERS:
                registry.users.add(draft, "test", datetime(2026, 9, 1, tzinfo=UTC), PASSWORD)
        yield district


@pytest.fixture
def clock() -> TestClock:
    """The real time, which a test moves by hand."""
    return TestClock(datetime(2026, 11, 2, 12, tzinfo=UTC))


@pytest.fixture
def console(registered: MadeUp, tmp_path: Path, clock: TestClock) -> Iterator[Console]:
    """A console over a registry of the test's own; a second factor is optional, as over every made-up district."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(registered.settings.folder / "registry.sqlite", folder)
    url = f"sqlite:///{folder / 'registry.sqlite'}"
    settings = replace(registered.settings, folder=folder, registry_url=url)
    with opened_console(settings, "http://127.0.0.1:8100", bytes(32)) as opened:
        yield replace(opened, clock=clock, rejudge=lambda: None)


@pytest.fixture
def visitor(console: Console) -> Iterator[Callable[..., Client]]:
    """A browser that nobody has signed in with: ``visitor()``, or over a console that differs: ``visitor(other)``."""
    opened: list[Client] = []

    def open_one(over: Console = console) -> Client:
        opened.append(Client(create_app(over)))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


@pytest.fixture
def client(visitor: Visitor) -> Callable[[Role], Client]:
    """A browser where somebody of a role has signed in: ``client(Role.IT)``."""

    def sign_in(role: Role) -> Client:
        browser = visitor()
        assert browser.submit("/sign-in", login=role.value, password=PASSWORD).status_code == 303
        return browser

    return sign_in


@pytest.fixture
def review(console: Console) -> ReviewScene:
    """An archive of the test's own, nothing told yet."""
    return ReviewScene(console)
