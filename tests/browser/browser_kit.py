"""The console of a made-up district, answering on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from district_kit import MadeUp
from playwright.sync_api import Page

from console.context import Console
from hallpass.console import listening_on, opened_console, server_of
from hallpass.demo.sign_ins import SignIn, make_sign_ins
from registry.users import Role

Open = Callable[..., Page]
"""Opens a page: somebody's, signed in or not yet."""


@dataclass(frozen=True)
class Served:
    """The running console, its district, and a sign-in for each role."""

    url: str
    console: Console
    district: MadeUp
    sign_ins: dict[Role, SignIn]


@contextmanager
def serving(district: MadeUp, **changes: Any) -> Iterator[Served]:
    """The console of a district, answering on loopback in a thread; ``changes`` are to what it is given."""
    with listening_on(0) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with opened_console(district.settings, url, bytes(32)) as opened:
            console = replace(opened, **changes)
            sign_ins = make_sign_ins(console.registry, console.clock())
            server = server_of(console)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
            thread.start()
            try:
                yield Served(url, console, district, {each.role: each for each in sign_ins})
            finally:
                server.should_exit = True
                thread.join(10)


def enter(page: Page, who: SignIn) -> None:
    """Fill the sign-in's form in and send it."""
    page.get_by_label("Login").fill(who.login)
    page.get_by_label("Password").fill(who.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
