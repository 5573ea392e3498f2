"""The same work in SQLite and PostgreSQL: landed batches into durable, hashed, versioned rows, raw JSON kept.

Both read the same files with the same reader and parser, name content by the same digest, and keep the same
rows with the same columns: envelopes, versions, media and each record's current state. What is asked of Python
here is asked of it in the quickest way (``dataclasses.astuple``, for one, copies every value: 25 microseconds a
post that no database owes).
"""

from __future__ import annotations

import hashlib
import io
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from connectors import parse
from records.model import MediaItem, Post
from warehouse.envelopes import from_line
from warehouse.landing import Landing, lines_of

ROWS_A_TRANSACTION = 122_880
_encode = msgspec.json.Encoder().encode
_SCHEMA = """
CREATE TABLE envelope (batch_id TEXT, line INTEGER, kind TEXT, account_id TEXT, subject TEXT, url TEXT, status INTEGER,
    fetched_at TEXT, sha256 TEXT, minimised BOOLEAN, body TEXT, PRIMARY KEY (batch_id, line));
CREATE TABLE version (content {blob} PRIMARY KEY, record_id TEXT, version_id TEXT, platform TEXT, account_id TEXT,
    author_id TEXT, kind TEXT, text TEXT, created_at TEXT, conversation_id TEXT, in_reply_to TEXT, permalink TEXT,
    hidden BOOLEAN, media_ids TEXT, first_seen_at TEXT, last_seen_at TEXT, batch_id TEXT, line INTEGER);
CREATE INDEX version_record ON version (record_id);
CREATE TABLE media (record_id TEXT PRIMARY KEY, platform TEXT, account_id TEXT, kind TEXT, url TEXT, alt_text TEXT,
    width INTEGER, height INTEGER, first_seen_at TEXT, last_seen_at TEXT, batch_id TEXT, line INTEGER);
CREATE TABLE current (record_id TEXT PRIMARY KEY, kind TEXT, account_id TEXT, content {blob}, versions INTEGER,
    state TEXT, first_seen_at TEXT, last_seen_at TEXT);
"""
_COLUMNS = {"envelope": 11, "version": 18, "media": 12, "current": 8}
_AGAIN = {
    "envelope": "ON CONFLICT DO NOTHING",
    "version": "ON CONFLICT (content) DO UPDATE SET last_seen_at = excluded.last_seen_at"
    " WHERE excluded.last_seen_at > {now}last_seen_at",
    "media": "ON CONFLICT (record_id) DO UPDATE SET url = excluded.url, last_seen_at = excluded.last_seen_at"
    " WHERE excluded.last_seen_at > {now}last_seen_at",
    "current": "ON CONFLICT (record_id) DO UPDATE SET content = excluded.content, versions = {now}versions + 1,"
    " last_seen_at = excluded.last_seen_at WHERE excluded.last_seen_at > {now}last_seen_at",
}
"""What becomes of a row that is there already."""
Rows = dict[str, list[tuple[object, ...]]]


def backlogs(folder: Path) -> Iterator[Rows]:
    """Rows for the rivals' tables, a transaction's worth at a time."""
    landing = Landing(folder)
    rows: Rows = {"envelope": [], "version": [], "media": [], "current": []}
    for batch in landing.batches():
        for line, content in enumerate(lines_of(batch), start=1):
            envelope, digest = from_line(content, f"line {line} of {batch.path}")
            at = envelope.fetched_at.isoformat()
            rows["envelope"].append(
                (batch.batch_id, line, envelope.kind, envelope.account_id, envelope.subject, envelope.url,
                 envelope.status, at, digest, envelope.minimised, envelope.body.decode())
            )  # fmt: skip
            for record in parse(envelope):
                _add(rows, record, (at, batch.batch_id, line))
        if len(rows["version"]) >= ROWS_A_TRANSACTION:
            yield rows
            rows = {name: [] for name in rows}
    yield rows


def _add(rows: Rows, record: object, seen: tuple[str, str, int]) -> None:
    if isinstance(record, Post):
        content = hashlib.blake2b(_encode(record), digest_size=16).digest()
        created = record.created_at.isoformat() if record.created_at else None
        rows["version"].append(
            (content, record.record_id, record.version_id, record.platform.value, record.account_id, record.author_id,
             record.kind, record.text, created, record.conversation_id, record.in_reply_to, record.permalink,
             record.hidden, " ".join(record.media_ids), seen[0], *seen)
        )  # fmt: skip
        rows["current"].append(
            (record.record_id, "post", record.account_id, content, 1, "present", seen[0], seen[0])
        )  # fmt: skip
    elif isinstance(record, MediaItem):
        rows["media"].append(
            (record.record_id, record.platform.value, record.account_id, record.kind, record.url, record.alt_text,
             record.width, record.height, seen[0], *seen)
        )  # fmt: skip


