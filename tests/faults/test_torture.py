"""A bounded sample of the torture, and faults that are given rather than found by chance."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from archive_kit import NOW, hours, page, parse, post, rows, tables
from test_landing_faults import on_a_small_disk
from torture import Tally, backup_of, cycle, look, torture

from records.errors import EvidenceDamaged
from warehouse.landing import Landing
from warehouse.load import load


def test_nothing_acknowledged_is_lost_or_doubled_when_it_is_killed_again_and_again(tmp_path: Path) -> None:
    tally = torture(tmp_path / "data", kills=12, seed=20261019)
    assert tally.losses == ()
    assert tally.kills == 12
    assert list((tmp_path / "data" / "0" / "warehouse" / "years").iterdir())


def test_the_torture_would_notice_a_loss(tmp_path: Path) -> None:
    said: list[str] = []
    cycle(tmp_path / "data", 0, said.append)
    for landing in (Landing(tmp_path / "data"), Landing(backup_of(tmp_path / "data"))):
        (landed,) = landing.paths().values()
        landed.unlink()
    tally = Tally()
    look(tmp_path / "data", said, tally)
    batch_id = said[0].split()[1]
    assert tally.losses == (
        f"landed {batch_id} is not there",
        f"backed-up {batch_id} is not there",
        f"the cursor moved to {batch_id}, which is not there",
    )


FULL = """
import json, os, sys
from contextlib import suppress
from pathlib import Path
from archive_kit import NOW, hours, page, parse, post
from records.errors import EvidenceError
from warehouse.landing import Landing
from warehouse.ledger import Ledger
from warehouse.load import load
from warehouse.note import new_signer
from warehouse.publish import open_published, publish
from warehouse.seal import seal
from warehouse.search import Search

folder, signer = Path(sys.argv[1]), new_signer("full")
landing, ledger = Landing(folder), Ledger(folder)
landing.land("x", [page(hours(-8784), post(1))], NOW)
load(folder, parse, NOW); ledger.record(signer); publish(folder)
landing.land("x", [page(NOW, *(post(n, os.urandom(300).hex()) for n in range(2, 1000)))], NOW)
filler, said = folder / "filler", []

def index():
    with open_published(folder) as reader:
        return Search(folder, reader).update()

def sealing():
    seal(folder, parse, NOW)

for act in (lambda: load(folder, parse, NOW), lambda: ledger.record(signer), sealing, lambda: publish(folder), index):
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    try:
        act()
    except EvidenceError as error:
        said.append(str(error))
    with open_published(folder) as reader:
        seen = reader.execute("SELECT count(*) FROM post").fetchone()
    filler.unlink()
    act()
with open_published(folder) as reader:
    after = reader.execute("SELECT count(*) FROM post").fetchone()
years = [path.name[:4] for path in (folder / "warehouse" / "years").iterdir()]
print(json.dumps({"said": said, "seen": seen, "after": after, "steps": len(ledger.steps()), "years": years}))
"""


def test_a_full_disk_at_load_sign_seal_publish_and_index_is_one_clear_line_and_the_next_run_is_complete(
    tmp_path: Path,
) -> None:
    seen = on_a_small_disk(FULL, tmp_path, "48m")
    assert len(seen["said"]) == 5  # type: ignore[arg-type]
    for line in seen["said"]:  # type: ignore[attr-defined]
        assert "No space left on device" in line
        assert line.endswith("Free some space, then run again.")
        assert "\n" not in line
    assert (seen["seen"], seen["after"], seen["steps"], seen["years"]) == ([999], [999], 2, ["2025"])


def test_a_clock_that_jumps_back_changes_nothing_of_what_is_known(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.land("x", [page(hours(5), post(1, "new", version="2"))], hours(5))
    load(tmp_path, parse, hours(5))
    landing.land("x", [page(hours(-100), post(1, "old", version="1"))], hours(-100))
    load(tmp_path, parse, hours(-100))
    assert rows(tmp_path, "SELECT text, versions, first_seen_at, last_seen_at FROM post") == [
        ("new", 2, hours(-100), hours(5))
    ]


def test_a_batch_that_was_copied_to_another_date_is_loaded_once(tmp_path: Path) -> None:
    batch = Landing(tmp_path).land("x", [page(NOW, post(1))], NOW)
    elsewhere = batch.path.parent.parent / "2026-01-01"
    elsewhere.mkdir()
    shutil.copy(batch.path, elsewhere)
    assert load(tmp_path, parse, NOW).batches == 1
    before = tables(tmp_path)
    assert load(tmp_path, parse, NOW).batches == 0
    assert tables(tmp_path) == before


def test_a_batch_under_another_name_is_named_and_not_loaded(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    batch = landing.land("x", [page(NOW, post(1))], NOW)
    batch.path.rename(batch.path.with_name(f"{'0' * 32}.jsonl.zst"))
    with pytest.raises(EvidenceDamaged, match="another batch's name"):
        landing.batches()
    assert [f"{'0' * 32}" in line for line in load(tmp_path, parse, NOW).damaged] == [True]
    assert rows(tmp_path, "SELECT * FROM batch") == []
