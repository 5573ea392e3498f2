"""One week's report over a large district: `python -m benchmarks report [--versions 10000000]`.

The archive is drawn in DuckDB itself, by its own schema; the registry's 10,000 accounts in 60 schools are values.
Prints for the model and for all renderings together (pages, papers and tables, 60 schools' parts among them) the
seconds on the clock and of the processor, which on a busy machine is the number to compare, and the peak of memory.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar
from zoneinfo import ZoneInfo

import duckdb
from PIL import Image

from hallpass.pipeline.report import files
from records.model import Account, Platform
from registry.values import Grant, Mark, Photograph, References, RegisteredAccount
from reports.data import to_json
from reports.model import WeeklyReport
from reports.week import Week
from reports.weekly import build
from warehouse import database

TERM = datetime(2026, 9, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ACCOUNTS, OBSERVATIONS, DAYS, PICTURES = 10_000, 2_000, 84, 50
_Result = TypeVar("_Result")


class Office:
    """A registry of many accounts in 60 schools."""

    def registered(self, include_inactive: bool = False) -> list[RegisteredAccount]:  # noqa: ARG002 - none is inactive
        return [
            RegisteredAccount(
                Account(
                    f"x:{n}", Platform.X, str(n), f"school_{n}", f"t{n}", f"s{n % 60}", "news", "c", TERM, TERM, None
                ),
                "active",
                f"Teacher {n}",
                f"School {n % 60}",
            )
            for n in range(ACCOUNTS)
        ]

    def marks(self) -> list[Mark]:
        return [Mark("seal", "District seal", 1, "image/png", "0" * 64, TERM, "it")]

    def photographs(self) -> list[Photograph]:
        return []

    def grants(self) -> list[Grant]:
        return []


def archive(file: Path, versions: int) -> None:
    """A file with ``versions`` of posts over 100 weeks (one in twenty an edit), 12 weeks of checks, observations."""
    connection = duckdb.connect(file)
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    database.migrate(connection)
    values = {"versions": versions, "accounts": ACCOUNTS, "now": NOW}
    connection.execute(
        """
        CREATE TEMP TABLE drawn AS
        SELECT range AS n, range % $accounts AS account, range % 20 = 19 AS edited,
            CASE WHEN range % 20 = 19 THEN range - 1 ELSE range END AS record,
            $now::TIMESTAMPTZ - to_seconds(($versions - range) * 700 * 86400.0 / $versions) AS made
        FROM range($versions)
        """,
        values,
    )
    connection.execute(
        """
        INSERT INTO post_version BY NAME
        SELECT 'x:post:' || record AS record_id, n::VARCHAR AS version_id, 'x' AS platform,
            'x:' || account AS account_id, 'post' AS kind,
            'Game night number ' || n || ' in the courtyard, bring a friend' AS text,
            made AS created_at, CASE WHEN n % 5 = 0 THEN ['x:media:' || n] ELSE [] END AS media_ids,
            md5(n::VARCHAR)::UUID AS content, made AS first_seen_at, made AS last_seen_at
        FROM drawn
        """
    )
    connection.execute(
        """
        INSERT INTO record_current BY NAME
        SELECT record_id, record_key(record_id) AS key, 'post' AS kind, any_value(account_id) AS account_id,
            arg_max(content, first_seen_at) AS content, count(*) AS versions, 'present' AS state,
            min(first_seen_at) AS first_seen_at, max(last_seen_at) AS last_seen_at
        FROM post_version GROUP BY record_id
        """
    )
    connection.execute(
        """
        INSERT INTO coverage BY NAME
        SELECT 'x:' || a.range AS account_id, c.unnest AS "check", done AS started_at,
            done AS finished_at, 'ok' AS outcome,
            'full' AS completeness, 1 AS seen, done - INTERVAL 26 HOUR AS covers_from, done AS covers_to,
            a.range || '/' || d.range AS batch_id, 1 AS line
        FROM range($accounts) a, range($days) d, unnest(['posts', 'comments']) c,
            LATERAL (SELECT $now::TIMESTAMPTZ - to_days(d.range::INTEGER) AS done)
        """,
        {"accounts": ACCOUNTS, "days": DAYS, "now": NOW},
    )
    connection.execute(
        """
        INSERT INTO observation BY NAME
        SELECT md5(range::VARCHAR) AS observation_id, 'logo-use' AS rule, 1 AS rule_version, '4.9' AS clause,
            'x:' || range % $accounts AS account_id, 'x:post:' || ($versions - 20 - range * 20) AS record_id,
            'seal' AS subject,
            0.9 AS confidence, true AS strong, 'batch' AS evidence_batch, 1 AS evidence_line,
            $now::TIMESTAMPTZ - INTERVAL 4 HOUR AS observed_at, $now::TIMESTAMPTZ - INTERVAL 3 DAY AS posted_at,
            range::VARCHAR AS media_sha256, [300, 200, 420, 320] AS box
        FROM range($observations)
        """,
        {"accounts": ACCOUNTS, "observations": OBSERVATIONS, "versions": versions, "now": NOW},
    )
    connection.execute(
        """
        INSERT INTO media_item BY NAME
        SELECT unnest(media_ids) AS record_id, 'x' AS platform, account_id, 'photo' AS kind,
            md5(record_id)::UUID AS content, first_seen_at, last_seen_at FROM post_version
        """
    )
    connection.execute(
        """
        INSERT INTO media_file BY NAME
        SELECT unnest(media_ids) AS media_id, md5(record_id) AS sha256, 60000 AS size, 'image/jpeg' AS content_type,
            first_seen_at AS fetched_at FROM post_version
        """
    )
    connection.execute(
        "INSERT INTO image_verdict BY NAME SELECT sha256 AS media_sha256, '2' AS detector, "
        "CASE WHEN hash(sha256) % 1000 = 0 THEN 'undecodable' ELSE 'clean' END AS outcome FROM media_file"
    )
    connection.close()


def pictures(folder: Path) -> None:
    """What the observations show, and the district's mark."""
    for n in range(PICTURES):
        Image.effect_noise((1200, 900), 40 + n).save(folder / f"{n}.jpg")
    Image.new("RGB", (120, 120), "#7a1f2b").save(folder / "seal.png")


