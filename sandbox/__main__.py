"""``python -m sandbox serve`` and ``python -m sandbox kit DIR``."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from sandbox.clock import FIRST_DEMO, SEED
from sandbox.control import read_iso


def main() -> None:
    """Read the command line and do it."""
    arguments = _parser().parse_args()
    if arguments.command == "kit":
        _write_kit(arguments)
    else:
        _serve(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="The made-up district and its platforms.")
    commands = parser.add_subparsers(dest="command", required=True)
    kit = commands.add_parser("kit", help="write the office kit: roster, accounts, grants, marks")
    kit.add_argument("folder", type=Path)
    serve = commands.add_parser("serve", help="serve the platforms on loopback until standard input closes")
    serve.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    serve.add_argument("--dialect", choices=("tweet", "post"), default="tweet", help="X's, before or after August 2026")
    serve.add_argument("--weeks", type=int, default=1, help="weeks of life; more if the clock needs them")
    serve.add_argument("--search-all-per-second", type=int, default=1, help="full-archive searches a second (X: 1)")
    for command in (kit, serve):
        command.add_argument("--now", type=_moment, default=FIRST_DEMO, help="the sandbox's clock, ISO 8601")
        command.add_argument("--seed", type=int, default=SEED, help="another number, another district")
    return parser


def _moment(text: str) -> datetime:
    try:
        return read_iso(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _serve(arguments: argparse.Namespace) -> None:
    from sandbox.server import serve
    from sandbox.state import Sandbox

    rate = arguments.search_all_per_second
    sandbox = Sandbox(arguments.now, arguments.dialect, arguments.seed, arguments.weeks, rate)
    serve(sandbox, arguments.port)


def _write_kit(arguments: argparse.Namespace) -> None:
    from sandbox.kit import write_kit
    from sandbox.world import World

    write_kit(arguments.folder, World.until(arguments.now, arguments.seed), arguments.now)


if __name__ == "__main__":
    main()
