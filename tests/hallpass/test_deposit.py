"""A file that staff hand in: landed as it is, in the ledger, and missed where it is gone or changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors import parse
from hallpass.pipeline import deposit as handing_in
from hallpass.pipeline.archive import archive, public_key
from hallpass.pipeline.deposit import Receipt, deposit
from hallpass.settings import Settings
from records.errors import BadInput, EvidenceDamaged
from records.model import Deposited
from records.own import parse_own
from warehouse.landing import Landing
from warehouse.ledger import Ledger
from warehouse.note import new_signer, verifiers_from
from warehouse.publish import open_published
from warehouse.verify import verify

NOW = datetime(2026, 10, 19, 11, tzinfo=UTC)
EXPORT = b"PK\x03\x04 not UTF-8: \xff\xfe \x00"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_LEDGER", json.dumps({"password": new_signer("mill").secret_text()}))
    return Settings(folder=tmp_path, registry_url=f"sqlite:///{tmp_path / 'registry.sqlite'}", clock=NOW)


@pytest.fixture
def receipt(settings: Settings) -> Receipt:
    """A data export that was handed in, archived and signed for."""
    receipt = deposit(settings, "export.zip", EXPORT, "my page of 2025", "larkin")
    archive(settings)
    return receipt


def checked(settings: Settings) -> int:
    return verify(settings.folder, parse, verifiers_from(public_key(settings).read_text()), NOW).batches


def test_a_file_is_landed_as_it_is_with_a_line_that_says_whose(settings: Settings, receipt: Receipt) -> None:
    landing = Landing(settings.folder)
    assert landing.media_path(receipt.sha256).read_bytes() == EXPORT
    (batch,) = [batch for batch in landing.batches() if batch.batch_id == receipt.evidence.batch_id]
    ((line, envelope),) = landing.read(batch)
    record = Deposited(receipt.sha256, len(EXPORT), "export.zip", "my page of 2025", "larkin", NOW)
    assert (line, envelope.kind, list(parse_own(envelope))) == (receipt.evidence.line, "own.deposit", [record])
    with open_published(settings.folder) as published:
        assert published.execute('SELECT sha256, name, "by", batch_id, line FROM deposit').fetchall() == [
            (receipt.sha256, "export.zip", "larkin", batch.batch_id, 1)
        ]


def test_the_receipt_can_be_proven_later(settings: Settings, receipt: Receipt) -> None:
    proof = Ledger(settings.folder).prove(receipt.evidence)
    assert (proof.entry.batch_id, proof.line) == (receipt.evidence.batch_id, 1)
    assert checked(settings) == 1


def test_a_deposit_that_is_gone_or_changed_is_named(settings: Settings, receipt: Receipt) -> None:
    path = Landing(settings.folder).media_path(receipt.sha256)
    path.chmod(0o644)
    path.write_bytes(EXPORT + b"!")
    with pytest.raises(EvidenceDamaged, match=receipt.sha256):
        checked(settings)
    path.unlink()
    with pytest.raises(EvidenceDamaged, match=f"the deposited file .*{receipt.sha256} is missing"):
        checked(settings)


def test_the_same_file_again_at_the_same_moment_is_the_same_deposit(settings: Settings, receipt: Receipt) -> None:
    assert deposit(settings, "export.zip", EXPORT, "my page of 2025", "larkin") == receipt


@pytest.mark.parametrize(("content", "words"), [(b"", "is empty"), (b"12345", "larger than")])
def test_what_cannot_be_handed_in_lands_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    monkeypatch.setattr(handing_in, "LARGEST", 4)
    with pytest.raises(BadInput, match=words):
        deposit(settings, "export.zip", content, "", "larkin")
    assert (list(Landing(settings.folder).paths()), list(settings.folder.glob("media/*/*"))) == ([], [])
