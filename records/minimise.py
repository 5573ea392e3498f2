"""Keyed names for strangers: an exact match stays possible, reading the name does not."""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal


def minimised_key(key: bytes, platform: str, what: Literal["id", "handle"], value: str) -> str:
    """HMAC-SHA256 (hex) of ``"{platform}:{what}:{value}"`` under the district's ``key``; handles in lower case."""
    value = value.lower() if what == "handle" else value
    return hmac.new(key, f"{platform}:{what}:{value}".encode(), hashlib.sha256).hexdigest()
