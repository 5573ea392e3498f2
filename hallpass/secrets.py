"""Where secrets come from: Airflow connections, by name; never a file of ours.

`AIRFLOW_CONN_<NAME>` in the environment is Airflow's own form of a connection (JSON or URI), so it serves the
command line too: https://airflow.apache.org/docs/apache-airflow/stable/howto/connection.html
"""

from __future__ import annotations

import json
import os
import sys
from urllib.parse import unquote, urlsplit

from records.errors import BadInput, TokenDead

MINIMISE = "hallpass_minimise"
LEDGER = "hallpass_ledger"


def secret(name: str) -> str:
    """The password of the Airflow connection ``name``: from the environment, else (in a task) from Airflow's store.

    Raises
    ------
    TokenDead : where there is none.
    BadInput : what the environment holds is in neither of Airflow's forms; the message does not show it.
    """
    found = _from_environment(name) or _from_airflow(name)
    if not found:
        raise TokenDead(
            f"No secret is kept under the Airflow connection {name}",
            f"Add it in Airflow (Admin, Connections) or set AIRFLOW_CONN_{name.upper()}",
        )
    return found


def _from_environment(name: str) -> str | None:
    text = os.environ.get(f"AIRFLOW_CONN_{name.upper()}", "").strip()
    if not text:
        return None
    try:
        password = json.loads(text)["password"] if text.startswith("{") else unquote(urlsplit(text).password or "")
    except (ValueError, KeyError):
        password = ""
    if password:
        return str(password)
    todo = """Write it as '{"password": "…"}'"""
    raise BadInput(f"AIRFLOW_CONN_{name.upper()} holds no connection with a password", todo)


def _from_airflow(name: str) -> str | None:
    """Only a task can ask: outside one, Airflow would make itself at home in the user's folder."""
    if "airflow" not in sys.modules:
        return None
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowException

    try:
        return BaseHook.get_connection(name).password
    except AirflowException:
        return None
