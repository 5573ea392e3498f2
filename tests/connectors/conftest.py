"""A platform to answer, and connectors that speak to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from connector_scene import NOW, TOKEN, account, no_sleep
from scripted_platform import ScriptedPlatform, scripted_platform

from connectors import Budget, Connector, Scope, Transport, connector
from connectors.base import Checked
from records.model import Account, Check, Envelope, Platform


@pytest.fixture
def platform() -> Iterator[ScriptedPlatform]:
    with scripted_platform() as running:
        yield running


@pytest.fixture
def transport(platform: ScriptedPlatform) -> Transport:
    return Transport(platform.url, lambda: NOW, timeout=5, patience=5)


@pytest.fixture
def budget(tmp_path: Path) -> Budget:
    return Budget(tmp_path / "budget.sqlite", 100.0, lambda: NOW, spacing={}, sleep=no_sleep)


class Desk:
    """A connector with its account, and everything that it has kept."""

    def __init__(self, connector: Connector, account: Account) -> None:
        self.connector = connector
        self.account = account
        self.kept: list[Envelope] = []

    def check(self, check: Check, scope: Scope | None = None) -> Checked:
        return self.connector.check(check, self.account, scope or Scope(NOW, None), self.kept.append)


@pytest.fixture
def open_desk(transport: Transport, budget: Budget) -> Callable[..., Desk]:
    def opened(platform: Platform, minimise_key: bytes | None = None, app_secret: str | None = None) -> Desk:
        made = connector(platform, TOKEN, transport, budget, minimise_key, app_secret, no_sleep)
        return Desk(made, account(platform))

    return opened


@pytest.fixture
def x_desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk(Platform.X)


@pytest.fixture
def facebook_desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk(Platform.FACEBOOK)
