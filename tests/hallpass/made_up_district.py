"""The made-up district for tests of the pipeline: the served sandbox, its offices' papers, and a run of every step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import duckdb
import pytest

from hallpass.demo import clock
from hallpass.demo.platforms import credentials, register, sandbox
from hallpass.demo.run import sandboxed, write_papers
from hallpass.pipeline import archive, collect, detect
from hallpass.settings import Settings
from records.canonical import iso
from registry import Registry
from warehouse.publish import open_published


@dataclass
class District:
    """A data folder and the sandbox that it is filled from. ``now`` is the clock of both."""

    url: str
    settings: Settings

    @property
    def now(self) -> datetime:
        return self.settings.now()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the sandbox's side door."""
        data = json.dumps(body).encode() if body is not None else None
        request = Request(f"{self.url}/control/{path}", data, {"Content-Type": "application/json"}, method=method)
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def weeks_later(self, weeks: int) -> None:
        """Move both clocks to the moment of the demo after so many completed weeks."""
        at = clock.moment(weeks)
        self.control("PUT", "clock", {"now": iso(at)})
        self.control("DELETE", "limits")
        self.settings = replace(self.settings, clock=at)

    def register(self) -> None:
        """The roster and what the offices decided, as of now."""
        papers = write_papers(self.settings.folder, self.now)
        with Registry.open(self.settings.registry_url) as registry:
            registry.import_roster(papers / "roster.zip", "test", self.now)
            register(registry, papers, "test", self.now, self.settings.timezone)

    def collect(self) -> list[collect.Collected]:
        """Visit every registered account, then load and publish."""
        batches = collect.plan(self.settings)
        done = [one for batch in batches for one in collect.collect(self.settings, batch)]
        archive.archive(self.settings)
        return done

    def detect(self) -> None:
        """Look at everything new, and judge it."""
        for batch in detect.plan_images(self.settings):
            detect.look_at_images(self.settings, batch)
        detect.look_at_relationships(self.settings)
        archive.archive(self.settings)
        detect.judge(self.settings)
        archive.archive(self.settings)

    @contextmanager
    def published(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with open_published(self.settings.folder) as connection:
            yield connection

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.published() as connection:
            return connection.execute(statement, values).fetchall()


@contextmanager
def made_up_district(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[District]:
    """A district whose sandbox stands at the first demo's moment; secrets come from the environment."""
    now = clock.moment(0)
    with sandbox(now, folder / "logs" / "sandbox.log") as url:
        for name, password in credentials(url).items():
            monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps({"password": password}))
        base = Settings.load({"HALLPASS_FOLDER": str(folder)})
        yield District(url, sandboxed(base, url, now))
