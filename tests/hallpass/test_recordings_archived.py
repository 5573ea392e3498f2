"""The recorded X and Graph exchanges go the whole way: landing, loader, DuckDB; counted against the parsers' output
(which tests/connectors counts against the bodies) and against the bodies' own ids."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from recordings import recorded_envelopes, x_envelopes

from connectors import parse
from records.model import Comment, MediaItem, Post, ProfileSnapshot
from warehouse.landing import Landing
from warehouse.load import load
from warehouse.publish import open_published, publish

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def archived(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("recorded")
    Landing(folder).land("recorded", list(recorded_envelopes(shared)), NOW)
    load(folder, parse, NOW)
    publish(folder)
    with open_published(folder) as connection:
        yield connection


def ids(connection: duckdb.DuckDBPyConnection, statement: str) -> set[str]:
    return {row[0] for row in connection.execute(statement).fetchall()}


@pytest.mark.shared
def test_every_recorded_record_is_in_the_archive(shared: Path, archived: duckdb.DuckDBPyConnection) -> None:
    found: dict[type, set[str]] = {Post: set(), Comment: set(), ProfileSnapshot: set(), MediaItem: set()}
    for envelope in recorded_envelopes(shared):
        for record in parse(envelope):
            if type(record) in found:
                found[type(record)].add(record.record_id)
    assert {
        Post: ids(archived, "SELECT DISTINCT record_id FROM post_version"),
        Comment: ids(archived, "SELECT DISTINCT record_id FROM comment_version"),
        ProfileSnapshot: ids(archived, "SELECT DISTINCT record_id FROM profile_version"),
        MediaItem: ids(archived, "SELECT DISTINCT record_id FROM media_item"),
    } == found
    assert min(len(records) for records in found.values()) > 30


@pytest.mark.shared
def test_every_id_of_an_x_body_is_an_archived_record(shared: Path, archived: duckdb.DuckDBPyConnection) -> None:
    held = ids(archived, "SELECT record_id FROM record_current") | ids(archived, "SELECT version_id FROM post_version")
    shown = {text for e in x_envelopes(shared) for text in shown_in(json.loads(e.body))}
    assert {s for s in shown if s not in held} == set()
    assert len(shown) > 700


@pytest.mark.shared
def test_no_recorded_body_is_a_problem_to_the_parsers_and_each_is_kept_verbatim(
    shared: Path, archived: duckdb.DuckDBPyConnection
) -> None:
    assert archived.execute("SELECT * FROM parse_problem").fetchall() == []
    bodies = {e.body.decode() for e in recorded_envelopes(shared)}
    assert {b for (b,) in archived.execute("SELECT body FROM envelope").fetchall()} == bodies


def shown_in(body: dict[str, Any]) -> Iterator[str]:
    """Posts and users anywhere in an X body, by their shape."""
    for item in walk([body.get("data"), body.get("includes")]):
        if {"id", "username"} <= item.keys():
            yield f"x:profile:{item['id']}"
        elif {"id", "text"} <= item.keys() and "event_type" not in item:
            yield str(item["id"])


def walk(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from walk(item)
