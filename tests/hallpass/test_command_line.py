"""The `hallpass` command as somebody types it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from made_up_district import District
from typer.testing import CliRunner

from hallpass.cli import app
from hallpass.demo import clock

COMMANDS = [
    ("demo",),
    ("up",),
    ("console",),
    ("collect",),
    ("detect",),
    ("status",),
    ("doctor",),
    *(("report", verb) for verb in ("weekly", "list")),
    ("search",),
    ("verify",),
    ("backup",),
    ("restore",),
    ("export",),
    *(("ledger", verb) for verb in ("init", "checkpoint", "prove", "rotate", "stamp")),
    *(("retention", verb) for verb in ("rules", "set", "end", "propose", "list", "show")),
    *(("retention", verb) for verb in ("permit", "approve", "withdraw", "run")),
    *(("hold", verb) for verb in ("add", "release", "list")),
    *(("warehouse", verb) for verb in ("rebuild", "seal")),
    *(("detector", verb) for verb in ("evaluate", "precision")),
    *(("account", verb) for verb in ("add", "list", "verify", "deactivate", "import")),
    ("roster", "import"),
    *((room, verb) for room in ("mark", "photograph") for verb in ("add", "list")),
    *(("grant", verb) for verb in ("add", "list", "revoke", "import")),
    *(("budget", verb) for verb in ("show", "set")),
    *(("golive", verb) for verb in ("list", "done", "correct")),
    *(("procedures", verb) for verb in ("publish", "missing")),
    *(("closure", verb) for verb in ("import", "list", "remove")),
    *(("user", verb) for verb in ("add", "list", "recover")),
    *(("mail", verb) for verb in ("add", "list", "remove", "send", "outbox", "again")),
]


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HALLPASS_")} | variables
    return subprocess.run(
        [sys.executable, "-m", "hallpass", *arguments], env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output and len(result.output) > 200


def test_no_command_is_left_out_above() -> None:
    group = typer.main.get_command(app)
    found = {
        (name, *rest)
        for name, command in group.commands.items()  # type: ignore[attr-defined]
        for rest in ([(sub,) for sub in command.commands] if hasattr(command, "commands") else [()])
    }
    assert found - {("lookalike", "add"), ("lookalike", "list")} - {
        ("organisation", verb) for verb in ("add", "list", "import", "take-back")
    } == set(COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("report", "weekly"), 2, "Nothing is archived yet"),
        (("report", "weekly", "--week", "2026-99"), 2, "'2026-99' is not a week"),
        (("collect",), 3, "go-live checklist"),
        (("roster", "import", "/nowhere.zip"), 2, "nowhere.zip cannot be read"),
        (("account", "verify", "nobody", "--method", "letter"), 2, "nobody"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_a_mistake_is_one_line_that_says_what_to_do(
    tmp_path: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    result = run(*arguments, HALLPASS_FOLDER=str(tmp_path / "data"))
    assert (result.returncode, result.stderr.count("\n")) == (code, 1), result.stderr
    assert result.stderr.startswith("hallpass: ") and says in result.stderr


def test_a_wrong_setting_is_one_line_too() -> None:
    result = run("status", HALLPASS_CLOCK="yesterday")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "HALLPASS_CLOCK" in result.stderr


def test_a_demo_refuses_a_folder_with_a_districts_own_data(tmp_path: Path) -> None:
    assert run("golive", "list", HALLPASS_FOLDER=str(tmp_path)).returncode == 0
    result = run("demo", HALLPASS_FOLDER=str(tmp_path))
    assert result.returncode == 3
    assert result.stderr.startswith(f"hallpass: {tmp_path} holds a district's own data")


def test_collect_detect_report_and_status_work_without_airflow(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in district.settings.variables().items():
        monkeypatch.setenv(name, value)
    collected = CliRunner().invoke(app, ["collect"])
    assert collected.exit_code == 0 and "records loaded" in collected.output, collected.output
    detected = CliRunner().invoke(app, ["detect"])
    assert detected.exit_code == 0 and "new pictures looked at" in detected.output, detected.output
    written = CliRunner().invoke(app, ["report", "weekly"])
    assert written.exit_code == 0, written.output
    for line in (
        "21 of 24 registered accounts",
        "clause 4.9",
        "clause 4.2",
        "only their number is shown",
        "weekly.html",
        "weekly.pdf",
    ):
        assert line in " ".join(written.output.split())
    files = (path for path in district.settings.folder.glob("reports/2026-W42/**/*") if path.is_file())
    first = {path: path.read_bytes() for path in files}
    assert {"weekly.html", "weekly.pdf", "weekly.json", "observations.csv"} < {path.name for path in first}
    monkeypatch.setenv("HALLPASS_CLOCK", "2026-10-20T11:00:00Z")
    later = CliRunner().invoke(app, ["report", "weekly", "--week", "2026-W42"])
    assert later.exit_code == 0 and "as-of-20261020T1100Z/weekly.html" in later.output, later.output
    assert {path: path.read_bytes() for path in first} == first
    assert CliRunner().invoke(app, ["status"]).exit_code == 0
    found = CliRunner().invoke(app, ["search", "otters"])
    assert found.exit_code == 0 and "GO OTTERS!!!" in found.output, found.output
    doctor = CliRunner().invoke(app, ["doctor"])
    assert doctor.exit_code == 0 and "wrong" not in doctor.output, doctor.output


def test_a_backup_restored_elsewhere_is_verified_and_a_changed_byte_is_named(
    district: District, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    district.collect()
    for name, value in district.settings.variables().items():
        monkeypatch.setenv(name, value)
    assert CliRunner().invoke(app, ["backup", str(tmp_path / "backup")]).exit_code == 0
    elsewhere = tmp_path / "elsewhere"
    monkeypatch.setenv("HALLPASS_FOLDER", str(elsewhere))
    restored = CliRunner().invoke(app, ["restore", str(tmp_path / "backup")])
    assert restored.exit_code == 0 and "published" in restored.output, restored.output
    verified = CliRunner().invoke(app, ["verify"])
    assert verified.exit_code == 0 and "are what was landed" in verified.output, verified.output

    batch = next(elsewhere.glob("landing/x/*/*.zst"))
    content = bytearray(batch.read_bytes())
    content[len(content) // 2] ^= 1
    batch.chmod(0o644)
    batch.write_bytes(content)
    broken = run("verify", HALLPASS_FOLDER=str(elsewhere))
    assert (broken.returncode, broken.stderr.count("\n")) == (1, 1)
    assert str(batch) in broken.stderr


def test_a_ledger_key_is_made_once_and_its_secret_is_kept_nowhere(tmp_path: Path) -> None:
    made = run("ledger", "init", "example.org", HALLPASS_FOLDER=str(tmp_path))
    secret = made.stdout.splitlines()[-1]
    assert made.returncode == 0 and secret.startswith("PRIVATE+KEY+example.org+")
    assert [p for p in tmp_path.rglob("*") if p.is_file() and secret.encode() in p.read_bytes()] == []
    again = run("ledger", "init", "example.org", HALLPASS_FOLDER=str(tmp_path))
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)


def test_a_first_publication_that_was_cut_short_keeps_nobody_from_collecting(district: District) -> None:
    (district.settings.folder / "published").mkdir(parents=True)
    assert {done.outcome for done in district.collect()} == {"ok", "refused", "disconnected"}


def test_a_folder_with_the_made_up_district_is_shown_as_it_was_and_never_collected_for_real(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    district.collect()
    clock.note_weeks(district.settings.folder, 1)
    folder = str(district.settings.folder)
    shown = run("report", "weekly", HALLPASS_FOLDER=folder, AIRFLOW_CONN_HALLPASS_MINIMISE='{"password": "00"}')
    assert shown.returncode == 0 and "Alder Falls Public Schools, week 2026-W42" in shown.stdout, shown.stderr
    refused = run("collect", HALLPASS_FOLDER=folder)
    assert (refused.returncode, refused.stderr.count("\n")) == (3, 1)
    assert "holds the made-up district" in refused.stderr


def test_a_data_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run("status", HALLPASS_FOLDER=str(tmp_path / "file" / "data"))
    assert (result.returncode, result.stderr.count("\n")) == (2, 1), result.stderr
