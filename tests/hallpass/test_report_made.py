"""A report is made once: written in every form, landed with what it could know, and never changed afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from report_scene import MONDAY, TERM, Scene, during, photograph
from roster_kit import write_roster
from typer.testing import CliRunner

from hallpass.cli import app
from hallpass.pipeline import made
from hallpass.pipeline.archive import archive
from hallpass.pipeline.office import opened
from hallpass.pipeline.report import school_part, weekly
from hallpass.settings import Settings
from records.errors import BadInput, EvidenceDamaged
from records.model import Account, MadeReport
from registry import AccountDraft, Registry
from warehouse.note import new_signer
from warehouse.publish import open_published


@pytest.fixture()
def district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Settings, Scene, Account]]:
    """A district with one account, seen on the Monday after the week, its evidence loaded and signed."""
    monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_LEDGER", json.dumps({"password": new_signer("mill").secret_text()}))
    url = f"sqlite:///{tmp_path / 'registry.sqlite'}"
    settings = Settings(folder=tmp_path, registry_url=url, clock=MONDAY, unmatched_followers="retain", user="it")
    draft = AccountDraft("x", "1845", "@LarkinBiology", "t1", "high", "Biology news", "hallpass_x", TERM, TERM)
    with Registry.open(url) as registry:
        registry.import_roster(write_roster(tmp_path / "roster.zip"), "it", TERM)
        account = registry.add_account(draft, "it", TERM, "asked for")
    scene = Scene(tmp_path)
    scene.checked(account)
    scene.published().close()
    archive(settings)
    yield settings, scene, account


def landed(settings: Settings) -> list[MadeReport]:
    with opened(settings) as office:
        return made.every(office)


def test_a_report_is_landed_with_what_it_could_know_and_the_digest_of_what_it_said(
    district: tuple[Settings, Scene, Account],
) -> None:
    settings, _, _ = district
    written = weekly(settings, "2026-W42")
    data = (written.folder / "weekly.json").read_bytes()
    ledger = written.report.ledger
    assert ledger is not None and ledger.size > 0
    record = MadeReport("2026-W42", MONDAY, MONDAY, ledger.size, ledger.root, sha256(data).hexdigest())
    assert landed(settings) == [record]
    archive(settings)
    with open_published(settings.folder) as published:
        (row,) = published.execute("SELECT * EXCLUDE (content, batch_id, line) FROM report").fetchall()
    assert row == (*(getattr(record, name) for name in MadeReport.__slots__), MONDAY)


def test_every_form_lies_in_one_folder(district: tuple[Settings, Scene, Account]) -> None:
    settings, _, _ = district
    written = weekly(settings, "2026-W42")
    part = school_part(written, written.report.coverage.accounts[0].account.school)
    names = sorted(str(path.relative_to(written.folder)) for path in written.folder.rglob("*") if path.is_file())
    page = str(part.html.relative_to(written.folder))
    assert names == [
        "changes.csv",
        "coverage.csv",
        "not_observable.csv",
        "observations.csv",
        "one-page.html",
        "one-page.pdf",
        page,
        page.replace(".html", ".pdf"),
        "weekly.html",
        "weekly.json",
        "weekly.pdf",
        "weeks.csv",
    ]
    with pytest.raises(BadInput, match="No registered account belongs to 'Nowhere'"):
        school_part(written, "Nowhere")


@pytest.mark.parametrize(("asked", "shown"), [((), "weekly.html"), (("--one-page",), "one-page.html")])
def test_the_command_writes_the_week_and_opens_its_page(
    district: tuple[Settings, Scene, Account], monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...], shown: str
) -> None:
    settings, _, _ = district
    opened_pages: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened_pages.append)
    for name, value in settings.variables().items():
        monkeypatch.setenv(name, value)
    ran = CliRunner().invoke(app, ["report", "weekly", "--week", "2026-W42", "--open", *asked])
    page = settings.folder / "reports" / "2026-W42" / shown
    assert (ran.exit_code, opened_pages, page.exists()) == (0, [page.as_uri()], True)
    told = CliRunner().invoke(app, ["report", "list"]).output
    assert "2026-W42" in told and "2026-10-19 07:00" in told


def test_the_first_report_of_a_week_stays_and_a_later_one_says_what_changed(
    district: tuple[Settings, Scene, Account],
) -> None:
    settings, scene, account = district
    first = weekly(settings, "2026-W42")
    before = {path: path.read_bytes() for path in first.folder.rglob("*") if path.is_file()}
    archive(settings)  # the ledger has grown by the report itself
    again = weekly(settings, "2026-W42")
    assert (again.folder, len(landed(settings))) == (first.folder, 1)

    scene.marked(account, scene.posted(account, 7, "Found late", during(2), photograph()), photograph(), None)
    scene.published().close()
    tuesday = replace(settings, clock=MONDAY + timedelta(days=1))
    later = weekly(tuesday, "2026-W42")
    assert later.folder == first.folder / "as-of-20261020T1100Z"
    assert later.report.since is not None
    assert (later.report.since.added, later.report.since.posts_then) == (1, 0)
    assert {path: path.read_bytes() for path in before} == before
    assert [each.made_at for each in landed(settings)] == [MONDAY, MONDAY + timedelta(days=1)]


def test_the_first_report_stays_the_first_where_the_reports_folder_was_lost(
    district: tuple[Settings, Scene, Account],
) -> None:
    settings, _, _ = district
    first = weekly(settings, "2026-W42")
    for path in sorted(first.folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    later = weekly(replace(settings, clock=MONDAY + timedelta(hours=1)), "2026-W42")
    assert later.report.since is not None
    assert later.report.since.first_made_at == MONDAY
    settings.folder.joinpath("media", landed(settings)[0].model_sha256[:2], landed(settings)[0].model_sha256).unlink()
    with pytest.raises(EvidenceDamaged, match="The data of the first report of 2026-W42 is missing"):
        weekly(replace(settings, clock=MONDAY + timedelta(hours=2)), "2026-W42")


def test_a_report_that_could_not_be_written_whole_was_not_made(
    district: tuple[Settings, Scene, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, _, _ = district
    monkeypatch.setattr("warehouse.durable.write", full)
    with pytest.raises(OSError, match="No space left"):
        weekly(settings, "2026-W42")
    monkeypatch.undo()
    monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_LEDGER", "")
    assert landed(settings) == []
    assert weekly(replace(settings, clock=MONDAY + timedelta(hours=1)), "2026-W42").report.since is None


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")
