"""`hallpass up`: Airflow's pages come up on loopback, work a run through, and go away in order."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from running_command import all_gone, running


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


def ended(url: str, token: str, dag: str) -> str:
    for _ in range(180):
        runs = ask(f"{url}/api/v2/dags/{dag}/dagRuns", token)["dag_runs"]
        if runs and runs[0]["state"] in ("success", "failed"):
            return str(runs[0]["state"])
        time.sleep(1)
    raise AssertionError(f"{dag} did not end")


def test_a_run_started_by_hand_works_and_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    folder, before = tmp_path / "data", listening()
    with running("up", folder) as process:
        url, token = signed_in(process)
        assert {a.rpartition(":")[0] for a in listening() - before} == {"127.0.0.1"}
        assert paused(url, token) == dict.fromkeys(("collect", "detect", "roster_sync", "weekly_report"), False)
        ask(f"{url}/api/v2/dags/collect/dagRuns", token, {"logical_date": None})
        assert [ended(url, token, dag) for dag in ("collect", "detect")] == ["success", "success"]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert all_gone(folder)
    assert url.removeprefix("http://") not in listening()
