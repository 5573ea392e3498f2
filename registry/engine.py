"""What the registry's two databases need to behave alike: one writer at a time, and readers who see one state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from records.errors import BadInput

BUSY_TIMEOUT_MS = 15_000
CONNECT_TIMEOUT_S = 10
WRITER = 0x48414C4C
"""The advisory lock that a writer holds on PostgreSQL: any number that no other program there uses."""

_WRITES = "hallpass_write"


def make_engine(url_or_path: str | Path) -> Engine:
    """The engine for an SQLAlchemy URL (SQLite or PostgreSQL), or for the path of an SQLite file.

    Raises
    ------
    BadInput : for anything else; the message repeats nothing of it.
    """
    text = str(url_or_path)
    try:
        url = make_url(text if "://" in text else f"sqlite:///{text}")
    except ArgumentError as error:
        todo = "Give an SQLAlchemy URL, for example sqlite:////srv/hallpass/registry.sqlite"
        raise BadInput("The registry's URL cannot be read", todo) from error
    makers = {"sqlite": _sqlite, "postgresql": _postgresql}
    if url.get_backend_name() not in makers:
        raise BadInput("The registry's URL names another database", "Use sqlite:/// or postgresql+psycopg://")
    return makers[url.get_backend_name()](url)


def reading(engine: Engine) -> Engine:
    """``engine`` for transactions that only read."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def writing(engine: Engine) -> Engine:
    """``engine`` for transactions that write: one at a time, others wait for :data:`BUSY_TIMEOUT_MS`."""
    return engine.execution_options(**{_WRITES: True})


def _sqlite(url: URL) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    # A connection a transaction: nothing is left open in a forked Airflow worker.
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None  # transactions begin where we say so, DDL included
    for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", "journal_mode=WAL", "foreign_keys=ON"):
        dbapi_connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its lock at once: one that read first could not wait for another's commit."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")


def _postgresql(url: URL) -> Engine:
    url = url.set(drivername="postgresql+psycopg")
    timeout = {"connect_timeout": CONNECT_TIMEOUT_S}
    engine = create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=timeout)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _begin_postgresql(connection: Connection) -> None:
    """A writer waits for the one before it, so that what a service checks still holds when it writes."""
    if _writes(connection):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BUSY_TIMEOUT_MS}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER})")


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(_WRITES, False))
