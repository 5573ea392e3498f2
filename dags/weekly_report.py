"""Airflow DAG: the weekly report for the communications office, as HTML and PDF.

Coverage comes first, then observations with their evidence, then trends. Every Monday before school.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, Param, dag, get_current_context, task

from hallpass.dag_defaults import DEFAULT_ARGS
from hallpass.pipeline.report import weekly
from hallpass.settings import Settings

MONDAY = "0 7 * * MON"
ZONE = Settings.load().timezone.key
WEEK = Param("", type="string", title="Week", description="An ISO week such as 2026-W42; empty for the last one")


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
    @task(doc_md="Writes the week's report from the published copy and the registry.")
    def write() -> dict[str, str]:
        week = get_current_context()["params"]["week"]
        written = weekly(Settings.load(), week or None)
        return {"week": written.report.week.name, "html": str(written.html), "pdf": str(written.pdf)}

    write()


weekly_report()
