"""A spreadsheet of accounts brought into the register: `python -m benchmarks register [--accounts 10000]`.

Prints for its dry run, its import and the same file again the seconds by the clock and those of the processor, for an
SQLite registry in a temporary folder, or the one that --url names (empty, and left filled).
"""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from registry import Registry
from registry.accounts import COLUMNS
from registry.database import Database
from registry.models import Org, Person

NOW = datetime(2026, 10, 19, 11, tzinfo=UTC)
SCHOOLS = 30


def fill(url: str, accounts: int) -> None:
    """A roster of one owner for each account."""
    database = Database(url)
    with database.write() as session:
        session.add_all(Org(sourced_id=f"s{n}", title=f"School {n}", type="school") for n in range(SCHOOLS))
        session.add_all(
            Person(sourced_id=f"t{n}", kind="staff", role="teacher", display_name=f"Teacher {n}")
            for n in range(accounts)
        )
    database.close()


def write(path: Path, accounts: int) -> None:
    """The file."""
    rows = (
        f"x,{900_000 + n},Account{n},t{n},s{n % SCHOOLS},News of room {n},hallpass_x,2026-08-17,2026-08-18,2027-08-31"
        for n in range(accounts)
    )
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")


def main() -> None:
    """Measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--accounts", type=int, default=10_000)
    asked.add_argument("--url", default="")
    given = asked.parse_args()
    with TemporaryDirectory() as folder:
        url, path = given.url or f"sqlite:///{folder}/registry.sqlite", Path(folder) / "accounts.csv"
        fill(url, given.accounts)
        write(path, given.accounts)
        with Registry.open(url) as registry:
            for what, dry in (("dry run", True), ("import", False), ("again", False)):
                clock, processor = time.perf_counter(), time.process_time()
                report = registry.import_accounts(path, "it", NOW, dry)
                taken = time.perf_counter() - clock, time.process_time() - processor
                told = f"{report.added:,} new, {report.unchanged:,} known, {len(report.errors):,} wrong"
                print(f"{what:8} {taken[0]:6.1f} s, processor {taken[1]:5.1f} s: {told}")
