"""Airflow DAG: the weekly report for the communications office, as HTML and PDF, and by mail to its lists.

Coverage comes first, then observations with their evidence, then trends. Every Monday before school; on a closed day
the mail waits for the next open one, and leaves with the next collection then.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, Param, dag, get_current_context, task

from hallpass.dag_defaults import DEFAULT_ARGS, tell_recovery
from hallpass.pipeline import archive as archiving
from hallpass.pipeline.mail import deliver, queue_report
from hallpass.pipeline.report import weekly
from hallpass.settings import Settings

MONDAY = "0 7 * * MON"
ZONE = Settings.load().timezone.key


@dag(
    schedule=CronTriggerTimetable(MONDAY, timezone=ZONE, run_immediately=timedelta(0)),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"owner": "communications"},
    params={
        "week": Param("", type="string", title="Week", description="ISO week such as 2026-W42; empty: the last one")
    },
    tags=["hallpass", "report"],
    doc_md=__doc__,
)
def weekly_report() -> None:
    @task(doc_md="Writes the week's report, and the mails about it into the outbox.")
    def write() -> dict[str, str]:
        written = weekly(Settings.load(), get_current_context()["params"]["week"] or None)
        queue_report(Settings.load(), written.report)
        return {"week": written.report.week.name, "html": str(written.html), "pdf": str(written.pdf)}

    @task(doc_md="Loads the landed report and signs for it.", pool="duckdb_writer")
    def archive() -> int:
        return archiving.archive(Settings.load()).records

    @task(doc_md="Hands over the mails that are due, each once.", on_success_callback=tell_recovery)
    def send() -> dict[str, int]:
        return asdict(deliver(Settings.load()))

    write() >> [archive(), send()]


weekly_report()
