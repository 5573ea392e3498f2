"""Landed batches on their way into the archive: read, checked, parsed and turned into columns, away from any database.

A process that does nothing else imports this module and not DuckDB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from records.errors import EvidenceDamaged
from records.model import Envelope, Record
from warehouse.envelopes import body_columns, from_line, is_stub
from warehouse.landing import Batch, header_of, lines_of
from warehouse.stage import Seen, Stage
from warehouse.tables import TIME

Parse = Callable[[Envelope], Iterable[Record]]

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
class Prepared:
    """Whole batches as columns, for one transaction; ``damaged`` says of each batch that was left out why."""

    batches: pa.Table
    envelopes: pa.Table
    problems: pa.Table
    tables: Mapping[str, pa.Table]
    records: int
    damaged: tuple[str, ...]


def prepare(parse: Parse, paths: Sequence[Path]) -> Prepared:
    """The batches in these files, read, checked, parsed and turned into columns."""
    batches: list[Batch] = []
    damaged: list[str] = []
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
        batches=_table(((b.batch_id, b.source, b.created_at, b.records, b.sha256) for b in batches), _BATCH),
        envelopes=pa.table(envelopes, schema=_ENVELOPE),
        problems=_table(problems, _PROBLEM),
        tables=tables,
        records=stage.records,
        damaged=tuple(damaged),
    )


def _read(batch: Batch) -> tuple[Batch, list[tuple[int, Envelope, str]]]:
    """All of a batch that was not lawfully dropped, line by line, so that a damaged one adds nothing."""
    lines = enumerate(lines_of(batch), start=1)
    kept = ((number, line) for number, line in lines if not is_stub(line))
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


def _table(rows: Iterable[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema=schema)