def timed(name: str, work: Callable[[], _Result]) -> _Result:
    begun, used = time.perf_counter(), time.process_time()
    result = work()
    took, used = time.perf_counter() - begun, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:<12} {took:6.2f} s, {used:6.2f} s of the processor, peak {peak:,.0f} MB")
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--versions", type=int, default=10_000_000)
    versions = parser.parse_args().versions
    with TemporaryDirectory() as name:
        folder = Path(name)
        drawing = get_context("spawn").Process(target=archive, args=(folder / "archive.duckdb", versions))
        drawing.start()  # apart, so that its memory is not counted
        drawing.join()
        pictures(folder)
        with duckdb.connect(folder / "archive.duckdb", read_only=True, config={"threads": 2}) as published:
            report = timed("model", lambda: model(published, folder))
        print(f"{len(report.observations()):,} observations, {len(report.changes.edits):,} edits")
        written = timed("renderings", lambda: sum(len(content) for _, content in files(report)))
        written += len(timed("json", lambda: to_json(report)))
        print(f"{written / 1e6:,.0f} MB")


def model(published: duckdb.DuckDBPyConnection, folder: Path) -> WeeklyReport:
    week = Week.parse("2026-W48", ZoneInfo("America/New_York"))
    references = References({"seal": [folder / "seal.png"]}, {}, "")

    def picture(number: str) -> Path:
        return folder / f"{int(number) % PICTURES}.jpg"

    return build(published, Office(), week, NOW, picture, references, "A large district")
