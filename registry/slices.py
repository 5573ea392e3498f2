"""Long lists in pieces that a database takes at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

SLICE = 1000
T = TypeVar("T")


def slices(items: Iterable[T]) -> Iterator[list[T]]:
    """``items`` in lists of at most :data:`SLICE`."""
    remaining = iter(items)
    while part := list(islice(remaining, SLICE)):
        yield part
