"""Airflow DAG: bring the roster of the educational community up to date.

The student information system leaves a OneRoster zip; nothing is imported unless all of it can be.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import dag, task

from hallpass.dag_defaults import DEFAULT_ARGS, tell_recovery
from hallpass.pipeline.roster import sync_roster
from hallpass.settings import Settings


@dag(
    schedule="0 4 * * *",
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"owner": "IT"},
    tags=["hallpass", "registry"],
    doc_md=__doc__,
)
def roster_sync() -> None:
    @task(
        doc_md="Imports the OneRoster zip that `HALLPASS_ROSTER` names, all of it or nothing.",
        on_success_callback=tell_recovery,
    )
    def import_roster() -> dict[str, Any]:
        report = sync_roster(Settings.load())
        return {"people": dict(report.people), "added": report.added, "removed": report.removed}

    import_roster()


roster_sync()
