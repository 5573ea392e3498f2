"""`hallpass up`: Airflow's own pages and the console over the made-up district, its platforms beside them, on loopback.

`airflow standalone` would do nearly this, but its log server listens on every interface (Airflow 3.3.2,
`utils/serve_logs/core.py`), so its components are started one by one, without that server.
"""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from hallpass.airflow_home import environment
from hallpass.airflow_runner import QUIT
from hallpass.console import listening_on, opened_console, server_of
from hallpass.demo import clock
from hallpass.demo.children import child
from hallpass.demo.errands import leave_errands
from hallpass.demo.platforms import credentials, credentials_at_hand, register, sandbox
from hallpass.demo.run import sandboxed, write_papers
from hallpass.demo.sign_ins import SignIn, make_sign_ins
from hallpass.settings import CONSOLE_PORT, Settings
from records.errors import BadInput, PipelineFailed
from registry import Registry
from warehouse.database import alone

API_SERVER = ("api-server",)
WORKERS = (("scheduler", "--skip-serve-logs"), ("dag-processor",))
HEALTHY_WITHIN = 180.0
"""Seconds that Airflow may take until it answers."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Where to click, how to sign in, and where the log is.

    Attributes
    ----------
    url, user, password : Airflow's.
    console : the console's address; ``sign_ins`` has somebody of each role.
    """

    url: str
    user: str
    password: str
    console: str
    sign_ins: list[SignIn]
    sandbox: str
    log: Path


@contextmanager
def look_around(base: Settings) -> Iterator[Opened]:
    """Airflow, the console and the sandbox while somebody looks around, a week after the last demo; stopped at the end.

    Raises
    ------
    PipelineFailed : Airflow does not answer.
    Busy : a demo runs in the same folder.
    """
    folder = base.folder
    log = folder / "logs" / "airflow.log"
    with alone(folder / "demo.lock", f"running a demo in {folder}"), ExitStack() as stack:
        weeks = clock.weeks_completed(folder)
        clock.note_weeks(folder, weeks)
        now = clock.moment(weeks)
        url = stack.enter_context(sandbox(now, log))
        listening = stack.enter_context(console_socket())
        pages = f"http://127.0.0.1:{listening.getsockname()[1]}"
        settings = replace(sandboxed(base, url, now), console_url=pages)
        _set_up_offices(settings)
        port = _free_port()
        variables = {**environment(settings), **_on_port(port)}
        _prepare(variables, credentials(url), log)
        url_of_airflow = f"http://127.0.0.1:{port}"

        def start(*command: str) -> subprocess.Popen[str]:
            airflow = (sys.executable, "-m", "airflow", *command)
            return stack.enter_context(child("hallpass.demo.lifeline", *airflow, log=log, variables=variables))

        components = [start(*API_SERVER)]
        _await_health(url_of_airflow, components, log, ())
        components += [start(*command) for command in WORKERS]
        _await_health(url_of_airflow, components, log, ("scheduler", "dag_processor"))
        user, password = _sign_in(folder)
        stack.enter_context(credentials_at_hand(url))
        sign_ins = stack.enter_context(serving_console(settings, listening))
        yield Opened(url_of_airflow, user, password, pages, sign_ins, url, log)


def console_socket() -> socket.socket:
    """The console's usual port, or any that is free where somebody has it."""
    try:
        return listening_on(CONSOLE_PORT)
    except BadInput:
        return listening_on(0)


@contextmanager
def serving_console(settings: Settings, listening: socket.socket) -> Iterator[list[SignIn]]:
    """The console, answering in a thread; somebody of each role to sign in as."""
    with opened_console(settings, settings.console_url, secrets.token_bytes(32)) as console:
        server = server_of(console)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            sign_ins = make_sign_ins(console.registry, settings.clock_time())
            leave_errands(console.registry, console.now())
            yield sign_ins
        finally:
            server.should_exit = True
            thread.join(10)


def _set_up_offices(settings: Settings) -> None:
    """The roster and the offices' papers, so that every DAG can be started by hand at once."""
    assert settings.clock is not None
    papers = write_papers(settings.folder, settings.clock)
    with Registry.open(settings.registry_url) as registry:
        registry.import_roster(papers / "roster.zip", "demo", settings.clock)
        register(registry, papers, "demo", settings.clock, settings.timezone)


def _on_port(port: int) -> dict[str, str]:
    """Every part of Airflow that speaks with the API server has to know where it is."""
    url = f"http://127.0.0.1:{port}"
    return {
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
    }


def _prepare(variables: dict[str, str], secrets: dict[str, str], log: Path) -> None:
    """Metadata database, pools and connections, by the same child that the demo uses; it ends with its input."""
    with child("hallpass.airflow_runner", log=log, variables=variables) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(secrets) + "\n")
        process.stdin.write(f"{QUIT}\n")
        process.stdin.flush()
        process.wait()
        if process.returncode:
            raise PipelineFailed("Airflow could not be prepared", f"Its log is {log}")


def _await_health(url: str, components: list[subprocess.Popen[str]], log: Path, parts: tuple[str, ...]) -> None:
    """Wait until the API server answers and says that ``parts`` are well: a task that is scheduled before fails."""
    deadline = time.monotonic() + HEALTHY_WITHIN
    while time.monotonic() < deadline and all(c.poll() is None for c in components):
        try:
            with urlopen(f"{url}/api/v2/monitor/health", timeout=5) as answer:  # noqa: S310 - loopback
                health = json.load(answer)
            if all(health[part]["status"] == "healthy" for part in parts):
                return
        except (URLError, OSError, ValueError, KeyError):
            pass  # not yet
        time.sleep(1)
    raise PipelineFailed("Airflow did not come up", f"Its log is {log}")


def _sign_in(folder: Path) -> tuple[str, str]:
    """The user that Airflow's SimpleAuthManager made, and the password that it made up."""
    file = folder / "airflow" / "simple_auth_manager_passwords.json.generated"
    user, password = next(iter(json.loads(file.read_text()).items()))
    return user, password


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
