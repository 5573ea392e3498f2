"""The warehouse's numbers, each a ratio measured side by side in one run: ``python -m benchmarks warehouse --posts N``.

Prints the machine, the versions and the table, and writes the same as JSON. ``--only`` names sections: ``ingest``,
``search`` (among twice as many posts), ``verify``, ``look-up`` and ``publish``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import tantivy
import zstandard

from benchmarks import rivals
from benchmarks.material import PAGE, START, captures
from benchmarks.numbers import Number, Took, ratio, seconds, settled, timed
from benchmarks.years import lookups, publishing
from connectors import parse
from warehouse import database
from warehouse.landing import Landing, lines_of
from warehouse.ledger import Ledger
from warehouse.load import load
from warehouse.note import new_signer
from warehouse.publish import open_published, publish
from warehouse.search import Search
from warehouse.verify import check_batches, check_ledger

PAGES_A_BATCH = 20
SECTIONS = ("ingest", "search", "verify", "look-up", "publish")
KEPT = ("search", "look-up", "publish")


def landed(folder: Path, posts: int) -> None:
    """So many posts in landing."""
    landing, pages = Landing(folder), []
    for page in captures(posts):
        pages.append(page)
        if len(pages) == PAGES_A_BATCH:
            landing.land("bench", pages, START)
            pages = []
    if pages:
        landing.land("bench", pages, START)


def ingest(folder: Path, posts: int) -> Iterator[Number]:
    """Loading against SQLite, with and without full text, and against PostgreSQL."""
    landed(folder, posts)
    plain, indexed = rival_file(folder, full_text=False), rival_file(folder, full_text=True)
    ours, theirs = in_turn(partial(loading, folder), partial(rivals.sqlite_load, folder, plain, full_text=False))
    detail = f"{ours.per_post(posts)}; SQLite {theirs.per_post(posts)}"
    yield ratio("ingest against SQLite (WAL)", 2, theirs.wall / ours.wall, detail)
    searched, theirs = in_turn(partial(indexing, folder), partial(rivals.sqlite_load, folder, indexed, full_text=True))
    both = Took(ours.wall + searched.wall, ours.cpu + searched.cpu)
    detail = f"{both.per_post(posts)}; SQLite {theirs.per_post(posts)}"
    yield ratio("the same with full text, against FTS5", 1.5, theirs.wall / both.wall, detail)
    yield against_postgres(folder, both.wall)
    yield of_components(folder, ours.wall)
    yield sizes(folder, posts)


def in_turn(one: Callable[[], object], other: Callable[[], object]) -> tuple[Took, Took]:
    """Both three times, one after the other, and the quickest run of each: others slow some runs only."""
    runs = [(timed(one), timed(other)) for _ in range(3)]
    quickest = [min(each, key=lambda took: took.wall) for each in zip(*runs, strict=True)]
    return quickest[0], quickest[1]


def loading(folder: Path) -> None:
    """Everything landed into a new archive."""
    shutil.rmtree(folder / "warehouse", ignore_errors=True)
    load(folder, parse, START)


def indexing(folder: Path) -> None:
    """What is archived, published and put into a new index."""
    shutil.rmtree(folder / "index", ignore_errors=True)
    publish(folder)
    with closing(open_published(folder)) as published:
        Search(folder, published).update()


def rival_file(folder: Path, *, full_text: bool) -> Path:
    """Where SQLite's database goes."""
    return folder / ("rival_fts.sqlite" if full_text else "rival.sqlite")


def against_postgres(folder: Path, ours: float) -> Number:
    """COPY into staging tables, ON CONFLICT into the real ones, a GIN index kept up."""
    what = "the same against PostgreSQL COPY with GIN"
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as place, rivals.postgres(Path(place)) as psql:
        if psql is None:
            return Number(what, "3.0x", "skipped: no PostgreSQL on this machine", None)
        return ratio(what, 3, seconds(lambda: rivals.postgres_load(folder, psql)) / ours, "")


def of_components(folder: Path, ours: float) -> Number:
    """How near the load comes to its parts alone: zstd read, JSON parse, hash, columnar write."""
    landing = Landing(folder)
    lines: list[memoryview] = []
    read = seconds(lambda: lines.extend(line for b in landing.batches() for line in lines_of(b)))
    hashing = seconds(lambda: [hashlib.sha256(line).digest() for line in lines])
    bodies = [json.loads(bytes(line))["body"] for line in lines]
    parsing = seconds(lambda: [json.loads(body) for body in bodies])
    columns = of_archive(folder)
    writing = seconds(lambda: columnar_write(folder, columns))
    limit = read + hashing + parsing + writing
    detail = (
        f"{limit:.1f} s of {ours:.1f} s: zstd {read:.1f}, JSON {parsing:.1f}, hash {hashing:.1f}, write {writing:.1f}"
    )
    return Number("of the summed component limit", "40%", f"{limit / ours:.0%} ({detail})", limit / ours >= 0.4)


def of_archive(folder: Path) -> dict[str, pa.Table]:
    """The archive's own columns, in memory."""
    with closing(database.connect(database.archive_path(folder), read_only=True)) as archive:
        names = ("envelope", "post_version", "media_item", "record_current")
        return {name: archive.sql(f"SELECT * FROM {name}").to_arrow_table() for name in names}


def columnar_write(folder: Path, columns: dict[str, pa.Table]) -> None:
    """The same columns into an empty DuckDB file, and nothing else."""
    with closing(duckdb.connect(str(folder / "columns.duckdb"))) as connection:
        for name, rows in columns.items():
            connection.register("rows", rows)
            connection.execute(f"CREATE TABLE {name} AS FROM rows")
        connection.execute("CHECKPOINT")


