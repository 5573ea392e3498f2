"""The fonts that the PDF is set in, which Python packages ship, and what to do where none has a character.

PDF/UA forbids a missing glyph, so text passes :func:`displayable` before it is set.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("justmytype_western_core", "manimgx_fonts", "noto_cjk_sans_otc")
GENERAL = {
    "Inter": "Inter[[]*",
    "Noto Sans": "NotoSans[[]*",
    "Noto Sans Symbols 2": "NotoSansSymbols2-*",
    "Noto Sans Symbols": "NotoSansSymbols[[]*",
    "Noto Emoji": "NotoEmoji[[]*",
}
"""Font family and file of what most text is set in, and of symbols."""

SCRIPTS = {
    f"Noto Sans {name}": f"NotoSans{name}[[]*"
    for name in (
        *("Arabic", "Hebrew", "Armenian", "Georgian", "Ethiopic"),
        *("Devanagari", "Bengali", "Gujarati", "Gurmukhi", "Kannada", "Malayalam", "Oriya", "Sinhala"),
        *("Tamil", "Telugu"),
        *("Thai", "Lao", "Khmer", "Myanmar"),
    )
} | {"Noto Sans CJK JP": "NotoSansCJK-*"}
FAMILIES = (*GENERAL, *SCRIPTS)

_PLAIN = re.compile(r"[\n\x20-\x7e\xa0-\xac\xae-\xff]*")
_UNSEEN = re.compile("[\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0000-\U000e007f\u202a-\u202e\u2066-\u2069\u00ad]")


@cache
def folders() -> tuple[Path, ...]:
    """The folders of the installed font packages; one that is absent only narrows the choice."""
    specs = [find_spec(package) for package in PACKAGES]
    return tuple(Path(place) for spec in specs if spec for place in spec.submodule_search_locations or ())


def displayable(text: str) -> str:
    """``text`` with what no font here has written as its name: ``[cuneiform sign a]``, or ``�`` where it has none.

    What only tells how another character looks or in which direction it runs is left out.
    """
    if _PLAIN.fullmatch(text):
        return text
    return "".join(_shown(character) for character in _UNSEEN.sub("", text))


@cache
def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return "\n" if character == "\n" else " "
    if category not in ("Cs", "Co") and any(ord(character) in _characters(f) for f in _candidates(category)):
        return character
    name = unicodedata.name(character, "")
    return f"[{name.lower()}]" if name else "\ufffd"


def _candidates(category: str) -> tuple[str, ...]:
    """Symbols, and what is newer than Python's table, are in no font of a script: those need not be opened for it."""
    return tuple(GENERAL.values()) if category in ("So", "Sk", "Cn") else (*GENERAL.values(), *SCRIPTS.values())


@cache
def _characters(pattern: str) -> frozenset[int]:
    """The code points that the font file has a glyph for; none where it is not installed."""
    from fontTools.ttLib import TTFont

    files = [file for folder in folders() for file in folder.rglob(f"{pattern}.tt?")]
    if not files:
        return frozenset()
    with TTFont(files[0], fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap())
