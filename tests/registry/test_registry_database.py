"""Opening, migrating and sharing the registry's database."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, select
from sqlalchemy.exc import StatementError

from records.errors import BadInput, Busy
from registry import Registry, database
from registry.database import Database
from registry.models import Base, RosterImport


def test_a_fresh_schema_made_by_the_migrations_equals_the_models(tmp_path: Path) -> None:
    Database(tmp_path / "r.sqlite").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'r.sqlite'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_the_folder_is_made_and_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'folder' / 'r.sqlite'}"
    with Registry.open(url) as registry:
        registry.go_live_done("union-notice", "it", datetime(2026, 9, 1, tzinfo=UTC), "letter of 1 September")
    with Registry.open(url) as registry:
        assert registry.go_live_missing() == ["committee-vote", "public-notice", "procedures"]


def test_the_database_is_journalled_ahead_and_holds_its_foreign_keys(tmp_path: Path) -> None:
    with Database(tmp_path / "r.sqlite").read() as session:
        connection = session.connection()
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    assert settings == ["wal", 1, database.BUSY_TIMEOUT_MS]


def test_times_come_back_in_utc_whatever_zone_they_went_in_with(tmp_path: Path) -> None:
    noon_in_boston = datetime(2026, 9, 1, 12, tzinfo=timezone(timedelta(hours=-4)))
    store = Database(tmp_path / "r.sqlite")
    with store.write() as session:
        session.add(RosterImport(at=noon_in_boston, by="it", sha256="", version="1.1"))
    with store.read() as session:
        at = session.scalars(select(RosterImport.at)).one()
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


def test_a_schema_from_a_newer_hallpass_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    Registry.open(path).close()
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(BadInput, match="schema 9999, which this hallpass does not know"):
        Registry.open(path)


def test_a_registry_that_another_process_writes_is_busy_and_can_still_be_read(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    other = sqlite3.connect(tmp_path / "registry.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert registry.schools() == {"high": "High School"}
    with pytest.raises(Busy, match="held by another process"):
        registry.go_live_done("union-notice", "it", datetime(2026, 9, 1, tzinfo=UTC), "letter")
    other.close()
    assert len(registry.go_live_missing()) == 4
