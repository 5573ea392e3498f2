"""Sealed years: nobody sees a difference, and nothing that is over is copied or changed again."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from archive_kit import ACCOUNT, page, parse, post, rows, tables
from hypothesis import given, settings
from hypothesis import strategies as st

from records.errors import Busy, EvidenceDamaged, EvidenceError
from records.model import Direction, Envelope, Gone, MediaItem, Platform, ProfileSnapshot, Relationship, Tombstone
from warehouse import database, parts, read
from warehouse.landing import Landing
from warehouse.ledger import Ledger
from warehouse.load import load
from warehouse.note import new_signer
from warehouse.publish import KEEP, forget_former, open_published, publish
from warehouse.rebuild import rebuild
from warehouse.seal import GRACE, seal
from warehouse.verify import verify

MAY = [datetime(year, 5, 1, tzinfo=UTC) for year in (2024, 2025, 2026, 2027)]
DUE = datetime(2027, 1, 1, tzinfo=UTC) + GRACE
PHOTO = MediaItem("x:media:3_1", Platform.X, ACCOUNT, "photo", "https://pbs.twimg.com/media/a.jpg", "alt", 8, 9)
PROFILE = ProfileSnapshot("x:profile:1", Platform.X, ACCOUNT, "melrose", "Melrose", "bio", None, 10, 5)
FOLLOW = Relationship(ACCOUNT, Platform.X, Direction.OUTBOUND, "follow", "x:77", "brandx", "Brand X", False)
DELETED = Tombstone("x:post:1", Gone.DELETED, "")


def land(folder: Path, *pages: Envelope) -> None:
    """Each page landed as its own batch; nothing is loaded."""
    for each in pages:
        Landing(folder).land("x", [each], each.fetched_at)


def three_years(folder: Path) -> None:
    """A post of each year from 2024 to 2026, all loaded."""
    land(folder, *(page(at, post(number), PROFILE) for number, at in enumerate(MAY[:3], start=1)))
    load(folder, parse, MAY[2])


def year_files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "warehouse" / "years").iterdir())


def in_file(path: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(database.connect(path, read_only=True)) as connection:
        return connection.execute(statement).fetchall()


def test_sealing_changes_nothing_that_anyone_sees_and_leaves_only_the_open_year_open(tmp_path: Path) -> None:
    three_years(tmp_path)
    before = tables(tmp_path)
    assert seal(tmp_path, parse, DUE - timedelta(microseconds=1)) == [2024, 2025]
    assert tables(tmp_path) == before
    assert [name[:5] for name in year_files(tmp_path)] == ["2024-", "2025-"]
    assert in_file(database.archive_path(tmp_path), "SELECT record_id FROM post_version") == [("x:post:3",)]
    assert seal(tmp_path, parse, DUE) == [2026]
    assert tables(tmp_path) == before
    assert in_file(database.archive_path(tmp_path), "SELECT record_id FROM post_version") == []
    assert seal(tmp_path, parse, DUE) == []


def test_what_is_seen_again_after_its_year_was_sealed_changes_as_if_it_were_open(tmp_path: Path) -> None:
    land(tmp_path, page(MAY[0], post(1, "old"), post(2), PHOTO, FOLLOW))
    load(tmp_path, parse, MAY[0])
    seal(tmp_path, parse, MAY[1])
    newer = replace(PHOTO, url="https://pbs.twimg.com/media/a.jpg?sig=2")
    land(tmp_path, page(MAY[1], post(1, "new", version="20"), post(2), newer, FOLLOW))
    load(tmp_path, parse, MAY[1])
    assert rows(tmp_path, "SELECT text, versions, first_seen_at, last_seen_at FROM post ORDER BY record_id") == [
        ("new", 2, MAY[0], MAY[1]),
        ("hello", 1, MAY[0], MAY[1]),
    ]
    assert rows(tmp_path, "SELECT url, first_seen_at, last_seen_at FROM media_item") == [(newer.url, MAY[0], MAY[1])]
    assert rows(tmp_path, "SELECT first_seen_at, last_seen_at FROM relationship") == [(MAY[0], MAY[1])]
    land(tmp_path, *(page(MAY[2] + timedelta(days=n), DELETED) for n in range(2)))
    load(tmp_path, parse, MAY[2])
    assert rows(tmp_path, "SELECT state, versions, gone_at FROM post WHERE record_id = 'x:post:1'") == [
        ("deleted", 2, MAY[2])
    ]


moments = st.builds(lambda year, day: MAY[year] + timedelta(days=day), st.integers(0, 1), st.integers(0, 1))
things = (
    st.builds(post, st.integers(1, 2), st.sampled_from("ab"), st.sampled_from(["7", "8", "10"]))
    | st.builds(replace, st.just(PHOTO), url=st.sampled_from([None, "u1", "u2"]))
    | st.builds(replace, st.just(PROFILE), bio=st.sampled_from("ab"), followers=st.integers(1, 3))
    | st.builds(replace, st.just(FOLLOW), name=st.sampled_from(["A", "B", None]))
    | st.builds(Tombstone, st.sampled_from(["x:post:1", "x:post:2"]), st.sampled_from(list(Gone)), st.just(""))
)
captures = st.lists(st.builds(page, moments, things, things), min_size=2, max_size=5)


@settings(max_examples=3, deadline=None)
@given(captures, st.integers(1, 4))
def test_whatever_comes_in_whatever_order_a_sealed_archive_equals_an_open_one(
    pages: Sequence[Envelope], before: int
) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        land(Path(one), *pages)
        load(Path(one), parse, MAY[2])
        for some in (pages[:before], pages[before:]):  # years are sealed in the middle; what comes late stays open
            land(Path(other), *some)
            load(Path(other), parse, MAY[2])
            seal(Path(other), parse, MAY[2])
        whole = tables(Path(one))
        assert tables(Path(other)) == whole
        rebuild(Path(one), parse, MAY[2])
        assert tables(Path(one)) == whole


def test_a_rebuild_gives_the_same_archive_and_the_same_sealed_years(tmp_path: Path) -> None:
    three_years(tmp_path)
    seal(tmp_path, parse, DUE)
    before, files = tables(tmp_path), year_files(tmp_path)
    everything = {name: in_file(tmp_path / "warehouse" / "years" / name, "FROM post_version") for name in files}
    for path in (tmp_path / "warehouse").rglob("*.duckdb"):
        path.unlink()
    assert rebuild(tmp_path, parse, DUE).batches == 3
    assert (tables(tmp_path), year_files(tmp_path)) == (before, files)
    assert everything == {name: in_file(tmp_path / "warehouse" / "years" / name, "FROM post_version") for name in files}


def test_the_published_copy_holds_the_open_part_and_readers_see_the_whole(tmp_path: Path) -> None:
    three_years(tmp_path)
    seal(tmp_path, parse, MAY[2])
    copy = publish(tmp_path)
    assert in_file(copy, "SELECT count(*) FROM envelope") == [(1,)]
    with closing(open_published(tmp_path)) as reader, closing(reader.cursor()) as another:
        assert reader.execute("SELECT count(*) FROM post").fetchall() == [(3,)]
        assert another.execute("SELECT count(*) FROM envelope").fetchall() == [(3,)]
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            another.execute("DELETE FROM y2024.batch")


def test_a_year_stays_as_long_as_a_copy_stands_on_it(tmp_path: Path) -> None:
    three_years(tmp_path)
    seal(tmp_path, parse, MAY[1])
    publish(tmp_path)
    (first,) = year_files(tmp_path)
    land(tmp_path, page(MAY[0] + timedelta(days=9), post(9)))  # late: a rebuild puts it into its own year
    rebuild(tmp_path, parse, MAY[1])
    for number in range(KEEP):
        with closing(open_published(tmp_path)) as reader:
            assert reader.execute("SELECT count(*) FROM post").fetchall() == [(3 + (number > 0),)]
        assert first in year_files(tmp_path)
        publish(tmp_path)
    assert first not in year_files(tmp_path)
    assert len(year_files(tmp_path)) == 1
    with closing(open_published(tmp_path)) as reader:
        assert reader.execute("SELECT count(*) FROM post").fetchall() == [(4,)]


def test_former_years_are_dropped_at_once_where_they_hold_what_was_disposed_of(tmp_path: Path) -> None:
    three_years(tmp_path)
    seal(tmp_path, parse, MAY[1])
    publish(tmp_path)
    (first,) = year_files(tmp_path)
    land(tmp_path, page(MAY[0] + timedelta(days=9), post(9)))
    rebuild(tmp_path, parse, MAY[1])
    publish(tmp_path)
    forget_former(tmp_path)
    (second,) = year_files(tmp_path)
    assert second != first
    with closing(open_published(tmp_path)) as reader:
        assert reader.execute("SELECT count(*) FROM post").fetchall() == [(4,)]


def test_a_batch_whose_folder_names_no_year_stays_open(tmp_path: Path) -> None:
    three_years(tmp_path)
    odd = tmp_path / "landing" / "x" / "undated"
    next(path for path in Landing(tmp_path).paths().values() if "2024" in path.parent.name).parent.rename(odd)
    assert seal(tmp_path, parse, DUE) == [2025, 2026]
    assert rows(tmp_path, "SELECT count(*) FROM post") == [(3,)]


def test_a_batch_that_comes_late_is_open_and_goes_into_the_next_years_file(tmp_path: Path) -> None:
    three_years(tmp_path)
    seal(tmp_path, parse, MAY[1])
    land(tmp_path, page(MAY[0] + timedelta(days=9), post(9)))
    load(tmp_path, parse, MAY[2])
    before = tables(tmp_path)
    seal(tmp_path, parse, MAY[2])
    assert tables(tmp_path) == before
    _, second = year_files(tmp_path)
    found = in_file(tmp_path / "warehouse" / "years" / second, "SELECT record_id FROM post_version ORDER BY 1")
    assert found == [("x:post:2",), ("x:post:9",)]


def told_alike(folder: Path) -> None:
    """One by one, records are told as the views have them."""
    names = {"post": ("x:post:1", "x:post:2", "x:post:3"), "profile": ("x:profile:1",)}
    with closing(open_published(folder)) as reader:
        for kind, record_id in ((kind, each) for kind, ids in names.items() for each in ids):
            result = reader.execute(f"FROM {kind} WHERE record_id = $1", [record_id])
            expected = dict(zip((c[0] for c in result.description or ()), result.fetchall()[0], strict=True))
            assert read.latest(reader, record_id) == expected
        assert read.latest(reader, "x:post:99") is None


def test_one_record_is_read_from_its_parts_as_the_view_has_it(tmp_path: Path) -> None:
    three_years(tmp_path)
    seal(tmp_path, parse, MAY[2])
    edited = page(MAY[2] + timedelta(days=1), post(1, "edited", version="20"), Tombstone("x:post:2", Gone.PRIVATE, ""))
    land(tmp_path, edited)
    load(tmp_path, parse, MAY[2])
    publish(tmp_path)
    told_alike(tmp_path)
    older, newer = (tmp_path / "warehouse" / "years" / name for name in year_files(tmp_path))
    assert in_file(newer, "SELECT part, count(*)::INTEGER FROM place GROUP BY part ORDER BY part") == [
        ("y2024", 2),
        ("y2025", 2),
    ]
    for file in (newer, older):  # a file that was sealed before there were places is asked itself
        file.chmod(0o644)
        with closing(database.connect(file)) as connection:
            connection.execute("DROP TABLE place")
        told_alike(tmp_path)


def test_what_a_killed_sealing_left_is_no_hindrance(tmp_path: Path) -> None:
    three_years(tmp_path)
    before = tables(tmp_path)
    left = [tmp_path / "warehouse" / f"{name}.duckdb" for name in ("loading", "sorting", "rebuilding")]
    for path in left:
        path.write_bytes(b"half")
        database.log_of(path).write_bytes(b"half")
    seal(tmp_path, parse, MAY[1])
    assert tables(tmp_path) == before
    assert [path for path in left if path.exists() or database.log_of(path).exists()] == []


def test_a_missing_year_says_to_rebuild_and_a_rebuild_mends_it(tmp_path: Path) -> None:
    three_years(tmp_path)
    seal(tmp_path, parse, MAY[1])
    publish(tmp_path)
    before = tables(tmp_path)
    (tmp_path / "warehouse" / "years" / year_files(tmp_path)[0]).unlink()
    for opening in (lambda: load(tmp_path, parse, DUE), lambda: open_published(tmp_path)):
        with pytest.raises(EvidenceError, match="hallpass warehouse rebuild"):
            opening()
    rebuild(tmp_path, parse, MAY[1])
    assert tables(tmp_path) == before


def test_a_changed_row_of_a_sealed_year_is_named(tmp_path: Path) -> None:
    three_years(tmp_path)
    seal(tmp_path, parse, MAY[2])
    signer = new_signer("seal")
    Ledger(tmp_path).record(signer)
    assert verify(tmp_path, parse, signer.verifier(), DUE).tables["post_version"].rows == 3
    oldest = tmp_path / "warehouse" / "years" / year_files(tmp_path)[0]
    oldest.chmod(0o644)
    with closing(database.connect(oldest)) as connection:
        connection.execute("UPDATE post_version SET text = 'never said'")
    with pytest.raises(EvidenceDamaged, match=r"in table post_version, row added or changed: x:post:1 .*never said"):
        verify(tmp_path, parse, signer.verifier(), DUE)


def test_nobody_seals_in_the_middle_of_a_load(tmp_path: Path) -> None:
    three_years(tmp_path)
    with database.only_loader(tmp_path), pytest.raises(Busy, match="Wait for it to end"):
        seal(tmp_path, parse, DUE)


def test_a_table_that_came_after_a_year_was_sealed_is_read_without_it(tmp_path: Path) -> None:
    three_years(tmp_path)
    seal(tmp_path, parse, MAY[1])
    with closing(database.connect(database.archive_path(tmp_path))) as connection:
        connection.execute("CREATE TABLE newer (a INTEGER); ALTER TABLE batch ADD COLUMN more VARCHAR")
    with closing(database.joined(database.archive_path(tmp_path))) as whole:
        assert whole.execute("SELECT count(*), count(more) FROM batch").fetchall() == [(3, 0)]
        assert whole.execute("FROM newer").fetchall() == []
        assert "newer" in parts.tables_of(whole)
