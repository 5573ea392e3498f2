"""Parsed records on their way into the archive: merged by content in Python, handed over as Arrow columns."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec
import pyarrow as pa

from records.model import Record
from warehouse.tables import BY_NAME, TABLES, TIME, Column, Table

_encode = msgspec.json.Encoder().encode
_CONTENT_BYTES = 16


@dataclass(frozen=True, slots=True, order=True)
class Seen:
    """When and where a record was seen; the smallest is the first sighting."""

    at: datetime
    batch_id: str
    line: int


@dataclass(slots=True)
class Row:
    """All sightings of one content: the first one, the last one, and an account if any knew it."""

    seen: Seen
    first: Record
    last_at: datetime
    latest: Record
    account_id: str | None


@dataclass(frozen=True, slots=True)
class Unfit:
    """A record that no column can hold: a number beyond 64 bits, say."""

    seen: Seen
    error: str


class Staged:
    """The rows of one table, one for each content."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.rows: dict[bytes, Row] = {}
        self._key = _values(table.key)
        self._latest = _values(table.latest)

    def add(self, record: Record, seen: Seen) -> None:
        """Count one sighting in; the order of calls does not matter."""
        content = self._content(record, seen)
        account_id = getattr(record, "account_id", None)
        row = self.rows.get(content)
        if row is None:
            self.rows[content] = Row(seen, record, seen.at, record, account_id)
            return
        if seen < row.seen:
            row.seen, row.first = seen, record
        if self._rank(record, seen.at) > self._rank(row.latest, row.last_at):
            row.last_at, row.latest = seen.at, record
        if account_id is not None and (row.account_id is None or account_id > row.account_id):
            row.account_id = account_id

    def arrow(self) -> tuple[pa.Table, list[Unfit]]:
        """The rows as columns, and those that have none."""
        try:
            return self._columns(self.rows), []
        except (pa.ArrowException, OverflowError, TypeError, ValueError):
            unfit = {content: error for content in self.rows if (error := self._misfit(content))}
            fit = {content: row for content, row in self.rows.items() if content not in unfit}
            return self._columns(fit), [Unfit(self.rows[c].seen, error) for c, error in unfit.items()]

    def _misfit(self, content: bytes) -> str | None:
        try:
            self._columns({content: self.rows[content]})
        except (pa.ArrowException, OverflowError, TypeError, ValueError) as error:
            return f"{type(self.rows[content].first).__name__} does not fit its table: {error}"
        return None

    def _columns(self, rows: dict[bytes, Row]) -> pa.Table:
        kept = list(rows.values())
        sightings = [row.seen for row in kept]
        sources: dict[str, list[Any]] = {
            "first": [row.first for row in kept],
            "latest": [row.latest for row in kept],
            "row": kept,
        }
        arrays = {c.name: _array(map(c.get, sources[self._source(c)]), c.type) for c in self.table.columns}
        arrays["content"] = _uuids(list(rows))
        arrays[self.table.seen] = pa.array([seen.at for seen in sightings], TIME)
        if self.table.keeps_last:
            arrays["last_seen_at"] = pa.array([row.last_at for row in kept], TIME)
        arrays["batch_id"] = pa.array([seen.batch_id for seen in sightings], pa.string())
        arrays["line"] = pa.array([seen.line for seen in sightings], pa.int64())
        return pa.table(arrays)

    def _source(self, column: Column) -> str:
        """Which sighting a column is taken from; an account is taken from the row, which has one if any had."""
        if column.name in self.table.latest:
            return "latest"
        return "row" if column.name in self.table.known_once else "first"

    def _content(self, record: Record, seen: Seen) -> bytes:
        """What names the row: the same on every machine and Python, so a rebuild gives the same."""
        key = self._key(record)
        if self.table.each_sighting:
            key = (*key, seen.batch_id, seen.line)
        try:
            text = _encode(key)
        except UnicodeEncodeError:
            text = _encode([_encodable(value) for value in key])
        return hashlib.blake2b(text, digest_size=_CONTENT_BYTES).digest()

    def _rank(self, record: Record, at: datetime) -> tuple[Any, ...]:
        """Later is greater; at one moment the values decide, absent ones last, as DuckDB orders a row."""
        return (at, *((v is None, "" if v is None else v) for v in self._latest(record)))


class Stage:
    """Records of many envelopes, sorted into their tables."""

    def __init__(self) -> None:
        self._staged = {name: Staged(table) for name, table in BY_NAME.items()}
        self._homes = {kind: [self._staged[t.name] for t in tables] for kind, tables in TABLES.items()}
        self.records = 0

    def add(self, record: Record, seen: Seen) -> None:
        """Count one sighting of ``record`` in."""
        for staged in self._homes[type(record)]:
            staged.add(record, seen)
        self.records += 1

    def arrow(self) -> tuple[dict[str, pa.Table], list[Unfit]]:
        """The rows of each table that has some, as columns, and the records that fit none."""
        parts = {name: staged.arrow() for name, staged in self._staged.items() if staged.rows}
        return {name: rows for name, (rows, _) in parts.items()}, [u for _, unfit in parts.values() for u in unfit]


def _values(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) < 2:  # attrgetter gives a tuple for several names only
        return lambda record: tuple(getattr(record, name) for name in names)
    return attrgetter(*names)


def _array(cells: Iterable[Any], arrow_type: pa.DataType) -> pa.Array:
    values = list(cells)
    try:
        return pa.array(values, arrow_type)
    except UnicodeEncodeError:
        return pa.array([_encodable(v) for v in values], arrow_type)


def _encodable(value: Any) -> Any:
    """JSON can spell half of a surrogate pair, UTF-8 cannot: it becomes a question mark. Landing keeps the bytes."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return [_encodable(v) for v in value] if isinstance(value, tuple) else value


def _uuids(contents: list[bytes]) -> pa.Array:
    return pa.ExtensionArray.from_storage(pa.uuid(), pa.array(contents, pa.binary(_CONTENT_BYTES)))
