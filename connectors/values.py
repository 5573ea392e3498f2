"""Reading values out of hostile JSON: each function gives the value in our type, or None, and never raises."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from records.errors import UnexpectedAnswer

_VERSION_BYTES = 16
LARGEST = 2**63 - 1
"""What a column of the warehouse holds."""


def json_object(body: bytes, what: str) -> dict[str, Any]:
    """The JSON object that ``body`` is.

    Raises
    ------
    UnexpectedAnswer : naming ``what``, for HTML, an empty body, or any other JSON.
    """
    try:
        value = _decoded(body)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    todo = "It is asked again; if this lasts, look at the landed answer"
    if not body.strip():
        raise UnexpectedAnswer(f"The answer to {what} is empty", todo)
    raise UnexpectedAnswer(f"The answer to {what} is not a JSON object", todo)


def _decoded(body: bytes) -> Any:
    """As :func:`json.loads` reads it: it is slower, and alone takes NaN, half a surrogate pair, a byte order mark."""
    try:
        return msgspec.json.decode(body)
    except ValueError:
        return json.loads(body)


def text(value: Any) -> str | None:
    """A string that can be stored: halves of surrogate pairs, which JSON may hold, become U+FFFD."""
    if not isinstance(value, str):
        return None
    return value if value.isascii() else value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def identifier(value: Any) -> str | None:
    """A platform's id, which comes as a string or a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if 0 <= value <= LARGEST else None
    return text(value) or None


def count(value: Any) -> int | None:
    """A number of things or of pixels."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST else None


def flag(value: Any) -> bool | None:
    """A boolean."""
    return value if isinstance(value, bool) else None


def moment(value: Any) -> datetime | None:
    """A time in UTC from ISO 8601 (``Z``, ``+00:00`` and Graph's ``+0000``) or epoch seconds."""
    try:
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        return at and (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def mapping(value: Any) -> Mapping[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, or the one object alone."""
    if isinstance(value, dict):
        return [value]
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def version_id(*content: str | bool | tuple[str, ...] | None) -> str:
    """What names a version where the platform does not: 128 bits (hex) of its content, as :func:`text` gives it."""
    return hashlib.blake2b(msgspec.json.encode(content), digest_size=_VERSION_BYTES).hexdigest()
