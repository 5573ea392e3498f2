"""A long list, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

_Row = TypeVar("_Row")

ROWS = 100
"""Rows on a page of a table."""


@dataclass(frozen=True, slots=True)
class Paged(Generic[_Row]):
    """One page of a list; ``number`` counts from 1, ``total`` over all ``pages``."""

    shown: Sequence[_Row]
    number: int
    pages: int
    total: int


def paged(rows: Sequence[_Row], asked: str) -> Paged[_Row]:
    """The page that is asked for; the last one where there are fewer, the first where ``asked`` is no number."""
    pages = max(1, -(-len(rows) // ROWS))
    number = min(max(1, int(asked)), pages) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    return Paged(rows[(number - 1) * ROWS : number * ROWS], number, pages, len(rows))
