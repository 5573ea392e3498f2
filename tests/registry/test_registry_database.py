"""Opening, migrating and sharing the registry's database."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, select
from sqlalchemy.exc import StatementError

from records.errors import BadInput, Busy
from registry import Registry
from registry import engine as engine_room
from registry.database import Database
from registry.models import Base, RosterImport


def columns(url: str) -> dict[str, dict[str, Any]]:
    """Each column of each table, as the database itself describes it."""
    engine = create_engine(url)
    seen = inspect(engine)
    found = {
        f"{table}.{column['name']}": {"type": str(column["type"]), "nullable": column["nullable"]}
        for table in seen.get_table_names()
        for column in seen.get_columns(table)
        if table != "alembic_version"
    }
    engine.dispose()
    return found


def test_a_migrated_schema_equals_the_models(new_url: str) -> None:
    Database(new_url).close()
    engine = create_engine(new_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_a_migrated_schema_equals_a_fresh_one(request: pytest.FixtureRequest, tmp_path: Path, new_url: str) -> None:
    Database(new_url).close()
    postgresql = new_url.startswith("postgresql")
    fresh = request.getfixturevalue("postgresql").database() if postgresql else f"sqlite:///{tmp_path / 'fresh'}"
    engine = create_engine(fresh)
    Base.metadata.create_all(engine)
    engine.dispose()
    assert columns(new_url) == columns(fresh)


def test_two_who_open_a_new_registry_at_once_migrate_it_once(new_url: str) -> None:
    with ThreadPoolExecutor() as pool:
        opened = list(pool.map(Database, [new_url] * 4))
    for store in opened:
        store.close()
    with Registry.open(new_url) as registry:
        assert registry.outbox() == []


def test_the_folder_is_made_and_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'folder' / 'r.sqlite'}"
    with Registry.open(url) as registry:
        registry.go_live_done("union-notice", "it", datetime(2026, 9, 1, tzinfo=UTC), "letter of 1 September")
    with Registry.open(url) as registry:
        assert registry.go_live_missing() == ["committee-vote", "public-notice", "procedures"]


def test_the_database_is_journalled_ahead_and_holds_its_foreign_keys(tmp_path: Path) -> None:
    store = Database(tmp_path / "r.sqlite")
    with store.read() as session:
        connection = session.connection()
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    assert settings == ["wal", 1, engine_room.BUSY_TIMEOUT_MS]


def test_times_come_back_in_utc_whatever_zone_they_went_in_with(new_url: str) -> None:
    noon_in_boston = datetime(2026, 9, 1, 12, tzinfo=timezone(timedelta(hours=-4)))
    store = Database(new_url)
    with store.write() as session:
        session.add(RosterImport(at=noon_in_boston, by="it", sha256="", version="1.1"))
    with store.read() as session:
        at = session.scalars(select(RosterImport.at)).one()
    store.close()
    assert (at, at.tzinfo) == (datetime(2026, 9, 1, 16, tzinfo=UTC), UTC)


def test_a_time_without_a_zone_is_a_mistake_of_the_programmer(tmp_path: Path) -> None:
    with pytest.raises(StatementError, match="has no zone"), Database(tmp_path / "r.sqlite").write() as session:
        session.add(RosterImport(at=datetime(2026, 9, 1), by="it", sha256="", version="1.1"))
        session.flush()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    path.write_bytes(b"minutes of the School Committee " * 100)
    with pytest.raises(BadInput, match="is not a registry"):
        Registry.open(path)
    assert path.read_bytes() == b"minutes of the School Committee " * 100


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be opened"):
        Registry.open(tmp_path)


def test_a_url_that_cannot_be_read_is_refused_without_repeating_it() -> None:
    with pytest.raises(BadInput, match="URL cannot be read") as refused:
        Registry.open("://someone:hunter2@host")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("url", ["mysql://someone:hunter2@host/db", "postgres://someone:hunter2@host/db"])
def test_another_database_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(BadInput, match="names another database") as refused:
        Registry.open(url)
    assert "hunter2" not in str(refused.value)


def test_a_server_that_does_not_answer_is_told_in_one_line_without_the_password() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(BadInput) as refused:
            Registry.open(f"postgresql+psycopg://someone:hunter2@127.0.0.1:{port}/hallpass")
    told = str(refused.value)
    assert told.startswith(f"The registry postgresql+psycopg://someone:***@127.0.0.1:{port}/hallpass does not answer: ")
    assert told.endswith("Connection refused. See that PostgreSQL runs and takes this user.")
    assert "hunter2" not in told and "\n" not in told


def test_a_schema_from_a_newer_hallpass_is_refused(new_url: str) -> None:
    Registry.open(new_url).close()
    engine = create_engine(new_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(BadInput, match="schema 9999, which this hallpass does not know"):
        Registry.open(new_url)


def test_a_registry_that_another_process_writes_is_busy_and_can_still_be_read(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_room, "BUSY_TIMEOUT_MS", 50)
    other = Database(url)
    with Registry.open(url) as registry:
        with other.write() as session:
            session.connection()
            assert registry.schools() == {"high": "High School"}
            with pytest.raises(Busy, match="held by another process"):
                registry.go_live_done("union-notice", "it", datetime(2026, 9, 1, tzinfo=UTC), "letter")
        other.close()
        assert len(registry.go_live_missing()) == 4


def test_a_registry_that_another_process_writes_can_still_be_opened(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_room, "BUSY_TIMEOUT_MS", 50)
    other = Database(url)
    with other.write() as session:
        session.connection()
        with Registry.open(url) as registry:
            assert registry.schools() == {"high": "High School"}
    other.close()


def test_a_writer_waits_for_the_one_before_it_and_then_sees_what_that_one_wrote(url: str) -> None:
    def try_all(number: int) -> str:
        with Registry.open(url) as registry:
            try:
                registry.go_live_done("union-notice", f"it{number}", datetime(2026, 9, 1, tzinfo=UTC), "letter")
                return "done"
            except BadInput as error:
                return error.what

    with ThreadPoolExecutor() as pool:
        said = sorted(pool.map(try_all, range(6)))
    assert said == ["'union-notice' was done on 2026-09-01: letter"] * 5 + ["done"]


@pytest.mark.parametrize("text", ["nul \x00 byte", "x" * 100_000])
def test_text_that_the_database_cannot_keep_is_refused_not_a_crash(registry: Registry, text: str) -> None:
    try:
        registry.add_organisation("x", "City", text, datetime(2026, 9, 1, tzinfo=UTC), text, handle="city")
    except BadInput:
        assert registry.organisations() == []
