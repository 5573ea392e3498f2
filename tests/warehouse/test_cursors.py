"""Cursors: one small file an account, all or none of a move."""

from __future__ import annotations

from pathlib import Path

import pytest

from records.errors import EvidenceDamaged
from warehouse.cursors import Cursors


def test_an_account_that_was_never_collected_has_no_cursors(tmp_path: Path) -> None:
    assert Cursors(tmp_path).get("x:1") == {}


def test_a_move_keeps_the_cursors_that_it_does_not_name(tmp_path: Path) -> None:
    Cursors(tmp_path).move("x:1", {"posts": "2026-10-01", "profile": "2026-10-01"})
    Cursors(tmp_path).move("x:1", {"posts": "2026-10-08"})
    Cursors(tmp_path).move("x:2", {"posts": "2026-09-01"})
    assert Cursors(tmp_path).get("x:1") == {"posts": "2026-10-08", "profile": "2026-10-01"}


@pytest.mark.parametrize("account_id", ["../../escape", "a/b", ".", "x:é"])
def test_any_account_id_stays_inside_its_folder(tmp_path: Path, account_id: str) -> None:
    Cursors(tmp_path).move(account_id, {"posts": "1"})
    assert Cursors(tmp_path).get(account_id) == {"posts": "1"}
    assert [p.parent for p in tmp_path.rglob("*.json")] == [tmp_path / "cursors"]


@pytest.mark.parametrize("content", [b"", b"half {", b"[1]"])
def test_a_damaged_cursor_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    cursors = Cursors(tmp_path)
    cursors.move("x:1", {"posts": "1"})
    (tmp_path / "cursors" / "x%3A1.json").write_bytes(content)
    with pytest.raises(EvidenceDamaged, match="Delete it; the next run collects this account from the beginning"):
        cursors.get("x:1")
