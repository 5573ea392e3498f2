"""Settings come from the environment and are judged together."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hallpass.settings import Settings
from records.errors import BadInput


def test_without_any_variable_the_folder_and_the_registry_are_local(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.load({})
    assert (settings.folder, settings.registry_url, settings.platform_url, settings.sandboxed) == (
        tmp_path / ".hallpass",
        f"sqlite:///{tmp_path}/.hallpass/registry.sqlite",
        None,
        False,
    )


def test_every_wrong_variable_is_named_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        Settings.load(
            {
                "HALLPASS_TIMEZONE": "Mars/Olympus",
                "HALLPASS_CLOCK": "2026-10-19T11:00:00",
                "HALLPASS_BATCH_SIZE": "0",
                "HALLPASS_UNMATCHED_FOLLOWERS": "keep",
                "HALLPASS_X_BUDGET_USD": "-1",
                "HALLPASS_DISTRIKT": "Alder Falls",
            }
        )
    named = {
        name
        for name in ("TIMEZONE", "CLOCK", "BATCH_SIZE", "UNMATCHED_FOLLOWERS", "X_BUDGET_USD", "DISTRIKT")
        if name in str(caught.value)
    }
    assert named == {"TIMEZONE", "CLOCK", "BATCH_SIZE", "UNMATCHED_FOLLOWERS", "X_BUDGET_USD", "DISTRIKT"}
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://example.org", "http://example.org:80", "http://10.0.0.1:80", "ftp://127.0.0.1"]
)
def test_the_platforms_are_redirected_to_loopback_only(url: str) -> None:
    with pytest.raises(BadInput):
        Settings.load({"HALLPASS_PLATFORM_URL": url})


def test_a_child_process_gets_the_same_settings(tmp_path: Path) -> None:
    settings = Settings.load(
        {
            "HALLPASS_FOLDER": str(tmp_path),
            "HALLPASS_CLOCK": "2026-10-19T07:00:00-04:00",
            "HALLPASS_PLATFORM_URL": "http://127.0.0.1:8000/",
            "HALLPASS_TIMEZONE": "America/Chicago",
            "HALLPASS_X_BUDGET_USD": "12.5",
            "HALLPASS_USER": "it",
        }
    )
    assert settings.now() == datetime(2026, 10, 19, 11, tzinfo=UTC)
    assert Settings.load(settings.variables()) == settings
