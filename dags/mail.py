"""Airflow DAG: mail that cannot wait for the week, every five minutes.

A request for a permission goes to the superintendent's list, its decision to who asked, and what a mail server did not
take at the first try is handed over again. The console tells both at once as well; whichever comes first, each mail
leaves once.
"""

from __future__ import annotations

from dataclasses import asdict

from airflow.sdk import dag, task

from hallpass.dag_defaults import DEFAULT_ARGS, tell_recovery
from hallpass.pipeline.request_mail import tell
from hallpass.settings import Settings


@dag(
    schedule="*/5 * * * *",
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"owner": "IT"},
    tags=["hallpass", "mail"],
    doc_md=__doc__,
)
def mail() -> None:
    @task(
        doc_md="Writes down what is to be told about requests, and hands over what is due.",
        on_success_callback=tell_recovery,
    )
    def send() -> dict[str, int]:
        return asdict(tell(Settings.load()))

    send()


mail()
