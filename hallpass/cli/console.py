"""`hallpass console`: the pages for people, on loopback."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console as Terminal
from rich.table import Table

from hallpass.cli.desk import listing
from hallpass.settings import CONSOLE_PORT, DEMO_STATE, Settings
from records.errors import Interrupted

if TYPE_CHECKING:
    from hallpass.demo.sign_ins import SignIn

Port = Annotated[int, typer.Option(help="The port on 127.0.0.1; 0 takes any that is free.")]


def console(port: Port = CONSOLE_PORT) -> None:
    """Serve the console on loopback until Ctrl-C; over the made-up district with a sign-in for each role."""
    from hallpass.console import listening_on, opened_console, serve, vault_key
    from hallpass.demo.errands import leave_errands
    from hallpass.demo.run import ended_in_order
    from hallpass.demo.sign_ins import make_sign_ins

    base = Settings.load()
    made_up = (base.folder / DEMO_STATE).exists()
    with suppress(Interrupted), ended_in_order(), listening_on(port) as listening, _district(base, made_up) as settings:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        key = secrets.token_bytes(32) if made_up else vault_key()
        with opened_console(settings, settings.console_url or url, key) as opened:
            terminal = Terminal(highlight=False)
            if made_up:
                terminal.print(sign_ins(make_sign_ins(opened.registry, settings.clock_time())))
                leave_errands(opened.registry, opened.now())
            elif not opened.registry.users.all():
                terminal.print(
                    "Nobody may sign in yet: `hallpass user add LOGIN --role it --name NAME` adds the first."
                )
            terminal.print(f"Open [bold]{url}[/] . Ctrl-C stops it.", soft_wrap=True)
            serve(opened, listening)


@contextmanager
def _district(base: Settings, made_up: bool) -> Iterator[Settings]:
    """The district's settings; the made-up one has its platforms beside it while the console runs."""
    from hallpass.demo.platforms import credentials_at_hand, sandbox
    from hallpass.demo.run import sandboxed

    if not made_up or base.platform_url:
        yield base
        return
    now = base.now()
    with sandbox(now, base.folder / "logs" / "console.log") as url, credentials_at_hand(url):
        yield sandboxed(base, url, now)


def sign_ins(made: Iterable[SignIn]) -> Table:
    """Who may sign in to the made-up district's console, and how."""
    table = listing("As", "Login", "Password", whole=("Login", "Password"), title="Good until it is started again:")
    for each in made:
        table.add_row(each.role.label, each.login, each.password)
    return table
