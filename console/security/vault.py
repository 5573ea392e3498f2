"""Seals what is kept elsewhere and the console must read again, such as secrets of second factors (AES-256-GCM)."""

from __future__ import annotations

import base64
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from records.errors import BadInput

_NONCE = 12


class Vault:
    """Seals under ``key``, any bytes of 32 or more; nothing of it is shown in a ``repr``."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(hashlib.sha256(b"hallpass console vault" + key).digest())

    def seal(self, secret: str, purpose: str = "") -> str:
        """``secret`` as text that only this key opens, and for the same ``purpose`` only."""
        nonce = secrets.token_bytes(_NONCE)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, secret.encode(), purpose.encode())).decode()

    def unseal(self, sealed: str, purpose: str = "") -> str:
        """What was sealed.

        Raises
        ------
        BadInput : another key sealed it, for another purpose, or it was changed.
        """
        try:
            content = base64.b64decode(sealed, validate=True)
            return self._cipher.decrypt(content[:_NONCE], content[_NONCE:], purpose.encode()).decode()
        except (InvalidTag, ValueError) as error:
            todo = "Give the console the key that it had, or let IT recover the user"
            raise BadInput("A second factor was sealed with another key", todo) from error
