"""How platforms and handles are written by people and by rosters, brought to one form."""

from __future__ import annotations

from records.model import Platform

MAX_HANDLE = 100
_PLATFORMS = {
    "x": Platform.X,
    "twitter": Platform.X,
    "facebook": Platform.FACEBOOK,
    "fb": Platform.FACEBOOK,
}


def platform_named(name: str) -> Platform | None:
    """The platform that ``name`` means (``Twitter`` is X), or None where it has no connector."""
    return _PLATFORMS.get(name.strip().lower())


def clean_handle(text: str) -> str | None:
    """``text`` without surrounding space and ``@``, or None where no handle can look like that."""
    handle = text.strip().removeprefix("@").strip()
    return handle if 0 < len(handle) <= MAX_HANDLE and handle.isprintable() else None
