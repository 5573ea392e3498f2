"""Envelopes as lines of a landing file, and back.

A line is one JSON object. ``salt`` comes first and has a fixed length, so that the content of a line is the
line without its first :data:`SALT_CHARS` characters. The salt makes the line's digest a commitment: once a
payload is lawfully dropped, the digest that stays in the ledger cannot be used to guess it.

What a leaf of the ledger holds of a line, and what stays of the line when it is dropped::

    line       = {"salt":"<16 random bytes in hex>",<payload>      as landed, without its line feed
    commitment = SHA-256(line)                                     the salt is hashed before the payload
    leaf       = SHA-256(0x00 || commitment)                       RFC 6962, section 2.1
    stub       = {"disposed":"<commitment in hex>","under":"<disposition>"}

The salt stands in the line and goes with it. A stub gives the same commitment, so the leaf, the batch's root
and every proof (RFC 6962, sections 2.1.1 and 2.1.2) are what they were.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime
from typing import Any

import msgspec

from records.canonical import iso
from records.errors import EvidenceDamaged
from records.model import Envelope

RESTORE = "Restore the file from a backup"
SALT_BYTES = 16
_decode = msgspec.json.Decoder().decode
SALT_CHARS = len('{"salt":"') + 2 * SALT_BYTES + len('",')
STUB = b'{"disposed":"'
"""How a line begins whose payload was dropped; every other line begins with its salt."""
Line = bytes | memoryview
"""A line without its line feed, by itself or as it stands in its file's content."""


def content_of(envelope: Envelope) -> bytes:
    """All of the envelope's line but its salt: the same envelope always gives the same bytes."""
    fields = {
        "kind": envelope.kind,
        "account_id": envelope.account_id,
        "subject": envelope.subject,
        "method": envelope.method,
        "url": envelope.url,
        "status": envelope.status,
        "headers": dict(sorted(envelope.headers.items())),
        "fetched_at": iso(envelope.fetched_at),
        "minimised": envelope.minimised,
        "sha256": hashlib.sha256(envelope.body).hexdigest(),
        **_body(envelope.body),
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()[1:]


def salted(content: bytes, salt: bytes) -> bytes:
    """The line, without its line feed."""
    return b'{"salt":"%s",' % salt.hex().encode() + content


def is_stub(line: Line) -> bool:
    """Whether the line's payload was dropped."""
    return line[: len(STUB)] == STUB


def commitment(line: Line) -> bytes:
    """What a leaf of the ledger holds of ``line``; a stub says what it held.

    Raises
    ------
    EvidenceDamaged : the line is half a stub.
    """
    if not is_stub(line):
        return hashlib.sha256(line).digest()
    try:
        return bytes.fromhex(json.loads(bytes(line))["disposed"])
    except (ValueError, KeyError, TypeError) as error:
        raise EvidenceDamaged("what stayed of a dropped line cannot be read", RESTORE) from error


def stub(line: Line, disposition_id: str) -> Line:
    """What stays of ``line`` when its payload is dropped; of a stub, itself."""
    if is_stub(line):
        return line
    fields = {"disposed": commitment(line).hex(), "under": disposition_id}
    return json.dumps(fields, separators=(",", ":")).encode()


def from_line(line: Line, where: str) -> tuple[Envelope, str]:
    """The envelope in ``line``, and the SHA-256 (hex) of its body.

    Raises
    ------
    EvidenceDamaged : the line is not one of ours, or its body is not what was landed.
    """
    try:
        fields = _decode(line)
        body = _body_of(fields)
        envelope = _build(fields, body)
    except (ValueError, KeyError, TypeError, AttributeError, msgspec.DecodeError) as error:
        raise EvidenceDamaged(f"{where} is not an envelope ({type(error).__name__})", RESTORE) from error
    if hashlib.sha256(body).hexdigest() != fields["sha256"]:
        raise EvidenceDamaged(f"the body in {where} does not match its SHA-256", RESTORE)
    return envelope, fields["sha256"]


def body_columns(body: bytes) -> tuple[str | None, str | None]:
    """``body`` as text, or else as base64."""
    kept = _body(body)
    return kept.get("body"), kept.get("body_b64")


def _body(body: bytes) -> dict[str, str]:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body_b64": base64.b64encode(body).decode()}


def _body_of(fields: dict[str, Any]) -> bytes:
    if "body" in fields:
        return str(fields["body"]).encode()
    return base64.b64decode(fields["body_b64"], validate=True)


def _build(fields: dict[str, Any], body: bytes) -> Envelope:
    return Envelope(
        kind=fields["kind"],
        body=body,
        fetched_at=datetime.fromisoformat(fields["fetched_at"]),
        account_id=fields["account_id"],
        method=fields["method"],
        url=fields["url"],
        status=fields["status"],
        headers=fields["headers"],
        subject=fields["subject"],
        minimised=fields["minimised"],
    )
