"""Landed batches into the archive: one process, whole batches, many to a transaction, each exactly once.

A load can be killed at any instant: a batch is in the archive when its row in ``batch`` is, and both come
with one commit. What was committed and not yet checkpointed goes with the killed process, and is loaded by the
next: landing is the log. What a batch adds does not depend on which batches came before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import duckdb

from warehouse import database, merge
from warehouse.landing import Landing
from warehouse.parallel import ahead
from warehouse.prepare import Parse, Prepared, prepare

BYTES_A_TRANSACTION = 8 << 20
"""Compressed: some 80,000 posts with their media. Transactions of 10,000 rows were measured 3-5 times slower."""
LEAST_BYTES = 1 << 20
SHARES = 8
"""A smaller backlog is cut into so many transactions, so that one is parsed while another is written."""
BYTES_A_CHECKPOINT = 500_000_000
"""So much of what was fetched is compressed and made durable at once, while the next is parsed."""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What one load did. ``damaged`` says of each file that was left out why; the others were loaded."""

    at: datetime
    batches: int = 0
    envelopes: int = 0
    records: int = 0
    problems: int = 0
    damaged: tuple[str, ...] = ()

    def __add__(self, other: LoadReport) -> LoadReport:
        """Both loads as one."""
        return LoadReport(
            other.at,
            self.batches + other.batches,
            self.envelopes + other.envelopes,
            self.records + other.records,
            self.problems + other.problems,
            self.damaged + other.damaged,
        )


def load(folder: Path, parse: Parse, now: datetime) -> LoadReport:
    """Load every landed batch that the archive does not hold yet; again, it changes nothing.

    An envelope whose ``parse`` raises is kept, and noted in ``parse_problem``. ``now`` dates the report
    alone: no table holds the time of a load.

    Raises
    ------
    Busy : another process holds the warehouse.
    EvidenceError : the archive's file cannot be read.
    """
    with database.only_loader(folder), database.open_archive(database.archive_path(folder)) as connection:
        report = load_into(connection, Landing(folder), parse, now)
        database.checkpoint(connection)
        return report


def load_into(connection: duckdb.DuckDBPyConnection, landing: Landing, parse: Parse, now: datetime) -> LoadReport:
    """:func:`load` into an archive that is open already."""
    return load_files(connection, _missing(connection, landing), parse, now)


def load_files(connection: duckdb.DuckDBPyConnection, paths: Iterable[Path], parse: Parse, now: datetime) -> LoadReport:
    """Load the batches in these files, none of which the archive holds.

    The next transactions are parsed while one is written; by other processes where there is much to load, so
    ``parse`` must be a function that can be pickled.
    """
    done: Counter[str] = Counter()
    damaged: list[str] = []
    waiting = 0
    for prepared in ahead(partial(prepare, parse), _groups(paths), scratch=database.scratch_of(connection)):
        with database.transaction(connection):
            _write(connection, prepared)
        waiting += prepared.envelopes.nbytes
        if waiting > BYTES_A_CHECKPOINT:
            database.checkpoint(connection)
            waiting = 0
        damaged += prepared.damaged
        done["batches"] += prepared.batches.num_rows
        done["envelopes"] += prepared.envelopes.num_rows
        done["records"] += prepared.records
        done["problems"] += len(
            set(zip(*(prepared.problems[c].to_pylist() for c in ("batch_id", "line")), strict=True))
        )
    return LoadReport(now, done["batches"], done["envelopes"], done["records"], done["problems"], tuple(damaged))


def _groups(paths: Iterable[Path]) -> list[list[Path]]:
    """The files of one transaction after the other."""
    sizes = {path: path.stat().st_size for path in paths}
    share = min(BYTES_A_TRANSACTION, max(LEAST_BYTES, sum(sizes.values()) // SHARES))
    groups: list[list[Path]] = []
    room = 0
    for path, size in sizes.items():
        if size > room:
            groups.append([])
            room = share
        groups[-1].append(path)
        room -= size
    return groups


def _missing(connection: duckdb.DuckDBPyConnection, landing: Landing) -> Iterator[Path]:
    held = database.held_batches(connection)
    return (path for batch_id, path in landing.paths().items() if batch_id not in held)


def _write(connection: duckdb.DuckDBPyConnection, prepared: Prepared) -> None:
    merge.merge(connection, prepared.tables)
    merge.append(connection, "envelope", prepared.envelopes)
    merge.append(connection, "parse_problem", prepared.problems)
    merge.append(connection, "batch", prepared.batches)
