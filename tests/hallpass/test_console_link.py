"""Airflow's pages lead to the console where it has an address."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hallpass.airflow_home import environment
from hallpass.settings import Settings

URL = "https://hallpass.example.org"
LINK = {"name": "Hallpass", "href": URL, "destination": "nav"}


@pytest.mark.parametrize(("url", "links"), [({"HALLPASS_CONSOLE_URL": URL}, [LINK]), ({}, [])])
def test_airflow_links_to_the_console_only_where_it_has_an_address(
    tmp_path: Path, url: dict[str, str], links: list[dict[str, str]]
) -> None:
    settings = Settings.load({"HALLPASS_FOLDER": str(tmp_path), **url})
    done = subprocess.run(
        [sys.executable, "-m", "airflow", "plugins", "--output", "json"],
        env={**os.environ, **environment(settings)},
        capture_output=True,
        text=True,
        check=True,
    )
    found = {plugin["name"]: plugin["external_views"] for plugin in json.loads(done.stdout.splitlines()[-1])}
    assert found["hallpass_console"] == links
