"""What the tasks of every DAG share: the owner, retries by the type of the error, and word of a failure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from hallpass.progress import Event, announce
from records.errors import Busy, EvidenceError, HallpassError, Throttled, Transient


def tell_failure(context: Any) -> None:
    """Tell a watcher which task failed, and why."""
    task = context["task_instance"]
    error = context.get("exception")
    why = str(error) if isinstance(error, HallpassError) else f"{type(error).__name__}: {error}"
    announce(Event("failed", f"{task.dag_id}.{task.task_id}", why))


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
