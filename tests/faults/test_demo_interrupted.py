"""`hallpass demo` as a person runs it: killed, interrupted, run again, looked around in; compared with the truth."""

from __future__ import annotations

import signal
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import zstandard
from against_truth import differences, expected, observed, told
from looking_around import ended, listening, newest, paused, signed_in, start
from made_up_district import District
from running_command import all_gone, completed, running, wait_for

from hallpass.__main__ import main
from hallpass.demo import clock
from hallpass.settings import Settings
from sandbox.state import credentials
from sandbox.world import World


def settings_of(folder: Path) -> Settings:
    return Settings.load({"HALLPASS_FOLDER": str(folder)})


def as_district(folder: Path, monkeypatch: pytest.MonkeyPatch) -> District:
    for name, password in credentials(World.make(weeks=1)).items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", f'{{"password": "{password}"}}')
    return District("", replace(settings_of(folder), user="demo"))


def test_a_demo_killed_interrupted_completed_and_looked_around_in_tells_the_truth_and_keeps_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    a_demo_killed_while_collecting_leaves_nothing_running(folder)
    a_demo_interrupted_by_ctrl_c_says_so(folder)
    the_next_one_completes_both(folder, monkeypatch)
    a_week_later_a_run_started_by_hand_in_airflows_pages_works_too_and_ctrl_c_leaves_nothing(folder, monkeypatch)
    no_secret_of_the_whole_run_is_written_anywhere(folder)


def a_demo_killed_while_collecting_leaves_nothing_running(folder: Path) -> None:
    with running("demo", folder) as process:
        wait_for(process, "landing/x/*/*.zst", folder, 4)
        process.kill()
    assert all_gone(folder)


def a_demo_interrupted_by_ctrl_c_says_so(folder: Path) -> None:
    landed = len(list(folder.glob("landing/facebook/*/*.zst")))
    with running("demo", folder) as process:
        wait_for(process, "landing/facebook/*/*.zst", folder, landed + 3)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.rstrip().splitlines()[-1].startswith("hallpass: Interrupted; nothing is lost.")
    assert all_gone(folder)
    assert not list(folder.glob("reports/*/weekly.html"))


def the_next_one_completes_both(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = completed(folder)
    assert "21 of 24 registered accounts" in said
    assert [path.name for path in sorted(folder.glob("reports/2026-W42/weekly.*"))[:2]] == [
        "weekly.html",
        "weekly.json",
    ]
    assert differences(observed(as_district(folder, monkeypatch)), expected(told([clock.moment(0)]))) == {}
    assert all_gone(folder)


def a_week_later_a_run_started_by_hand_in_airflows_pages_works_too_and_ctrl_c_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, pictures = listening(), len(list(folder.glob("media/*/*")))
    with running("up", folder) as process:
        url, token = signed_in(process)
        assert {a.rpartition(":")[0] for a in listening() - before} == {"127.0.0.1"}
        assert paused(url, token) == dict.fromkeys(("collect", "detect", "mail", "roster_sync", "weekly_report"), False)
        former = {dag: newest(url, token, dag)[0] for dag in ("collect", "detect")}
        start(url, token, "collect")
        assert [ended(url, token, dag, run) for dag, run in former.items()] == ["success", "success"]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert all_gone(folder)
    assert url.removeprefix("http://") not in listening()
    captures = [clock.moment(0), clock.moment(1)]
    assert differences(observed(as_district(folder, monkeypatch)), expected(told(captures))) == {}
    assert len(list(folder.glob("media/*/*"))) > pictures


def no_secret_of_the_whole_run_is_written_anywhere(folder: Path) -> None:
    secrets = [s.encode() for s in credentials(World.make(weeks=1)).values()]
    written = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for path in folder.glob("landing/*/*/*.zst"):
        written[path] = zstandard.ZstdDecompressor().decompressobj().decompress(path.read_bytes())
    with duckdb.connect(str(sorted(folder.glob("published/*.duckdb"))[-1]), read_only=True) as archive:
        for table in ("envelope", "post_version", "comment_version", "coverage", "decision", "parse_problem"):
            written[Path(table)] = repr(archive.execute(f"FROM {table}").fetchall()).encode()
    assert len(written) > 200
    assert {str(path) for path, content in written.items() for secret in secrets if secret in content} == set()


def test_a_demo_that_fails_names_the_task_and_its_cause(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "landing").write_text("in the way")
    with running("demo", folder) as process:
        said, _ = process.communicate(timeout=400)
    assert process.returncode == 1
    last = said.rstrip().splitlines()[-1]
    assert last.startswith("hallpass: The task collect.visit failed: ") and str(folder / "landing") in last
    assert all_gone(folder)


class Interrupting:
    def find_spec(self, name: str, *_: object) -> None:
        if name == "hallpass.cli":
            raise KeyboardInterrupt


def test_ctrl_c_while_the_command_still_loads_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "hallpass.cli", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130
    assert capsys.readouterr().err == "hallpass: Interrupted; nothing is lost. Run the same command again\n"
