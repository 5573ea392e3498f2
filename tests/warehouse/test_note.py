"""Signed notes: other people's notes open here, ours open only with our key, and keys never show."""

from __future__ import annotations

import pytest

from records.errors import BadInput
from warehouse.note import Checkpoint, checkpoint_in, new_signer, signer_from, verifier_from

# The example in the documentation of golang.org/x/mod/sumdb/note, whose format C2SP took over.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_of_another_implementation_opens() -> None:
    verifier = verifier_from(PETER)
    assert verifier.opened(f"{TEXT}\n{SIGNATURE}") == TEXT
    assert verifier.text() == PETER


def test_a_note_opens_with_the_key_that_signed_it_and_no_other() -> None:
    signer = new_signer("melrose.example/hallpass")
    note = signer.sign(TEXT)
    assert signer.verifier().opened(note) == TEXT
    assert new_signer("melrose.example/hallpass").verifier().opened(note) is None
    assert new_signer("other").verifier().opened(note) is None


def test_signatures_of_others_are_passed_over() -> None:
    signer, witness = new_signer("log"), new_signer("witness")
    note = signer.sign(TEXT) + witness.sign(TEXT).rpartition("\n\n")[2]
    assert signer.verifier().opened(note) == TEXT
    assert witness.verifier().opened(note) == TEXT


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        f"{TEXT}\n",
        f"{TEXT.replace('answer', 'Answer')}\n{SIGNATURE}",
        f"{TEXT}\n{SIGNATURE.replace('—', '-')}",
        f"{TEXT}\n{SIGNATURE.replace('x08', 'y08')}",
        f"{TEXT}\n— PeterNeumann not base64\n",
        f"{TEXT}\n— PeterNeumann AAAA\n",
        f"{TEXT}{SIGNATURE}",
    ],
)
def test_a_note_that_is_not_signed_so_does_not_open(note: str) -> None:
    assert verifier_from(PETER).opened(note) is None


def test_a_signer_comes_back_from_its_secret_and_never_shows_it() -> None:
    signer = new_signer("log")
    secret = signer.secret_text()
    assert signer_from(secret).sign(TEXT) == signer.sign(TEXT)
    assert secret.split("+", 4)[-1] not in repr(signer) + str(signer)


@pytest.mark.parametrize(
    "damage", [lambda s: "", lambda s: s[:-9], lambda s: s.replace("log", "lag"), lambda s: "a+b+c+d+e"]
)
def test_a_key_that_cannot_be_read_is_refused_without_showing_it(damage: object) -> None:
    secret = damage(new_signer("log").secret_text())  # type: ignore[operator]
    with pytest.raises(BadInput, match="the ledger's private key cannot be read") as caught:
        signer_from(secret)
    assert not secret or secret not in str(caught.value)
    with pytest.raises(BadInput, match="the ledger's public key cannot be read"):
        verifier_from(PETER[:-4])


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_a_name_that_would_break_the_format_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="Choose a name without spaces and plus signs"):
        new_signer(name)


def test_a_checkpoint_is_three_lines_and_comes_back() -> None:
    checkpoint = Checkpoint("melrose.example/hallpass", 7, bytes(range(32)))
    assert checkpoint.text() == "melrose.example/hallpass\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert checkpoint_in(checkpoint.text()) == checkpoint


@pytest.mark.parametrize("text", ["", "one line", "a\nb\nc\n", "a\n1\n!!\n"])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="is not a checkpoint"):
        checkpoint_in(text)
