"""`hallpass` commands as a person types them, in this process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

AT = datetime(2026, 9, 7, 12, tzinfo=UTC)
"""The moment at which every command is typed."""

Hallpass = Callable[..., tuple[int, str, str]]
"""Runs one command; gives exit code, standard output with its white space folded, and standard error."""
