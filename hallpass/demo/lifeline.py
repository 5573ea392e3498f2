"""`python -m hallpass.demo.lifeline COMMAND …`: run a command that ends when this process's input does.

For programs that know nothing of lifelines, Airflow's components among them: their whole process group is ended.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

PATIENCE = 4.0
"""Seconds between the polite signal and the final one."""


def main() -> None:
    """Run the command of the arguments; exit as it exits."""
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    threading.Thread(target=_end_with_input, args=(process,), daemon=True).start()
    sys.exit(process.wait())


def _end_with_input(process: subprocess.Popen[bytes]) -> None:
    sys.stdin.read()
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            return
        time.sleep(PATIENCE)


if __name__ == "__main__":
    main()
