"""Time stamps (RFC 3161) over the ledger's checkpoints, from an authority outside the district.

A signature says who; a stamp says that it was so at a time, even if the district's own key leaks later.
Optional: the ledger is whole without it. ``ledger/NNNNNN.tsr`` is the authority's answer, as it came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from records.errors import BadInput, EvidenceDamaged, UnexpectedAnswer
from warehouse import durable
from warehouse.ledger import Ledger, Step

Ask = Callable[[bytes], bytes]
"""Sends a request (``application/timestamp-query``) to the authority and returns its answer's body."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """That the checkpoint of ledger step ``number`` existed at ``at``, says the authority."""

    number: int
    at: datetime


def stamp(folder: Path, ask: Ask, roots: bytes) -> Stamp | None:
    """Have the newest checkpoint stamped, unless it is; None where the ledger is empty.

    Parameters
    ----------
    roots : the authority's root certificates (PEM), against which its answer is checked before it is kept.

    Raises
    ------
    UnexpectedAnswer : the answer is not a valid stamp over this checkpoint; nothing was kept.
    BadInput : the certificates cannot be read.
    """
    steps = Ledger(folder).steps()
    if not steps:
        return None
    newest = steps[-1]
    path = _path(folder, newest.number)
    if path.exists():
        return _checked(newest, path.read_bytes(), roots)
    request = TimestampRequestBuilder().data(newest.note.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = ask(request.as_bytes())
    try:
        made = _checked(newest, answer, roots, request.nonce)
    except EvidenceDamaged as error:
        todo = "Check the authority's address and certificates, then run again"
        raise UnexpectedAnswer(f"the time-stamping authority's answer is not valid: {error.what}", todo) from error
    durable.write(path, [answer], mode=0o444)
    return made


def check_stamps(folder: Path, roots: bytes) -> list[Stamp]:
    """Every stamp of the ledger, each valid under ``roots`` (PEM).

    Raises
    ------
    EvidenceDamaged : naming the stamp.
    BadInput : the certificates cannot be read.
    """
    stamped = ((step, _path(folder, step.number)) for step in Ledger(folder).steps())
    return [_checked(step, path.read_bytes(), roots) for step, path in stamped if path.exists()]


def _checked(step: Step, answer: bytes, roots: bytes, nonce: int | None = None) -> Stamp:
    verifier = VerifierBuilder(roots=_certificates(roots), nonce=nonce).build()
    try:
        response: TimeStampResponse = decode_timestamp_response(answer)
        verifier.verify_message(response, step.note.encode())
    except (ValueError, VerificationError) as error:
        what = f"the time stamp of checkpoint {step.number} does not hold ({error})"
        raise EvidenceDamaged(what, "Keep the folder as it is and compare it with a backup") from error
    return Stamp(step.number, response.tst_info.gen_time)


def _certificates(roots: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(roots)
    except ValueError as error:
        todo = "Give the authority's root certificates in PEM"
        raise BadInput("the time-stamping authority's certificates cannot be read", todo) from error


def _path(folder: Path, number: int) -> Path:
    return folder / "ledger" / f"{number:06d}.tsr"
