"""What the warehouse's tests share: records of a small district, a parser for them, and whole tables back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from records.canonical import canonical, plain
from records.model import Comment, Envelope, MediaItem, Platform, Post, ProfileSnapshot, Record, Relationship, Tombstone
from records.own import _build, parse_own
from warehouse import database, parts

NOW = datetime(2026, 10, 19, 11, tzinfo=UTC)
ACCOUNT = "x:account:1"
TYPES = {t.__name__: t for t in (Post, Comment, MediaItem, ProfileSnapshot, Relationship, Tombstone)}


def hours(count: float) -> datetime:
    """So many hours after the kit's now."""
    return NOW + timedelta(hours=count)


def post(number: int, text: str = "hello", version: str | None = None, **more: Any) -> Post:
    fields: dict[str, Any] = {"account_id": ACCOUNT, "author_id": "1", "kind": "post", "created_at": NOW} | more
    return Post(f"x:post:{number}", version or str(number), Platform.X, text=text, **fields)


def page(at: datetime, *records: Record) -> Envelope:
    """Records as one exchange of the test's own platform."""
    body = canonical([{"type": type(r).__name__, **plain(r)} for r in records])
    return Envelope("test.page", body, at, account_id=ACCOUNT, url="https://api.twitter.com/2/tweets")


def parse(envelope: Envelope) -> Iterator[Record]:
    """The parser of :func:`page` and of our own records; anything else is an error, as it is for a real one."""
    if envelope.kind.startswith("own."):
        yield from parse_own(envelope)
        return
    for fields in json.loads(envelope.body):
        yield _build(TYPES[fields.pop("type")], fields)


def contents(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
    """The whole content of every table of the archive, rows in a fixed order."""
    return {n: connection.execute(f"FROM {n} ORDER BY ALL").fetchall() for n in parts.tables_of(connection)}


def tables(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """:func:`contents` of the archive in ``folder``."""
    with closing(database.joined(database.archive_path(folder))) as connection:
        return contents(connection)


def rows(folder: Path, statement: str) -> list[tuple[Any, ...]]:
    with closing(database.joined(database.archive_path(folder))) as connection:
        return connection.execute(statement).fetchall()
