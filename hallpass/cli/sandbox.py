"""`hallpass demo` and `hallpass up`: the made-up district."""

from __future__ import annotations

import time
from contextlib import suppress

from rich.console import Console

from hallpass.settings import Settings
from records.errors import Interrupted


def demo() -> None:
    """Run the made-up district from roster to report through Airflow; again: one week later."""
    from hallpass.cli.summary import show
    from hallpass.demo.run import demo as run
    from hallpass.demo.run import ended_in_order
    from hallpass.demo.screen import Screen

    console = Console(highlight=False)
    with ended_in_order(), Screen(console) as screen:
        written = run(Settings.load(), screen)
    show(console, written.report, written.html, written.pdf)
    console.print(f"It took {screen.seconds:.0f} s. Next:")
    console.print("  `make demo`     the week after")
    console.print("  `make console`  the offices' own pages")
    console.print("  `make up`       Airflow's pages")


def up() -> None:
    """Look around: Airflow's pages, the console and the sandbox on loopback, until Ctrl-C."""
    from hallpass.cli.console import sign_ins
    from hallpass.demo.look import look_around
    from hallpass.demo.run import ended_in_order

    console = Console(highlight=False)
    console.print("Starting Airflow, the console and the sandbox on loopback; this takes a minute or two.")
    with suppress(Interrupted), ended_in_order(), look_around(Settings.load()) as opened:
        console.print(
            f"[bold]Airflow[/]   {opened.url}   user [bold]{opened.user}[/]   password [bold]{opened.password}[/]"
        )
        console.print(f"[bold]Console[/]   {opened.console}   linked from Airflow's menu; sign in as any of these:")
        console.print(sign_ins(opened.sign_ins))
        console.print(f"[bold]Sandbox[/]   {opened.sandbox}/control/log   what it was asked")
        console.print("Start `collect`: a new week has passed in the made-up district. `detect` follows by itself.")
        console.print(f"Its log is {opened.log}. Ctrl-C stops everything.")
        while True:
            time.sleep(3600)
    console.print("Stopped.")
