"""Time stamps (RFC 3161) over the ledger's checkpoints, from an authority outside the district.

A signature says who; a stamp says that it was so at a time, even if the district's own key leaks later.
Optional: the ledger is whole without it. ``ledger/NNNNNN.tsr`` is the authority's answer, as it came;
``ledger/tsa-roots.pem`` holds the root certificates that it was checked against. A decision in the ledger says of
each stamp that it was made, so that it cannot be taken away unseen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
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

from records.actions import STAMPED
from records.errors import BadInput, EvidenceDamaged, UnexpectedAnswer
from records.model import Decision
from warehouse import durable
from warehouse.ledger import Ledger, Step

Ask = Callable[[bytes], bytes]
"""Sends a request (``application/timestamp-query``) to the authority and returns its answer's body."""


_COMPARE = "Keep the folder as it is and compare it with a backup"


@dataclass(frozen=True, slots=True)
class Stamp:
    """That the checkpoint of ledger step ``number`` existed at ``at``, says the authority.

    ``sha256`` (hex) is over the answer as it is kept.
    """

    number: int
    at: datetime
    sha256: str


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
    _keep_roots(folder, roots)
    durable.write(path, [answer], mode=0o444)
    return made


def check_stamps(folder: Path, decisions: Iterable[Decision] = (), roots: bytes | None = None) -> list[Stamp]:
    """Every stamp of the ledger, each valid under ``roots`` (PEM; those that the folder keeps if not given).

    ``decisions`` are those of the ledger: every stamp that they name is there and is the same.

    Raises
    ------
    EvidenceDamaged : naming the stamp.
    BadInput : the certificates cannot be read, or there are none.
    """
    steps = {step.number: step for step in Ledger(folder).steps()}
    stamped = {number: path for number in steps if (path := _path(folder, number)).exists()}
    for decision in decisions:
        if decision.action == STAMPED:
            _require(decision, stamped)
    if not stamped:
        return []
    roots = roots or kept_roots(folder)
    return [_checked(steps[number], path.read_bytes(), roots) for number, path in stamped.items()]


def kept_roots(folder: Path) -> bytes:
    """The root certificates (PEM) that were used for stamping.

    Raises
    ------
    BadInput : there are none.
    """
    try:
        return _roots(folder).read_bytes()
    except FileNotFoundError:
        todo = "Give its root certificates in PEM"
        raise BadInput("the time-stamping authority's certificates are not known here", todo) from None


def _require(decision: Decision, stamped: Mapping[int, Path]) -> None:
    path = stamped.get(int(decision.subject))
    if path is None:
        raise EvidenceDamaged(f"the time stamp of checkpoint {decision.subject} is missing", _COMPARE)
    if hashlib.sha256(path.read_bytes()).hexdigest() != decision.data["sha256"]:
        raise EvidenceDamaged(f"the time stamp of checkpoint {decision.subject} is another one", _COMPARE)


def _keep_roots(folder: Path, roots: bytes) -> None:
    """Beside those of earlier authorities, each once."""
    kept = _roots(folder).read_bytes() if _roots(folder).exists() else b""
    if roots not in kept:
        durable.write(_roots(folder), [kept, roots], overwrite=True)


def _checked(step: Step, answer: bytes, roots: bytes, nonce: int | None = None) -> Stamp:
    verifier = VerifierBuilder(roots=_certificates(roots), nonce=nonce).build()
    try:
        response: TimeStampResponse = decode_timestamp_response(answer)
        verifier.verify_message(response, step.note.encode())
    except (ValueError, VerificationError) as error:
        what = f"the time stamp of checkpoint {step.number} does not hold ({error})"
        raise EvidenceDamaged(what, _COMPARE) from error
    return Stamp(step.number, response.tst_info.gen_time, hashlib.sha256(answer).hexdigest())


def _certificates(roots: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(roots)
    except ValueError as error:
        todo = "Give the authority's root certificates in PEM"
        raise BadInput("the time-stamping authority's certificates cannot be read", todo) from error


def _path(folder: Path, number: int) -> Path:
    return folder / "ledger" / f"{number:06d}.tsr"


def _roots(folder: Path) -> Path:
    return folder / "ledger" / "tsa-roots.pem"
