"""The one door to the registry's database: opening, migrating, and transactions that either read or write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.orm import Session

from records.errors import BadInput, Busy

BUSY_TIMEOUT_MS = 15_000
MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """An open registry database at the newest schema.

    Parameters
    ----------
    url_or_path : an SQLAlchemy URL, or the path of an SQLite file (made if absent).

    Raises
    ------
    BadInput : when it is not a database, or a newer hallpass made it.
    Busy : when another process held it for longer than the busy time-out.
    """

    def __init__(self, url_or_path: str | Path) -> None:
        self._engine = _engine(str(url_or_path))
        self._name = self._engine.url.render_as_string(hide_password=True)
        self._writing = self._engine.execution_options(hallpass_write=True)
        with self._explained():
            migrate(self._writing)

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session over one consistent state; what it changes is not kept."""
        with self._explained(), Session(self._engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that is committed at the end, unless an exception or its user rolls it back."""
        with self._explained(), Session(self._writing) as session:
            yield session
            session.commit()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """The database's own complaints as ours, in one line."""
        try:
            yield
        except OperationalError as error:
            if "locked" in str(error.orig):
                raise Busy(f"The registry {self._name} is held by another process", "Try again in a moment") from error
            raise BadInput(f"The registry {self._name} cannot be opened: {error.orig}", "Check the path") from error
        except DatabaseError as error:
            if "not a database" not in str(error.orig):
                raise
            raise BadInput(f"{self._name} is not a registry", "Name another file, or restore it") from error


def migrate(engine: Engine) -> None:
    """Bring the schema to the newest revision, in one transaction; quick where it is there already.

    Raises
    ------
    BadInput : when the schema is newer than this hallpass.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current == ScriptDirectory.from_config(config).get_current_head():
            return
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            todo = "Update hallpass, then try again"
            raise BadInput(f"The registry has the schema {current}, which this hallpass does not know", todo) from error


def _engine(url_or_path: str) -> Engine:
    text = url_or_path if "://" in url_or_path else f"sqlite:///{url_or_path}"
    try:
        url = make_url(text)
    except ArgumentError as error:
        todo = "Give an SQLAlchemy URL, for example sqlite:////srv/hallpass/registry.sqlite"
        raise BadInput("The registry's URL cannot be read", todo) from error
    if url.get_backend_name() != "sqlite":
        return create_engine(url)
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    # A connection a transaction: nothing is left open in a forked Airflow worker.
    engine = create_engine(url, poolclass=NullPool)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None  # transactions begin where we say so, DDL included
    for pragma in (f"busy_timeout={BUSY_TIMEOUT_MS}", "journal_mode=WAL", "foreign_keys=ON"):
        dbapi_connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its lock at once: one that read first could not wait for another's commit."""
    writes = connection.get_execution_options().get("hallpass_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
