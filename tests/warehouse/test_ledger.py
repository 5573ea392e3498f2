"""The ledger: every loaded batch once, proofs that stand without the archive, and history that only grows."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from archive_kit import NOW, hours, page, parse, post

from records.errors import BadInput
from records.model import Evidence
from warehouse import merkle
from warehouse.landing import Batch, Landing, all_lines_of
from warehouse.ledger import Ledger, line_leaves, proven
from warehouse.load import load
from warehouse.note import checkpoint_in, new_signer

SIGNER = new_signer("melrose.example/hallpass")


def capture(folder: Path, number: int, lines: int = 3) -> Batch:
    envelopes = [page(hours(number), post(100 * number + n)) for n in range(lines)]
    batch = Landing(folder).land("x", envelopes, hours(number))
    load(folder, parse, NOW)
    return batch


def opened(note: str) -> str:
    text = SIGNER.verifier().opened(note)
    assert text is not None
    return text


def test_each_signing_adds_what_was_loaded_since_in_its_order(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.record(SIGNER) is None
    first = capture(tmp_path, 1)
    ledger.record(SIGNER)
    later = [capture(tmp_path, n) for n in (3, 2)]
    checkpoint = ledger.record(SIGNER)
    assert ledger.record(SIGNER) is None
    assert [e.batch_id for e in ledger.entries()] == [first.batch_id, later[1].batch_id, later[0].batch_id]
    assert [e.lines for e in ledger.entries()] == [4, 4, 4]
    steps = ledger.steps()
    assert [len(s.entries) for s in steps] == [1, 2]
    assert checkpoint_in(opened(steps[1].note)) == checkpoint
    assert checkpoint is not None
    assert (checkpoint.origin, checkpoint.size) == (SIGNER.name, 3)


def test_a_batch_that_is_only_landed_waits(tmp_path: Path) -> None:
    capture(tmp_path, 1)
    Landing(tmp_path).land("x", [page(NOW, post(9))], NOW)
    Ledger(tmp_path).record(SIGNER)
    assert len(Ledger(tmp_path).entries()) == 1


def test_every_line_is_proven_by_the_note_alone(tmp_path: Path) -> None:
    batches = [capture(tmp_path, n, lines=n) for n in range(1, 6)]
    ledger = Ledger(tmp_path)
    ledger.record(SIGNER)
    for batch in batches:
        for line, content in enumerate(all_lines_of(batch)):
            proof = ledger.prove(Evidence(batch.batch_id, line))
            assert proof.commitment == hashlib.sha256(content).hexdigest()
            assert proven(proof, opened(proof.note))
            assert not proven(replace(proof, commitment="00" * 32), opened(proof.note))
            assert not proven(replace(proof, line=proof.line + 1), opened(proof.note))
            assert not proven(replace(proof, entry=replace(proof.entry, lines=99)), opened(proof.note))


def test_a_proof_holds_after_its_payload_is_gone(tmp_path: Path) -> None:
    batch = capture(tmp_path, 1)
    ledger = Ledger(tmp_path)
    ledger.record(SIGNER)
    proof = ledger.prove(Evidence(batch.batch_id, 2))
    batch.path.unlink()
    assert proven(proof, opened(proof.note))


def test_lines_of_the_same_content_have_different_leaves(tmp_path: Path) -> None:
    batch = Landing(tmp_path).land("x", [page(NOW, post(1))] * 2, NOW)
    assert len(set(line_leaves(batch))) == 3


def test_there_is_no_proof_of_what_the_ledger_does_not_hold(tmp_path: Path) -> None:
    batch = capture(tmp_path, 1)
    Ledger(tmp_path).record(SIGNER)
    for evidence in (Evidence(batch.batch_id, 4), Evidence("0" * 32, 1)):
        with pytest.raises(BadInput, match="the ledger has no line"):
            Ledger(tmp_path).prove(evidence)


def test_each_checkpoint_is_consistent_with_the_ones_before(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    kept = []
    for n in range(1, 5):
        capture(tmp_path, n)
        checkpoint = ledger.record(SIGNER)
        assert checkpoint is not None
        kept.append(checkpoint)
    new = kept[-1]
    for old in kept:
        assert merkle.consistent(old.size, old.root, new.size, new.root, ledger.consistency(old.size))
    with pytest.raises(BadInput, match="never had 5"):
        ledger.consistency(5)
