"""Airflow in a folder of the project's own: its environment, its pools and its connections.

Nothing here imports Airflow before the environment is set: it reads its settings at import.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from hallpass.settings import Settings

DAGS = Path(__file__).resolve().parent.parent / "dags"
PLUGINS = Path(__file__).resolve().parent / "plugins"
POOLS = {
    "platforms": (4, "Concurrent tasks that ask the platforms; the rate itself is the budget's"),
    "images": (2, "Concurrent tasks that look at images; each uses the machine's cores"),
    "duckdb_writer": (1, "The one loader of the archive"),
}


def environment(settings: Settings) -> dict[str, str]:
    """What Airflow and the tasks under it are started with: loopback, SQLite, no examples, no telemetry.

    The keys that Airflow encrypts connections and signs its own tokens with are new each time and kept nowhere;
    all components of one start share them, and :func:`prepare` writes the connections anew.

    Source: https://airflow.apache.org/docs/apache-airflow/stable/configurations-ref.html
    """
    home = settings.folder / "airflow"
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PLUGINS),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__FERNET_KEY": _key(),
        "AIRFLOW__API_AUTH__JWT_SECRET": _key(),
        "AIRFLOW__API__SECRET_KEY": _key(),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "PYTHONWARNINGS": "ignore",
        **settings.variables(),
    }


def _key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def prepare(credentials: Mapping[str, str]) -> None:
    """Migrate the metadata database, make the pools, and keep ``credentials`` as connections.

    What earlier runs left unfinished is ended, so that a scheduler begins with nothing that nobody asked for.
    A pool that does not exist leaves its tasks waiting for ever, so the pools come before any run.
    """
    from airflow.models.pool import Pool
    from airflow.utils import db

    Path(os.environ["AIRFLOW_HOME"]).mkdir(parents=True, exist_ok=True)
    db.initdb()
    for name, (slots, why) in POOLS.items():
        Pool.create_or_update_pool(name, slots=slots, description=why, include_deferred=False)
    for name, password in credentials.items():
        _keep_connection(name, password)
    _end_former_runs()


def _end_former_runs() -> None:
    """A killed run is "running" in the database for ever, and keeps the next run of its DAG waiting as long."""
    from airflow.models.asset import AssetDagRunQueue
    from airflow.models.dagrun import DagRun
    from airflow.models.taskinstance import TaskInstance
    from airflow.utils.session import create_session
    from airflow.utils.state import DagRunState, State, TaskInstanceState
    from sqlalchemy import delete, update

    with create_session() as session:
        session.execute(delete(AssetDagRunQueue))
        tasks = update(TaskInstance).where(TaskInstance.state.in_(State.unfinished - {None}))
        session.execute(tasks.values(state=TaskInstanceState.FAILED))
        runs = update(DagRun).where(DagRun.state.in_(State.unfinished_dr_states))
        session.execute(runs.values(state=DagRunState.FAILED))


def _keep_connection(name: str, password: str) -> None:
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session
    from sqlalchemy import delete

    with create_session() as session:
        session.execute(delete(Connection).where(Connection.conn_id == name))
        session.add(Connection(conn_id=name, conn_type="generic", password=password))
