"""The one door to the registry's database: opening, migrating, and transactions that either read or write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from records.errors import BadInput
from registry.complaints import explained
from registry.engine import make_engine, reading, writing

MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """An open registry database at the newest schema.

    Parameters
    ----------
    url_or_path : an SQLAlchemy URL (SQLite or PostgreSQL), or the path of an SQLite file (made if absent).

    Raises
    ------
    BadInput : when it is not a database, does not answer, or a newer hallpass made it.
    Busy : when another process held it for longer than the busy time-out.
    """

    def __init__(self, url_or_path: str | Path) -> None:
        self._engine = make_engine(url_or_path)
        self._reading, self._writing = reading(self._engine), writing(self._engine)
        try:
            with explained(self._engine.url):
                migrate(self._reading, self._writing)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session over one consistent state; what it changes is not kept."""
        with explained(self._engine.url), Session(self._reading) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that is committed at the end, unless an exception or its user rolls it back."""
        with explained(self._engine.url), Session(self._writing) as session:
            yield session
            session.commit()


def migrate(read: Engine, write: Engine) -> None:
    """Bring the schema to the newest revision, in one transaction; it waits for no writer where it is there already.

    Raises
    ------
    BadInput : when the schema is newer than this hallpass.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    head = ScriptDirectory.from_config(config).get_current_head()
    with read.connect() as connection:
        if MigrationContext.configure(connection).get_current_revision() == head:
            return
    with write.begin() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            todo = "Update hallpass, then try again"
            raise BadInput(f"The registry has the schema {current}, which this hallpass does not know", todo) from error
