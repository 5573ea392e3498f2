"""The console that `hallpass up` serves beside Airflow's pages."""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from hallpass.console import listening_on
from hallpass.demo.look import console_socket, serving_console
from hallpass.demo.run import sandboxed
from hallpass.settings import CONSOLE_PORT, Settings
from reports import charts

NOW = datetime(2026, 10, 19, 11, tzinfo=UTC)


def test_it_answers_with_somebody_of_each_office_to_sign_in_as_and_is_gone_at_the_end(tmp_path: Path) -> None:
    with listening_on(0) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        base = Settings.load({"HALLPASS_FOLDER": str(tmp_path), "HALLPASS_CONSOLE_URL": url})
        with serving_console(sandboxed(base, "http://127.0.0.1:9", NOW), listening) as sign_ins:
            with urlopen(f"{url}/sign-in", timeout=30) as page:
                assert page.status == 200
            assert [each.login for each in sign_ins] == ["communications", "it", "superintendent", "records", "auditor"]
    with pytest.raises(URLError):
        urlopen(url, timeout=5)


def test_what_draws_is_loaded_without_anybody_asking_for_a_drawing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = threading.Event()
    monkeypatch.setattr(charts, "make_ready", loaded.set)
    base = Settings.load({"HALLPASS_FOLDER": str(tmp_path)})
    with listening_on(0) as listening, serving_console(sandboxed(base, "http://127.0.0.1:9", NOW), listening):
        assert loaded.wait(30)


def test_another_port_is_taken_where_the_usual_one_is_somebodys() -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", CONSOLE_PORT))
            taken.listen(1)
        except OSError:
            pass  # somebody has it already, which is the case in question
        with console_socket() as free:
            assert free.getsockname()[1] != CONSOLE_PORT
