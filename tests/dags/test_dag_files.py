"""The DAG files import, say what they do, and are wiring only."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hallpass.airflow_home import DAGS, POOLS, environment
from hallpass.settings import Settings

MAILS = {"collect": "notify", "mail": "send", "weekly_report": "send"}
DESCRIBE = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(dag_folder=sys.argv[1])
print("BAG" + json.dumps({
    "errors": bag.import_errors,
    "dags": {d.dag_id: {
        "doc": d.doc_md, "tags": sorted(d.tags), "params": sorted(d.params), "owner": d.owner, "catchup": d.catchup,
        "tasks": {t.task_id: {"doc": t.doc_md, "owner": t.owner, "pool": t.pool, "retries": t.retries,
                              "down": sorted(t.downstream_task_ids)} for t in d.tasks},
    } for d in bag.dags.values()},
}))
"""


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The DagBag as Airflow reads it, in a process of its own: Airflow takes its settings at import."""
    settings = Settings.load({"HALLPASS_FOLDER": str(tmp_path_factory.mktemp("home"))})
    done = subprocess.run(
        [sys.executable, "-c", DESCRIBE, str(DAGS)],
        env={**os.environ, **environment(settings)},
        capture_output=True,
        text=True,
        check=True,
    )
    yield json.loads(done.stdout.partition("BAG")[2].splitlines()[0])


def test_every_dag_file_is_found_and_imports(bag: dict[str, Any]) -> None:
    assert bag["errors"] == {}
    assert set(bag["dags"]) == {"roster_sync", "collect", "detect", "weekly_report", "mail"}
    assert set(bag["dags"]) == {path.stem for path in DAGS.glob("*.py")}


def test_every_dag_says_what_it_does_and_whose_it_is(bag: dict[str, Any]) -> None:
    for dag in bag["dags"].values():
        assert len(dag["doc"]) > 80 and "hallpass" in dag["tags"] and dag["owner"] in ("IT", "communications")
        assert dag["catchup"] is False
        assert all(task["doc"] for task in dag["tasks"].values())
    assert bag["dags"]["weekly_report"]["params"] == ["week"]


def test_every_task_is_retried_and_waits_in_a_pool_that_exists(bag: dict[str, Any]) -> None:
    tasks = [task for dag in bag["dags"].values() for task in dag["tasks"].values()]
    assert all(task["retries"] >= 1 for task in tasks)
    assert {task["pool"] for task in tasks} - {"default_pool"} == set(POOLS)


def test_only_the_loader_writes_the_archive_and_it_comes_after_what_lands(bag: dict[str, Any]) -> None:
    assert bag["dags"]["collect"]["tasks"]["visit"]["down"] == ["archive"]
    writers = {
        f"{name}.{task_id}"
        for name, dag in bag["dags"].items()
        for task_id, task in dag["tasks"].items()
        if task["pool"] == "duckdb_writer"
    }
    assert writers == {"collect.archive", "detect.archive", "detect.publish", "weekly_report.archive"}


def test_mail_leaves_after_everything_else_of_its_run(bag: dict[str, Any]) -> None:
    assert bag["dags"]["collect"]["tasks"]["archive"]["down"] == ["notify"]
    assert bag["dags"]["weekly_report"]["tasks"]["write"]["down"] == ["archive", "send"]
    assert all(bag["dags"][dag]["tasks"][task]["down"] == [] for dag, task in MAILS.items())


@pytest.mark.parametrize("path", sorted(DAGS.glob("*.py")), ids=lambda path: path.stem)
def test_a_dag_file_is_wiring_each_task_is_one_call(path: Path) -> None:
    """A task's body is one statement, or two where it asks Airflow for its parameters."""
    tree = ast.parse(path.read_text())
    tasks = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any("task" in ast.unparse(decorator) for decorator in node.decorator_list)
    ]
    assert tasks
    assert {task.name: len(task.body) for task in tasks if len(task.body) > 3} == {}
    assert "airflow" in path.read_text()
