"""Landed batches into the archive: one process, whole batches, many to a transaction, each exactly once.

A load can be killed at any instant: a batch is in the archive when its row in ``batch`` is, and both come
with one commit. What was committed and not yet checkpointed goes with the killed process, and is loaded by the
next: landing is the log. What a batch adds does not depend on which batches came before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from records.errors import EvidenceDamaged
from records.model import Envelope, Record
from warehouse import database, merge
from warehouse.envelopes import STUB, body_columns, from_line
from warehouse.landing import Batch, Landing, header_of, lines_of
from warehouse.parallel import ahead
from warehouse.stage import Seen, Stage
from warehouse.tables import TIME

Parse = Callable[[Envelope], Iterable[Record]]
BYTES_A_TRANSACTION = 8 << 20
"""Compressed: some 80,000 posts with their media. Transactions of 10,000 rows were measured 3-5 times slower."""
LEAST_BYTES = 1 << 20
SHARES = 8
"""A smaller backlog is cut into so many transactions, so that one is parsed while another is written."""

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
    batches: int = 0
    envelopes: int = 0
    records: int = 0
    problems: int = 0
    damaged: tuple[str, ...] = ()

    def __add__(self, other: LoadReport) -> LoadReport:
        """Both loads as one."""
        return LoadReport(
            other.at,
            self.batches + other.batches,
            self.envelopes + other.envelopes,
            self.records + other.records,
            self.problems + other.problems,
            self.damaged + other.damaged,
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """Whole batches as columns, for one transaction; ``damaged`` says of each batch that was left out why."""

    batches: tuple[Batch, ...]
    envelopes: pa.Table
    problems: pa.Table
    tables: Mapping[str, pa.Table]
    records: int
    damaged: tuple[str, ...]


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
        report = load_into(connection, Landing(folder), parse, now)
        database.checkpoint(connection)
        return report


def load_into(connection: duckdb.DuckDBPyConnection, landing: Landing, parse: Parse, now: datetime) -> LoadReport:
    """:func:`load` into an archive that is open already."""
    return load_files(connection, _missing(connection, landing), parse, now)


def load_files(connection: duckdb.DuckDBPyConnection, paths: Iterable[Path], parse: Parse, now: datetime) -> LoadReport:
    """Load the batches in these files, none of which the archive holds.

    The next transactions are parsed while one is written; by other processes where there is much to load, so
    ``parse`` must be a function that can be pickled.
    """
    done: Counter[str] = Counter()
    damaged: list[str] = []
    for prepared in ahead(partial(prepare, parse), _groups(paths), scratch=database.scratch_of(connection)):
        with database.transaction(connection):
            _write(connection, prepared)
        damaged += prepared.damaged
        done["batches"] += len(prepared.batches)
        done["envelopes"] += prepared.envelopes.num_rows
        done["records"] += prepared.records
        done["problems"] += len(
            set(zip(*(prepared.problems[c].to_pylist() for c in ("batch_id", "line")), strict=True))
        )
    return LoadReport(now, done["batches"], done["envelopes"], done["records"], done["problems"], tuple(damaged))


def prepare(parse: Parse, paths: Sequence[Path]) -> Prepared:
    """The batches in these files, read, checked, parsed and turned into columns."""
    batches, damaged = [], []
    envelopes: dict[str, list[object]] = {name: [] for name in _ENVELOPE.names}
    problems: list[tuple[str, int, str]] = []
    stage = Stage()
    for path in paths:
        try:
            batch, read = _read(header_of(path))
        except EvidenceDamaged as error:
            damaged.append(str(error))
            continue
        batches.append(batch)
        for line, envelope, sha256 in read:
            _keep(envelopes, batch.batch_id, line, envelope, sha256)
            problems += _parse(parse, envelope, Seen(envelope.fetched_at, batch.batch_id, line), stage)
    tables, unfit = stage.arrow()
    problems += [(u.seen.batch_id, u.seen.line, u.error) for u in unfit]
    return Prepared(
        batches=tuple(batches),
        envelopes=pa.table(envelopes, schema=_ENVELOPE),
        problems=_table(problems, _PROBLEM),
        tables=tables,
        records=stage.records,
        damaged=tuple(damaged),
    )


def _groups(paths: Iterable[Path]) -> list[list[Path]]:
    """The files of one transaction after the other."""
    sizes = {path: path.stat().st_size for path in paths}
    share = min(BYTES_A_TRANSACTION, max(LEAST_BYTES, sum(sizes.values()) // SHARES))
    groups: list[list[Path]] = []
    room = 0
    for path, size in sizes.items():
        if size > room:
            groups.append([])
            room = share
        groups[-1].append(path)
        room -= size
    return groups


def _missing(connection: duckdb.DuckDBPyConnection, landing: Landing) -> Iterator[Path]:
    held = database.held_batches(connection)
    return (path for batch_id, path in landing.paths().items() if batch_id not in held)


def _read(batch: Batch) -> tuple[Batch, list[tuple[int, Envelope, str]]]:
    """All of a batch that was not lawfully dropped, line by line, so that a damaged one adds nothing."""
    lines = enumerate(lines_of(batch), start=1)
    kept = ((number, line) for number, line in lines if not line.startswith(STUB))
    return batch, [(number, *from_line(line, f"line {number} of {batch.path}")) for number, line in kept]


def _parse(parse: Parse, envelope: Envelope, seen: Seen, stage: Stage) -> list[tuple[str, int, str]]:
    """Count the envelope's records in; a problem, where there is one, and then none of them."""
    try:
        records = list(parse(envelope))
    except Exception as error:  # whatever a hostile body provokes, the evidence is kept
        return [(seen.batch_id, seen.line, f"{type(error).__name__}: {error}")]
    for record in records:
        stage.add(record, seen)
    return []


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


def _write(connection: duckdb.DuckDBPyConnection, prepared: Prepared) -> None:
    merge.merge(connection, prepared.tables)
    merge.append(connection, "envelope", prepared.envelopes)
    merge.append(connection, "parse_problem", prepared.problems)
    batches = [(b.batch_id, b.source, b.created_at, b.records, b.sha256) for b in prepared.batches]
    merge.append(connection, "batch", _table(batches, _BATCH))


def _table(rows: Iterable[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)
