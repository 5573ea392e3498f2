"""Airflow DAG: look at what is new in the archive, and observe.

Detectors are pure: pictures and relationships in, observations out. An observation is for a person to look at;
only a person makes it a finding. What permission was in force when a post was made is asked of the registry.
"""

from __future__ import annotations

from airflow.sdk import Asset, dag, task

from hallpass.dag_defaults import DEFAULT_ARGS, tell_recovery
from hallpass.pipeline import archive as archiving
from hallpass.pipeline import detect as detecting
from hallpass.settings import Settings


@dag(
    schedule=[Asset("hallpass://archive")],
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"owner": "communications"},
    tags=["hallpass", "observations"],
    doc_md=__doc__,
)
def detect() -> None:
    @task(doc_md="Pictures that this detector has not looked at with these reference marks, in batches.")
    def plan() -> list[list[str]]:
        return detecting.plan_images(Settings.load())

    @task(doc_md="Looks for the district's marks in a batch of pictures.", pool="images")
    def logos(images: list[str]) -> int:
        return detecting.look_at_images(Settings.load(), images)

    @task(doc_md="Compares whom registered accounts follow with the roster and the accepted organisations.")
    def relationships() -> int:
        return detecting.look_at_relationships(Settings.load())

    @task(doc_md="Loads the observations, so that they can be judged.", pool="duckdb_writer")
    def archive() -> int:
        return archiving.archive(Settings.load()).records

    @task(doc_md="Asks the registry what was in force when each post was made.")
    def judge() -> int:
        return detecting.judge(Settings.load())

    @task(
        doc_md="Publishes what was observed and judged.",
        pool="duckdb_writer",
        outlets=[Asset("hallpass://observations")],
        on_success_callback=tell_recovery,
    )
    def publish() -> int:
        return archiving.archive(Settings.load()).records

    [logos.expand(images=plan()), relationships()] >> archive() >> judge() >> publish()


detect()
