"""Landed batches into the archive: one process, whole batches, many to a transaction, each exactly once.

A load can be killed at any instant: a batch is in the archive when its row in ``batch`` is, and both come
with one commit. What a batch adds does not depend on which batches came before it.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from records.errors import EvidenceDamaged
from records.model import Envelope, Record
from warehouse import database, merge
from warehouse.envelopes import body_columns, from_line
from warehouse.landing import Batch, Landing, header_of, lines_of
from warehouse.stage import Seen, Stage, Unfit
from warehouse.tables import TIME

Parse = Callable[[Envelope], Iterable[Record]]
ROWS_A_TRANSACTION = 122_880
"""One row group of DuckDB; smaller transactions were measured 3-5 times slower on a backlog."""

_ENVELOPE = pa.schema(
    {
        "batch_id": pa.string(),
        "line": pa.int64(),
        "kind": pa.string(),
        "account_id": pa.string(),
        "subject": pa.string(),
        "url": pa.string(),
        "status": pa.int64(),
        "fetched_at": TIME,
        "sha256": pa.string(),
        "minimised": pa.bool_(),
        "body": pa.string(),
        "body_b64": pa.string(),
    }
)
_BATCH = pa.schema(
    {
        "batch_id": pa.string(),
        "source": pa.string(),
        "created_at": TIME,
        "records": pa.int64(),
        "sha256": pa.string(),
    }
)
_PROBLEM = pa.schema({"batch_id": pa.string(), "line": pa.int64(), "error": pa.string()})


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What one load did. ``damaged`` says of each file that was left out why; the others were loaded."""

    at: datetime
    batches: int
    envelopes: int
    records: int
    problems: int
    damaged: tuple[str, ...]


@dataclass(slots=True)
class Backlog:
    """Whole batches, gathered for one transaction."""

    stage: Stage = field(default_factory=Stage)
    batches: list[Batch] = field(default_factory=list)
    envelopes: dict[str, list[object]] = field(default_factory=lambda: {name: [] for name in _ENVELOPE.names})
    problems: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows this would add at most."""
        return self.stage.records + len(self.envelopes["line"])


def load(folder: Path, parse: Parse, now: datetime) -> LoadReport:
    """Load every landed batch that the archive does not hold yet; again, it changes nothing.

    An envelope whose ``parse`` raises is kept, and noted in ``parse_problem``. ``now`` dates the report
    alone: no table holds the time of a load.

    Raises
    ------
    Busy : another process holds the warehouse.
    EvidenceError : the archive's file cannot be read.
    """
    with database.only_loader(folder), database.open_archive(database.archive_path(folder)) as connection:
        return load_into(connection, Landing(folder), parse, now)


def load_into(connection: duckdb.DuckDBPyConnection, landing: Landing, parse: Parse, now: datetime) -> LoadReport:
    """:func:`load` into an archive that is open already."""
    return load_files(connection, _missing(connection, landing), parse, now)


def load_files(connection: duckdb.DuckDBPyConnection, paths: Iterable[Path], parse: Parse, now: datetime) -> LoadReport:
    """Load the batches in these files, none of which the archive holds.

    One transaction is written while the next one is being parsed.
    """
    done: Counter[str] = Counter()
    damaged: list[str] = []
    with _no_collector(), ThreadPoolExecutor(1) as writer:
        written: Future[Counter[str]] | None = None
        for backlog in _backlogs(paths, parse, damaged):
            if written:
                done += written.result()
            written = writer.submit(_commit, connection, backlog)
        if written:
            done += written.result()
    return LoadReport(now, done["batches"], done["envelopes"], done["records"], done["problems"], tuple(damaged))


def _commit(connection: duckdb.DuckDBPyConnection, backlog: Backlog) -> Counter[str]:
    with database.transaction(connection):
        problems = _write(connection, backlog)
    return Counter(
        batches=len(backlog.batches),
        envelopes=len(backlog.envelopes["line"]),
        records=backlog.stage.records,
        problems=problems,
    )


@contextmanager
def _no_collector() -> Iterator[None]:
    """Without Python's cycle collector, which would walk millions of fresh records again and again to free none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _missing(connection: duckdb.DuckDBPyConnection, landing: Landing) -> Iterator[Path]:
    held = database.held_batches(connection)
    return (path for batch_id, path in landing.paths().items() if batch_id not in held)


def _backlogs(paths: Iterable[Path], parse: Parse, damaged: list[str]) -> Iterator[Backlog]:
    backlog = Backlog()
    for path in paths:
        try:
            read = _read(header_of(path))
        except EvidenceDamaged as error:
            damaged.append(str(error))
            continue
        _gather(backlog, *read, parse)
        if backlog.rows >= ROWS_A_TRANSACTION:
            yield backlog
            backlog = Backlog()
    if backlog.batches:
        yield backlog


def _read(batch: Batch) -> tuple[Batch, list[tuple[Envelope, str]]]:
    """All of a batch, so that a damaged one adds nothing."""
    lines = enumerate(lines_of(batch), start=1)
    return batch, [from_line(line, f"line {number} of {batch.path}") for number, line in lines]


def _gather(backlog: Backlog, batch: Batch, envelopes: list[tuple[Envelope, str]], parse: Parse) -> None:
    backlog.batches.append(batch)
    for line, (envelope, sha256) in enumerate(envelopes, start=1):
        _keep(backlog.envelopes, batch.batch_id, line, envelope, sha256)
        seen = Seen(envelope.fetched_at, batch.batch_id, line)
        try:
            records = list(parse(envelope))
        except Exception as error:  # whatever a hostile body provokes, the evidence is kept
            backlog.problems.append((batch.batch_id, line, f"{type(error).__name__}: {error}"))
            continue
        for record in records:
            backlog.stage.add(record, seen)


def _keep(columns: dict[str, list[object]], batch_id: str, line: int, envelope: Envelope, sha256: str) -> None:
    text, encoded = body_columns(envelope.body)
    values = (
        batch_id,
        line,
        envelope.kind,
        envelope.account_id,
        envelope.subject,
        envelope.url,
        envelope.status,
        envelope.fetched_at,
        sha256,
        envelope.minimised,
        text,
        encoded,
    )
    for column, value in zip(columns.values(), values, strict=True):
        column.append(value)


def _write(connection: duckdb.DuckDBPyConnection, backlog: Backlog) -> int:
    """Everything of ``backlog`` into the open transaction; returns how many envelopes have a problem."""
    unfit = merge.merge(connection, backlog.stage)
    problems = [*backlog.problems, *map(_problem, unfit)]
    merge.append(connection, "envelope", pa.table(backlog.envelopes, schema=_ENVELOPE))
    merge.append(connection, "parse_problem", _table(problems, _PROBLEM))
    batches = [(b.batch_id, b.source, b.created_at, b.records, b.sha256) for b in backlog.batches]
    merge.append(connection, "batch", _table(batches, _BATCH))
    return len({(batch_id, line) for batch_id, line, _ in problems})


def _problem(unfit: Unfit) -> tuple[str, int, str]:
    return unfit.seen.batch_id, unfit.seen.line, unfit.error


def _table(rows: Iterable[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)
