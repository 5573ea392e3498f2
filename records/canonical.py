"""Canonical JSON and digests, so that the same content always has the same name.

Canonical form: UTF-8, keys sorted by code point, no white space, times as ISO 8601 in UTC. It is the
subset of RFC 8785 that strings, integers, booleans and null need; floats are rounded to six places.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any


def plain(value: Any) -> Any:
    """``value`` as JSON types only: dataclasses become objects, enums their values, times ISO 8601 UTC.

    Raises
    ------
    TypeError : for a type that has no canonical form, or a naive datetime.
    """
    if value is None or (isinstance(value, bool | int) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, datetime):
        return iso(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical(value: Any) -> bytes:
    """The canonical JSON bytes of ``value``."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(value: Any) -> str:
    """SHA-256 (hex) of the canonical JSON of ``value``."""
    return hashlib.sha256(canonical(value)).hexdigest()


def iso(at: datetime) -> str:
    """``at`` as ISO 8601 in UTC with microseconds only where there are any; raises TypeError where naive."""
    if at.tzinfo is None:
        raise TypeError("a time without a zone has no canonical form")
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
