"""What the tasks of every DAG share: the owner, retries by the type of the error, and word of a failure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from hallpass.progress import Event, announce
from hallpass.settings import Settings
from records.errors import Busy, EvidenceError, HallpassError, Throttled, Transient


def tell_failure(context: Any) -> None:
    """Tell a watcher which task failed and why, and IT by mail, once until the run goes again."""
    task = context["task_instance"]
    error = context.get("exception")
    why = str(error) if isinstance(error, HallpassError) else f"{type(error).__name__}: {error}"
    from hallpass.pipeline.notices import notify_of_failure

    notify_of_failure(Settings.load(), task.dag_id, f"{task.task_id}: {why}")
    announce(Event("failed", f"{task.dag_id}.{task.task_id}", why))  # last: a watcher may end everything at that


def tell_recovery(context: Any) -> None:
    """Tell IT by mail that a run which had failed goes again; for the last task of each DAG."""
    from hallpass.pipeline.notices import notify_of_recovery

    notify_of_recovery(Settings.load(), context["task_instance"].dag_id)


RETRY_BY_TYPE = ExceptionRetryPolicy(
    rules=[
        RetryRule(Transient, RetryAction.RETRY, timedelta(minutes=2), "A passing fault"),
        RetryRule(Throttled, RetryAction.RETRY, timedelta(minutes=15), "One rate window"),
        RetryRule(Busy, RetryAction.RETRY, timedelta(seconds=30), "Another load is running"),
        RetryRule(EvidenceError, RetryAction.FAIL, reason="Evidence needs a person"),
        RetryRule(HallpassError, RetryAction.FAIL, reason="Trying again will not help"),
    ]
)

DEFAULT_ARGS: dict[str, Any] = {
    "owner": "hallpass",
    "retries": 2,
    "retry_delay": timedelta(seconds=30),
    "retry_policy": RETRY_BY_TYPE,
    "on_failure_callback": tell_failure,
}