def sizes(folder: Path, posts: int) -> Number:
    """Bytes on disk a post, raw JSON kept."""
    ours = database.archive_path(folder).stat().st_size / posts
    theirs = rival_file(folder, full_text=False).stat().st_size / posts
    measured = f"1/{theirs / ours:.1f} ({ours:,.0f} against {theirs:,.0f} B)"
    return Number("bytes a post against SQLite", "1/6", measured, ours <= theirs / 6)


PHRASES = ("school team", "science fair", "permission slip", "spelling bee tonight")
"""The first of two words that stand in every third post each, the hardest there are; then collocations of one in 100,
in 500 and in 20,000 posts."""


def searching(folder: Path, posts: int) -> Iterator[Number]:
    """The twenty best finds of each phrase with snippets, in the index and in FTS5; and the shortest ones by scanning,
    which mostly are the best: a scan that stops at the newest would answer less. All phrases in a row count."""
    searched = rival_file(folder, full_text=True)
    if not searched.exists():
        if not database.archive_path(folder).exists():
            landed(folder, posts)
        load(folder, parse, START)
        publish(folder)
        rivals.sqlite_load(folder, searched, full_text=True)
    with closing(open_published(folder)) as published, closing(sqlite3.connect(searched)) as rival:
        search = Search(folder, published)
        search.update()
        ours = [settled(partial(search.find, f'"{phrase}"')) for phrase in PHRASES]
        scans = [settled(lambda p=phrase: published.execute(_SCAN, [f"%{p}%"]).fetchall()) for phrase in PHRASES]
        fts = [settled(lambda p=phrase: rival.execute(_FTS, [f'"{p}"']).fetchall()) for phrase in PHRASES]
        for floor, name, theirs in ((12, "a scan", scans), (1.5, "FTS5", fts)):
            measured = sum(took.wall for took in theirs) / sum(took.wall for took in ours)
            each = (
                f"'{phrase}' in {finds(published, phrase):,}: {o.wall * 1e3:.1f} ms against {t.wall * 1e3:.1f}"
                for phrase, o, t in zip(PHRASES, ours, theirs, strict=True)
            )
            yield ratio(f"{len(PHRASES)} phrases in a row, against {name}", floor, measured, "; ".join(each))


def finds(published: duckdb.DuckDBPyConnection, phrase: str) -> int:
    """How many versions have it."""
    ((count,),) = published.execute("SELECT count(*) FROM post_version WHERE text ILIKE $1", [f"%{phrase}%"]).fetchall()
    return int(count)


_SCAN = """
SELECT record_id, version_id, text, created_at FROM post_version WHERE text ILIKE $1
ORDER BY length(text) LIMIT 20"""
_FTS = """
SELECT version.*, snippet(words, 0, '<b>', '</b>', '…', 30),
       EXISTS (SELECT 1 FROM current WHERE record_id = version.record_id AND current.content = version.content)
FROM words JOIN version ON version.rowid = words.rowid WHERE words MATCH ? ORDER BY rank LIMIT 20"""


def verifying(folder: Path, posts: int) -> Iterator[Number]:
    """Landing against the ledger, with one thread and with two."""
    landed(folder, posts)
    load(folder, parse, START)
    signer = new_signer("bench")
    Ledger(folder).record(signer)
    entries, _ = check_ledger(folder, [signer.verifier()])
    paths = Landing(folder).paths()
    one, two = in_turn(*(partial(check_batches, entries, paths, (), n) for n in (1, 2)))
    pages = sum(entry.lines - 1 for entry in entries)
    detail = f"{len(entries)} batches, {pages} lines of {PAGE} posts"
    yield ratio("verify, 2 cores against 1", 1.7, one.wall / two.wall, detail)
    speed = pages * PAGE / one.cpu
    measured = f"{speed:,.0f} posts ({pages / one.cpu:,.0f} lines) a second of CPU"
    yield Number("verify, records a second and core", "200,000", measured, speed >= 200_000)


def machine() -> dict[str, object]:
    """Where this was measured."""
    programs = rivals.postgres_programs()
    return {
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "machine": platform.machine(),
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
        "sqlite": sqlite3.sqlite_version,
        "tantivy": tantivy.__version__,  # type: ignore[attr-defined]
        "zstandard": zstandard.__version__,
        "postgres": rivals.run([str(programs / "postgres"), "--version"]).strip() if programs else None,
    }


def main() -> int:
    """Measure, print, write; exits 1 where a floor is not reached."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--posts", type=int, default=1_000_000)
    arguments.add_argument("--years", type=int, default=10, help="years of a million versions for the look-up")
    arguments.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS)
    arguments.add_argument("--json", type=Path, default=Path("bench-warehouse.json"))
    arguments.add_argument("--folder", type=Path, help="a folder to keep what search, look-up and publish draw")
    chosen = arguments.parse_args()
    print(json.dumps(machine()))
    numbers: list[Number] = []
    sizes_of = {"search": 2 * chosen.posts, "look-up": chosen.years}
    measures = dict(zip(SECTIONS, (ingest, searching, verifying, lookups, publishing), strict=True))
    with tempfile.TemporaryDirectory() as place:
        for section in chosen.only:
            folder = (chosen.folder or Path(place)) / section if section in KEPT else Path(place)
            folder.mkdir(parents=True, exist_ok=True)
            for number in measures[section](folder, sizes_of.get(section, chosen.posts)):
                numbers.append(number)
                word = {True: "holds", False: "MISSED", None: "-"}[number.holds]
                print(f"{number.what:45} at least {number.floor:12} {word:7} {number.measured}", flush=True)
    chosen.json.write_text(
        json.dumps({"machine": machine(), "posts": chosen.posts, "numbers": [asdict(n) for n in numbers]}, indent=1)
    )
    return int(any(n.holds is False for n in numbers))
