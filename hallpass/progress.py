"""How a task tells a watcher how far it is: one JSON line each on the descriptor in `HALLPASS_PROGRESS_FD`.

Without a watcher the calls do nothing, so a task need not know whether somebody looks on.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """``what`` is ``run``, ``step``, ``done`` or ``failed``; ``name`` the DAG, account or task it is about."""

    what: str
    name: str
    text: str = ""
    done: int = 0
    total: int = 0


def announce(event: Event) -> None:
    """Tell the watcher, if there is one; a watcher that is gone is not an error of the task's."""
    descriptor = os.environ.get("HALLPASS_PROGRESS_FD")
    if not descriptor:
        return
    try:
        os.write(int(descriptor), json.dumps(asdict(event)).encode() + b"\n")
    except OSError:
        os.environ.pop("HALLPASS_PROGRESS_FD", None)


def read_event(line: str) -> Event:
    """The event in one line."""
    return Event(**json.loads(line))
