"""Signed notes with Ed25519, and the checkpoint that such a note carries.

The formats are C2SP's: signed-note (https://c2sp.org/signed-note) and tlog-checkpoint
(https://c2sp.org/tlog-checkpoint), so that other people's tools can check ours.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from records.errors import BadInput

_ED25519 = b"\x01"
_ID_BYTES = 4
_PRIVATE = "PRIVATE+KEY"


@dataclass(frozen=True, slots=True)
class Signer:
    """A name and its private key; :meth:`verifier` is what is given to everybody."""

    name: str
    key: Ed25519PrivateKey

    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.key.public_key())

    def sign(self, text: str) -> str:
        """``text``, which ends with a line feed, as a signed note."""
        if not text.endswith("\n"):
            raise ValueError("a note's text ends with a line feed")
        signature = base64.b64encode(self.verifier().key_id() + self.key.sign(text.encode()))
        return f"{text}\n— {self.name} {signature.decode()}\n"

    def secret_text(self) -> str:
        """The private key as text, in the encoding of Go's ``sumdb/note``; a secret, to be kept as one."""
        encoded = base64.b64encode(_ED25519 + self.key.private_bytes_raw()).decode()
        return f"{_PRIVATE}+{self.name}+{self.verifier().key_id().hex()}+{encoded}"

    def __repr__(self) -> str:
        return f"Signer({self.name!r})"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A name and its public key."""

    name: str
    key: Ed25519PublicKey

    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name || 0x0A || 0x01 || key)."""
        named = self.name.encode() + b"\n" + _ED25519 + self.key.public_bytes_raw()
        return hashlib.sha256(named).digest()[:_ID_BYTES]

    def text(self) -> str:
        """``name+id+key``, as it is published."""
        encoded = base64.b64encode(_ED25519 + self.key.public_bytes_raw()).decode()
        return f"{self.name}+{self.key_id().hex()}+{encoded}"

    def opened(self, note: str) -> str | None:
        """The text of ``note`` if this key signed it, else None; other keys' signatures are passed over."""
        text, blank, signatures = note.rpartition("\n\n")
        for line in signatures.splitlines() if blank else ():
            dash, _, rest = line.partition(" ")
            name, _, encoded = rest.partition(" ")
            if dash == "—" and name == self.name and self._signed(f"{text}\n", encoded):
                return f"{text}\n"
        return None

    def _signed(self, text: str, encoded: str) -> bool:
        try:
            signature = base64.b64decode(encoded, validate=True)
            self.key.verify(signature[_ID_BYTES:], text.encode())
        except (binascii.Error, InvalidSignature):
            return False
        return signature[:_ID_BYTES] == self.key_id()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a tree: whose it is, how many leaves, and its root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The body of its note."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def new_signer(name: str) -> Signer:
    """A new key under ``name``, which has no space and no plus sign."""
    if not name or "+" in name or any(c.isspace() for c in name):
        raise BadInput(f"{name!r} cannot name a key", "Choose a name without spaces and plus signs")
    return Signer(name, Ed25519PrivateKey.generate())


def signer_from(secret: str) -> Signer:
    """The signer in :meth:`Signer.secret_text`.

    Raises
    ------
    BadInput : it is not one; the message does not show it.
    """
    try:
        prefix, kind, name, key_id, encoded = secret.strip().split("+", 4)
        signer = Signer(name, Ed25519PrivateKey.from_private_bytes(_key(encoded)))
    except ValueError:
        raise _unusable("private") from None
    if f"{prefix}+{kind}" != _PRIVATE or signer.verifier().key_id().hex() != key_id:
        raise _unusable("private")
    return signer


def verifier_from(text: str) -> Verifier:
    """The verifier in :meth:`Verifier.text`.

    Raises
    ------
    BadInput : it is not one.
    """
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        verifier = Verifier(name, Ed25519PublicKey.from_public_bytes(_key(encoded)))
    except ValueError:
        raise _unusable("public") from None
    if verifier.key_id().hex() != key_id:
        raise _unusable("public")
    return verifier


def verifiers_from(text: str) -> tuple[Verifier, ...]:
    """The verifiers in ``text``, one a line, in the order in which they replaced each other.

    Raises
    ------
    BadInput : a line is not one, or there is none.
    """
    lines = text.split()
    if not lines:
        raise _unusable("public")
    return tuple(verifier_from(line) for line in lines)


def checkpoint_in(text: str) -> Checkpoint:
    """The checkpoint in a note's text.

    Raises
    ------
    BadInput : it is not one.
    """
    try:
        origin, size, encoded, *_ = text.split("\n")
        return Checkpoint(origin, int(size), base64.b64decode(encoded, validate=True))
    except ValueError as error:
        raise BadInput("the note's text is not a checkpoint", "Give a checkpoint that hallpass has signed") from error


def _key(encoded: str) -> bytes:
    content = base64.b64decode(encoded, validate=True)
    if content[:1] != _ED25519:
        raise ValueError("not an Ed25519 key")
    return content[1:]


def _unusable(kind: str) -> BadInput:
    return BadInput(f"the ledger's {kind} key cannot be read", "Give the text that `hallpass ledger key` printed")
