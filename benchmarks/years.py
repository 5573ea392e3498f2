"""What becomes of look-ups, loading and publishing as years go by: sealed years beside the open one."""

from __future__ import annotations

import os
import shutil
import statistics
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from uuid import UUID

import pyarrow as pa

from benchmarks.numbers import Number, Took, middle, settled, timed
from warehouse import database, merge, parts, read
from warehouse.publish import publish

FIRST = 2001


def lookups(folder: Path, years: int) -> Iterator[Number]:
    """The current version of a record by its id, and change detection: in one open year, and with sealed ones."""
    young, old = folder / "young", folder / "old"
    for data, count in ((young, 1), (old, years)):
        if not data.exists():
            years_of_versions(data, count)
    small, large = lookup(young), lookup(old)
    measured = (
        f"{large.wall * 1e3:.1f} ms at {years} M in {years} years, {small.wall * 1e3:.1f} ms at 1 M;"
        f" of CPU {large.cpu * 1e3:.1f} and {small.cpu * 1e3:.1f}"
    )
    holds = large.wall <= 0.02 and large.wall < 2 * small.wall
    yield Number("latest version of one record", "20 ms, flat", measured, holds)
    measured = f"{detection(old) * 1e3:.0f} ms among {years} M, {detection(young) * 1e3:.0f} ms among 1 M"
    yield Number("merging 10,000 posts that are there", "-", measured, None)


def lookup(data: Path) -> Took:
    """What one look-up takes, of records of every year in a mixed order, each asked for once before: what is measured
    is looking up, not the first reading of a file.
    """
    with closing(database.joined(database.archive_path(data))) as archive:
        found = archive.execute("SELECT record_id FROM record_current USING SAMPLE 200 ROWS ORDER BY hash(record_id)")
        some = [record_id for (record_id,) in found.fetchall()]
        for record_id in some:
            read.latest(archive, record_id)
        ids = iter(some)
        return settled(lambda: read.latest(archive, next(ids)), 100)


def detection(data: Path) -> float:
    """How long the loader takes over 10,000 posts that the newest year has already."""
    with database.open_archive(database.archive_path(data)) as archive:
        rows = archive.sql("FROM open.post_version LIMIT 10000 OFFSET 300000").to_arrow_table()
        contents = pa.array([UUID(text).bytes for text in rows["content"].to_pylist()], pa.binary(16))
        typed = pa.ExtensionArray.from_storage(pa.uuid(), contents)
        rows = rows.set_column(rows.schema.get_field_index("content"), "content", typed)
        return middle(lambda: merge.merge(archive, {"post_version": rows}), 5)


def years_of_versions(data: Path, count: int) -> None:
    """An archive of so many years of a million versions each; each has seen the last weeks of the one before again."""
    archive = database.archive_path(data)
    years = parts.years_folder(archive)
    years.mkdir(parents=True)
    sealed: dict[int, str] = {}
    for year in range(FIRST, FIRST + count):
        with database.open_archive(archive, on=sealed) as connection:
            connection.execute(f"USE {parts.OPEN}")
            connection.execute(_MANY, {"year": year, "first": FIRST})
            connection.execute(_CURRENT)
            connection.execute(_AGAIN, {"year": year})
            connection.execute("USE memory")
            if year < FIRST + count - 1:
                parts.note_places(connection, parts.OPEN, year)
            database.checkpoint(connection)
        if year < FIRST + count - 1:
            sealed[year] = f"{year}.duckdb"
            archive.rename(years / sealed[year])


def stand_on(archive: Path, sealed: dict[int, str]) -> None:
    """Let the open file stand on these sealed ones."""
    with closing(database.connect(archive)) as connection:
        for year, name in sealed.items():
            connection.execute("INSERT INTO sealed VALUES ($1, $2)", [year, name])


_MANY = """
INSERT INTO post_version BY NAME
SELECT 'x:post:' || y * 1000000 + i // 2 AS record_id, i::VARCHAR AS version_id, 'x' AS platform, 'x:1' AS account_id,
       'post' AS kind, 'text of version ' || i AS text, md5(y || '/' || i)::UUID AS content, 'b' AS batch_id, i AS line,
       make_timestamptz(y, 1, 1, 0, 0, 0.0) + to_seconds(i * 30) AS created_at,
       created_at AS first_seen_at, created_at AS last_seen_at
FROM (SELECT $year - 1 AS y, range AS i FROM range(840000, 1000000) WHERE $year > $first
      UNION ALL SELECT $year, range FROM range(1000000))"""
_CURRENT = """
INSERT INTO record_current BY NAME
SELECT record_id, record_key(record_id) AS key, 'post' AS kind, account_id, content, 2 AS versions, 'present' AS state,
       first_seen_at, last_seen_at FROM post_version WHERE line % 2 = 1"""
_AGAIN = """
INSERT INTO recalled
SELECT 'post_version', content FROM post_version WHERE year(created_at) < $year
UNION ALL SELECT 'record_current', content FROM record_current WHERE year(first_seen_at) < $year"""


def publishing(folder: Path, _: int) -> Iterator[Number]:
    """Publications of the same open year, half a gigabyte, over one sealed year as large and over nine, in turn."""
    year = folder / "year.duckdb"
    if not year.exists():
        half_a_gigabyte(year)
    archives = [standing_on(folder / f"on{sealed}", year, sealed) for sealed in (1, 9)]
    small, large = (sum(file.stat().st_size for file in each.rglob("*.duckdb")) / 1e9 for each in archives)
    os.sync()  # what was just copied is not to be written while a publication is
    rounds = [[timed(partial(publish, each)) for each in archives] for _ in range(9)]
    took = list(zip(*rounds[1:], strict=True))
    one, five = (statistics.median(each.wall for each in times) for times in took)
    cpu = [statistics.median(each.cpu for each in times) for times in took]
    detail = (
        f"{five:.2f} s at {large:.1f} GB, {one:.2f} s at {small:.1f} GB;"
        f" of CPU {cpu[1]:.2f} and {cpu[0]:.2f}, {cpu[1] / cpu[0]:.2f}x"
    )
    yield Number("publish at 5 GB against 1 GB", "1.3x", f"{five / one:.2f}x ({detail})", five <= 1.3 * one)


def standing_on(data: Path, year: Path, sealed: int) -> Path:
    """A data folder whose open year is a copy of ``year``, over as many sealed copies."""
    archive = database.archive_path(data)
    if data.exists():
        return data
    years = parts.years_folder(archive)
    years.mkdir(parents=True)
    names = {FIRST + n: f"{FIRST + n}-{n:016x}.duckdb" for n in range(sealed)}
    for copy in (archive, *(years / name for name in names.values())):
        shutil.copy(year, copy)
    stand_on(archive, names)
    return data


def half_a_gigabyte(file: Path) -> None:
    """Envelopes whose bodies cannot be compressed to less than half of their length."""
    body = " || ".join(f"md5('{piece}' || i)" for piece in range(32))
    with closing(database.connect(file)) as connection:
        database.migrate(connection)
        connection.execute(
            f"INSERT INTO envelope BY NAME SELECT 'b' AS batch_id, i AS line, {body} AS body FROM range(1000000) t(i)"
        )
