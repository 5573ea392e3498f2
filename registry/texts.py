"""Words that people give: stripped, never empty where they are needed, never longer than can be kept."""

from __future__ import annotations

from records.errors import BadInput

MOST = 10_000


def needed(text: str, what: str, todo: str, most: int = MOST) -> str:
    """``text`` without the white space around it.

    Raises
    ------
    BadInput : with ``what`` and ``todo`` where nothing is left; or when it is longer than ``most`` characters.
    """
    text = text.strip()
    if not text:
        raise BadInput(what, todo)
    return within(text, most)


def within(text: str, most: int = MOST) -> str:
    """``text`` without the white space around it; raises BadInput when it is longer than ``most`` characters."""
    text = text.strip()
    if len(text) > most:
        raise BadInput(f"The text has {len(text):,} characters", f"Say it in {most:,} at most")
    return text
