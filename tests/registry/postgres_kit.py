"""A PostgreSQL for the time of the tests: from Debian's binaries, on a socket in a folder, nothing of it durable."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import create_engine

from registry.models import Base

SPEED = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=16MB", "autovacuum=off")


class Cluster:
    """A running cluster that trusts whoever can reach its socket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def database(self) -> str:
        """The URL of a new database."""
        self._made += 1
        name = f"hallpass{self._made}"
        with self.connect("postgres", autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} STRATEGY file_copy").format(sql.Identifier(name)))
        return f"postgresql+psycopg://hallpass@/{name}?host={self._folder}"

    def connect(self, name: str, autocommit: bool = False) -> psycopg.Connection:
        """A connection to the database of that name."""
        return psycopg.connect(host=str(self._folder), dbname=name, user="hallpass", autocommit=autocommit)


def binaries() -> Path | None:
    """Where ``initdb`` and ``postgres`` are: Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [Path(shutil.which("initdb") or "")]
    return found[-1].parent if found[-1].is_file() else None


class Shelf:
    """One migrated database that is put back, before each test, to how it was when its shelf was made: 30 times
    as fast as a new one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = create_engine(url)
        tables = Base.metadata.sorted_tables
        with self._engine.connect() as connection:
            self._rows = {t: [dict(r) for r in connection.execute(t.select()).mappings()] for t in tables}
            numbers = connection.exec_driver_sql("SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences").all()
        self._empty = "; ".join(f'DELETE FROM "{table.name}"' for table in reversed(tables))
        self._numbers = "; ".join(f"SELECT setval('{name}', {last + 1}, false)" for name, last in numbers)

    def restore(self, rows: bool) -> str:
        """The database's URL, as it was, or without its ``rows``."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql(self._empty)
            for table, kept in self._rows.items() if rows else ():
                if kept:
                    connection.execute(table.insert(), kept)
            connection.exec_driver_sql(
                self._numbers if rows else "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"
            )
        return self.url

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


@contextlib.contextmanager
def cluster(programs: Path) -> Iterator[Cluster]:
    """A cluster until the end of the block. PostgreSQL refuses to run as root, so root runs it as somebody else."""
    folder = Path(tempfile.mkdtemp(prefix="hallpass-pg-"))
    user = _other_user()
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"
    made = [programs / "initdb", "-D", data, "-U", "hallpass", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run([*made, "--no-sync"], check=True, capture_output=True, user=user, cwd=folder)
    options = [
        word
        for setting in (*SPEED, "listen_addresses=", f"unix_socket_directories={folder}")
        for word in ("-c", setting)
    ]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([programs / "postgres", "-D", data, *options], user=user, stderr=log, cwd=folder)
    try:
        running = Cluster(folder)
        _wait_until_it_answers(running, server, folder / "log")
        yield running
    finally:
        server.send_signal(signal.SIGQUIT)  # at once, whoever is still connected
        server.wait()
        shutil.rmtree(folder)


def _other_user() -> str | None:
    if os.geteuid():
        return None
    return "postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else "nobody"


def _wait_until_it_answers(running: Cluster, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        with contextlib.suppress(psycopg.OperationalError):
            running.connect("postgres").close()
            return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")
