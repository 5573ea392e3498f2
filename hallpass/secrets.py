"""Where secrets come from: Airflow connections, by name; never a file of ours.

`AIRFLOW_CONN_<NAME>` in the environment is Airflow's own form of a connection (JSON or URI), so it serves the
command line too: https://airflow.apache.org/docs/apache-airflow/stable/howto/connection.html
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from records.errors import BadInput, TokenDead
from records.model import Platform

MINIMISE = "hallpass_minimise"
LEDGER = "hallpass_ledger"
CONSOLE = "hallpass_console"
OIDC = "hallpass_oidc"
SIGN_IN = "hallpass_{}_sign_in"
"""By platform: client id (login) and secret (password) of the app that people sign in through there."""

SMTP = "hallpass_smtp"


@dataclass(frozen=True, slots=True)
class Connection:
    """An Airflow connection; what it does not say is empty. ``extra`` are its further options by name."""

    host: str
    port: int
    login: str
    password: str = field(repr=False)
    extra: Mapping[str, Any] = field(repr=False)


def secret(name: str) -> str:
    """The password of the Airflow connection ``name``: from the environment, else (in a task) from Airflow's store.

    Raises
    ------
    TokenDead : where there is none.
    BadInput : what the environment holds is in neither of Airflow's forms; the message does not show it.
    """
    found = connection(name)
    if found.password:
        return found.password
    if os.environ.get(_variable(name)):
        raise _unusable(name)
    raise _missing(name)


def platform_secret(name: str) -> str:
    """The secret of a registered account's connection, to be sent to its platform; raises as :func:`secret`.

    Raises
    ------
    TokenDead : the name is that of a connection of hallpass's own, whose secret is no platform's business.
    """
    own = (MINIMISE, LEDGER, CONSOLE, OIDC, SMTP, *(SIGN_IN.format(platform) for platform in Platform))
    if name.lower() in own:
        raise TokenDead(f"{name} is not a connection to a platform", "Name the one that holds the account's own token")
    return secret(name)


def connection(name: str) -> Connection:
    """The whole Airflow connection ``name``, found like a secret.

    Raises
    ------
    TokenDead : where there is none.
    BadInput : what the environment holds is in neither of Airflow's forms; the message does not show it.
    """
    found = _from_environment(name) or _from_airflow(name)
    if found is None:
        raise _missing(name)
    return found


def _from_environment(name: str) -> Connection | None:
    text = os.environ.get(_variable(name), "").strip()
    if not text:
        return None
    try:
        return _of_json(json.loads(text)) if text.startswith("{") else _of_uri(text)
    except (ValueError, TypeError, AttributeError):
        raise _unusable(name) from None


def _of_json(said: Mapping[str, Any]) -> Connection:
    extra = said.get("extra") or {}
    return Connection(
        host=str(said.get("host") or ""),
        port=int(said.get("port") or 0),
        login=str(said.get("login") or ""),
        password=str(said.get("password") or ""),
        extra=dict(json.loads(extra) if isinstance(extra, str) else extra),
    )


def _of_uri(text: str) -> Connection:
    parts = urlsplit(text)
    return Connection(
        host=unquote(parts.hostname or ""),
        port=parts.port or 0,
        login=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        extra=dict(parse_qsl(parts.query)),
    )


def _from_airflow(name: str) -> Connection | None:
    """Only a task can ask: outside one, Airflow would make itself at home in the user's folder."""
    if "airflow" not in sys.modules:
        return None
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowException

    try:
        found = BaseHook.get_connection(name)
    except AirflowException:
        return None
    return Connection(
        found.host or "", found.port or 0, found.login or "", found.password or "", dict(found.extra_dejson)
    )


def _variable(name: str) -> str:
    return f"AIRFLOW_CONN_{name.upper()}"


def _missing(name: str) -> TokenDead:
    todo = f"Add it in Airflow (Admin, Connections) or set {_variable(name)}"
    return TokenDead(f"No secret is kept under the Airflow connection {name}", todo)


def _unusable(name: str) -> BadInput:
    return BadInput(f"{_variable(name)} holds no connection with a password", """Write it as '{"password": "…"}'""")
