"""Passwords that cost a test nothing: argon2id as it is kept takes a fifth of a second, and every test signs in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher

from registry import passwords


@contextmanager
def quick_passwords() -> Iterator[None]:
    """The same code with the least of memory and passes; `tests/registry/test_passwords.py` holds the real ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        passwords._nobodys.cache_clear()
        yield
    passwords._nobodys.cache_clear()