def sqlite_load(folder: Path, path: Path, *, full_text: bool) -> None:
    """Everything landed in ``folder`` into a new SQLite database at ``path``."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -200000;")
        connection.executescript(_SCHEMA.format(blob="BLOB"))
        if full_text:
            connection.execute("CREATE VIRTUAL TABLE words USING fts5(text, content='version')")
        for rows in backlogs(folder):
            _sqlite_write(connection, rows, full_text)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _sqlite_write(connection: sqlite3.Connection, rows: Rows, full_text: bool) -> None:
    before = connection.execute("SELECT coalesce(max(rowid), 0) FROM version").fetchone()
    connection.execute("BEGIN")
    for table, columns in _COLUMNS.items():
        statement = f"INSERT INTO {table} VALUES ({marks(columns)}) {_AGAIN[table].format(now=f'{table}.')}"
        connection.executemany(statement, rows[table])
    if full_text:
        connection.execute("INSERT INTO words (rowid, text) SELECT rowid, text FROM version WHERE rowid > ?", before)
    connection.execute("COMMIT")


def marks(count: int) -> str:
    """So many placeholders."""
    return ", ".join("?" * count)


def postgres_programs() -> Path | None:
    """The folder of PostgreSQL's programs: on the path, or where Debian puts them; None where there are none."""
    found = shutil.which("initdb")
    places = [*([Path(found).resolve().parent] if found else []), *Path("/usr/lib/postgresql").glob("*/bin")]
    needed = ("initdb", "pg_ctl", "postgres", "psql")
    return next((place for place in places if all((place / name).exists() for name in needed)), None)


@contextmanager
def postgres(folder: Path) -> Iterator[list[str] | None]:
    """A server of its own on a socket in ``folder`` and the psql command to reach it; None where there is none."""
    programs = postgres_programs()
    if programs is None:
        yield None
        return
    data = folder / "pg"
    as_user = ["runuser", "-u", "postgres", "--"] if Path("/proc/self").owner() == "root" else []
    folder.chmod(0o777)
    control = [*as_user, str(programs / "pg_ctl"), "-D", str(data), "-w"]
    options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
    run([*as_user, str(programs / "initdb"), "-D", str(data), "-A", "trust", "--no-locale", "-E", "UTF8"])
    run([*control, "-l", str(folder / "pg.log"), "-o", options, "start"])
    try:
        user = ["-U", "postgres"] if as_user else []
        psql = str(programs / "psql")
        yield [psql, "-h", str(folder), "-d", "postgres", "-q", "-v", "ON_ERROR_STOP=1", *user]
    finally:
        run([*control, "-m", "fast", "stop"])


def postgres_load(folder: Path, psql: list[str]) -> None:
    """The same with COPY and a GIN index kept up, over psql."""
    run([*psql, "-c", _SCHEMA.format(blob="TEXT")])
    run([*psql, "-c", "CREATE INDEX words ON version USING gin (to_tsvector('simple', text))"])
    for rows in backlogs(folder):
        script = io.StringIO()
        script.write("BEGIN;\n")
        for table in _COLUMNS:
            script.write(
                f"CREATE TEMP TABLE new_{table} (LIKE {table}) ON COMMIT DROP;\nCOPY new_{table} FROM STDIN;\n"
            )
            script.writelines("\t".join(map(_copied, row)) + "\n" for row in rows[table])
            script.write(f"\\.\nINSERT INTO {table} {_new(table)} {_AGAIN[table].format(now=f'{table}.')};\n")
        script.write("COMMIT;\n")
        run(psql, script.getvalue())


def _new(table: str) -> str:
    """Once each: PostgreSQL refuses to change one row twice in a statement."""
    if table in ("media", "current"):
        return f"SELECT DISTINCT ON (record_id) * FROM new_{table} ORDER BY record_id, last_seen_at DESC"
    return f"SELECT * FROM new_{table}"


def _copied(value: object) -> str:
    if value is None:
        return "\\N"
    text = value.hex() if isinstance(value, bytes) else str(value)
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def run(command: list[str], script: str | None = None) -> str:
    """The output of ``command``; its error output is shown where it fails."""
    done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr[-2000:]}")
    return done.stdout
