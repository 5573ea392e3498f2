"""`hallpass up` as a person uses it: what its screen says, and Airflow's API behind it."""

from __future__ import annotations

import json
import re
import subprocess
import time
from typing import Any
from urllib.request import Request, urlopen


def signed_in(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Airflow's URL and a token for it, from what the screen says about signing in."""
    assert process.stdout
    for line in process.stdout:
        if found := re.search(r"(http://127\.0\.0\.1:\d+)\s+user (\S+)\s+password (\S+)", line):
            url, user, password = found.groups()
            return url, ask(f"{url}/auth/token", None, {"username": user, "password": password})["access_token"]
    raise AssertionError("it ended before it was ready")


def ask(url: str, token: str | None, body: Any = None) -> Any:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = json.dumps(body).encode() if body is not None else None
    with urlopen(Request(url, data, headers), timeout=30) as answer:
        return json.load(answer)


def listening() -> set[str]:
    """Addresses on which this machine listens."""
    found = subprocess.run(["ss", "-Hltn"], capture_output=True, text=True, check=True).stdout
    return {line.split()[3] for line in found.splitlines()}


def paused(url: str, token: str) -> dict[str, bool]:
    """Whether each DAG is paused, once all four have been read."""
    for _ in range(60):
        dags = ask(f"{url}/api/v2/dags", token)["dags"]
        if len(dags) == 4:
            break
        time.sleep(1)
    return {dag["dag_id"]: dag["is_paused"] for dag in dags}


def start(url: str, token: str, dag: str) -> None:
    """What the button of Airflow's page does."""
    ask(f"{url}/api/v2/dags/{dag}/dagRuns", token, {"logical_date": None})


def newest(url: str, token: str, dag: str) -> tuple[str, str]:
    """The DAG's newest run, and its state."""
    runs = ask(f"{url}/api/v2/dags/{dag}/dagRuns?order_by=-run_after&limit=1", token)["dag_runs"]
    return (str(runs[0]["dag_run_id"]), str(runs[0]["state"])) if runs else ("", "")


def ended(url: str, token: str, dag: str, after: str) -> str:
    """How the run that came ``after`` another one ended, waiting for it."""
    for _ in range(180):
        run, state = newest(url, token, dag)
        if run != after and state in ("success", "failed"):
            return state
        time.sleep(1)
    raise AssertionError(f"{dag} did not end")
