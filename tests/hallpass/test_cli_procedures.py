"""`hallpass procedures` as somebody in an office types it."""

from __future__ import annotations

from pathlib import Path

import pytest
from roster_kit import write_roster
from typed_command import AT, Hallpass

from hallpass.settings import Settings
from registry import Registry

ADD = (
    *("account", "add", "--platform", "x", "--platform-id", "1845", "--handle", "@LarkinBiology"),
    *("--owner", "t1", "--school", "high", "--purpose", "Biology news", "--why", "asked for"),
)


@pytest.fixture
def text(hallpass: Hallpass, tmp_path: Path) -> Path:
    """The procedures as a file, in a district where Ann Larkin answers for an account."""
    assert hallpass("roster", "import", write_roster(tmp_path / "roster.zip"))[0] == 0
    assert hallpass(*ADD)[0] == 0
    path = tmp_path / "procedures.txt"
    path.write_text("Ask before you post the seal.\n", "utf-8")
    return path


def test_a_published_version_names_who_has_still_to_read_it(hallpass: Hallpass, text: Path) -> None:
    published = hallpass("procedures", "publish", "2026", text, "--title", "How we post", "--by", "records")
    assert published == (0, "How we post, version 2026, is in force. To read it: 1.", "")
    code, out, _ = hallpass("procedures", "missing")
    assert (code, "│ t1 │ Ann Larkin │" in out) == (0, True), out

    with Registry.open(Settings.load().registry_url) as registry:
        registry.procedures.acknowledge("2026", "t1", "larkin", AT)
    everybody = "Everybody who answers for an account has acknowledged version 2026."
    assert hallpass("procedures", "missing", "2026") == (0, everybody, "")


def test_a_version_is_published_once(hallpass: Hallpass, text: Path) -> None:
    assert hallpass("procedures", "publish", "2026", text, "--title", "How we post")[0] == 0
    code, _, err = hallpass("procedures", "publish", "2026", text, "--title", "Another")
    assert (code, "Version 2026 is published already" in err) == (2, True), err


def test_a_version_that_is_not_there_and_a_file_that_is_no_text_are_refused(hallpass: Hallpass, text: Path) -> None:
    assert "No procedures are published" in hallpass("procedures", "missing")[2]
    text.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read as text" in hallpass("procedures", "publish", "2026", text, "--title", "How we post")[2]
    text.write_text("Ask first.")
    assert hallpass("procedures", "publish", "2026", text, "--title", "How we post")[0] == 0
    code, _, err = hallpass("procedures", "missing", "2025")
    assert (code, "There is no version 2025" in err) == (2, True), err
