"""Airflow DAG: ask the platforms about every registered account, and keep what they answer.

Only registered accounts with a verified, unexpired consent are asked about. Answers are landed as evidence before
a cursor moves; then one loader brings them into the archive and publishes a copy for readers.
One account's failure is a row in coverage, never another account's. IT hears at once, and once, of an account that
was cut off.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from airflow.sdk import Asset, dag, task

from hallpass.dag_defaults import DEFAULT_ARGS, tell_recovery
from hallpass.pipeline import archive as archiving
from hallpass.pipeline import collect as collecting
from hallpass.pipeline import notices
from hallpass.settings import Settings


@dag(
    schedule="0 */6 * * *",
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"owner": "IT"},
    tags=["hallpass", "evidence"],
    doc_md=__doc__,
)
def collect() -> None:
    @task(doc_md="The registered accounts, in batches of one platform each.")
    def plan() -> list[list[str]]:
        return collecting.plan(Settings.load())

    @task(doc_md="Visits each account of a batch: checks, landing, cursor.", pool="platforms")
    def visit(account_ids: list[str]) -> list[dict[str, Any]]:
        return [asdict(done) for done in collecting.collect(Settings.load(), account_ids)]

    @task(
        doc_md="Loads what has landed and publishes a copy for readers.",
        pool="duckdb_writer",
        outlets=[Asset("hallpass://archive")],
    )
    def archive() -> int:
        return archiving.archive(Settings.load()).records

    @task(
        doc_md="Word at once to IT of an account that was cut off, and mail that waits.",
        on_success_callback=tell_recovery,
    )
    def notify() -> int:
        return notices.notify(Settings.load())

    visit.expand(account_ids=plan()) >> archive() >> notify()


collect()
