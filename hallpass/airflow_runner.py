"""Runs DAGs through Airflow in one child process: `python -m hallpass.airflow_runner`.

It prepares Airflow's metadata database, then runs the DAG whose id each line of its input names and announces
how it went (:mod:`hallpass.progress`). It ends when its input does, so a parent that is killed never leaves it
behind. `dag.test()` is Airflow's own task runner without a scheduler or server: one process, every task real.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from queue import Queue
from typing import TYPE_CHECKING, Any

from hallpass.airflow_home import DAGS, prepare
from hallpass.progress import Event, announce

if TYPE_CHECKING:
    from airflow.sdk import DAG

QUIT = "quit"
"""The command that ends the runner in order."""


def main() -> None:
    """The first line holds the credentials as JSON; each further line the id of a DAG to run, or ``quit``."""
    commands: Queue[str] = Queue()
    threading.Thread(target=_listen, args=(commands,), daemon=True).start()
    prepare(json.loads(commands.get()))
    dags = _dags()
    announce(Event("done", "prepare"))
    while (command := commands.get()) != QUIT:
        _run(dags[command])


def _listen(commands: Queue[str]) -> None:
    """Hand on each line; where there are no more, the parent is gone or done, and so is this process."""
    for line in sys.stdin:
        commands.put(line.strip())
    os._exit(0)


def _dags() -> dict[str, DAG]:
    """The project's DAGs by id; a file that cannot be imported ends the run with its error."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=DAGS)
    for file, error in bag.import_errors.items():
        announce(Event("failed", file, error.strip().splitlines()[-1]))
    return dict(bag.dags)


def _run(dag: DAG) -> None:
    started = time.monotonic()
    run: Any = dag.test()
    if run.state == "success":
        announce(Event("done", dag.dag_id, f"{time.monotonic() - started:.1f} s"))
    else:
        announce(Event("failed", dag.dag_id, f"The run ended as {run.state}"))


if __name__ == "__main__":
    main()
