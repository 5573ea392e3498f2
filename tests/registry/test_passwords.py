"""Passwords are kept as argon2id, with the parameters that make guessing dear."""

from __future__ import annotations

import subprocess
import sys

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from argon2.profiles import RFC_9106_LOW_MEMORY

from records.errors import BadInput
from registry.passwords import LONGEST, SHORTEST, fits, hashed


def test_a_password_costs_what_rfc_9106_recommends() -> None:
    """Asked of a process of its own: the console's tests have theirs made cheaply."""
    ask = "from registry.passwords import hashed; print(hashed('correct horse battery staple'))"
    made = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    parameters = extract_parameters(made)
    assert parameters == RFC_9106_LOW_MEMORY and parameters.type is Type.ID
    assert fits(made, "correct horse battery staple") and not fits(made, "correct horse battery stable")


def test_nobody_has_no_password_that_fits() -> None:
    assert not fits(None, "correct horse battery staple") and not fits("no hash", "correct horse battery staple")


@pytest.mark.parametrize("length", [SHORTEST - 1, LONGEST + 1])
def test_a_password_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(BadInput, match="A password has 12 to 200 characters"):
        hashed("a" * length)
