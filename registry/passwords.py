"""Passwords of local users: argon2id with the library's parameters (RFC 9106, the low-memory recommendation)."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from records.errors import BadInput

SHORTEST, LONGEST = 12, 200
"""Characters. NIST SP 800-63B asks for length and no rules on kinds of characters; the longest bounds the work."""

_hasher = PasswordHasher()


@cache
def _nobodys() -> str:
    """The text of a password that nobody has; made when it is first asked for, as making one takes a while."""
    return _hasher.hash(secrets.token_hex())


def hashed(password: str) -> str:
    """The argon2id text of a new password.

    Raises
    ------
    BadInput : it is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        todo = "Several words that only you would put together are easiest to remember"
        raise BadInput(f"A password has {SHORTEST} to {LONGEST} characters", todo)
    return _hasher.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one; takes as long where there is no user, so that time tells nothing."""
    try:
        return _hasher.verify(stored or _nobodys(), password[:LONGEST]) and stored is not None
    except (Argon2Error, InvalidHashError):
        return False


def generated() -> str:
    """A password to be told once: 100 random bits as five groups of four letters and digits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(5))
