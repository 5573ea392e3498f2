"""`hallpass`, and `python -m hallpass`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; Ctrl-C while it still loads is a line too, not a traceback."""
    try:
        from hallpass.cli import main as command_line

        command_line()
    except KeyboardInterrupt:
        sys.stderr.write("hallpass: Interrupted; nothing is lost. Run the same command again\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
