"""The fonts that the PDF is set in, which Python packages ship, and what to do where none has a character.

PDF/UA forbids a missing glyph, so text passes :func:`displayable` before it is set.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGES = (
    "justmytype_western_core",
    "justmytype_intl_rtl",
    "justmytype_intl_south_asia",
    "justmytype_intl_sea",
    "justmytype_intl_africa",
    "noto_cjk_sans_otc",
)
GENERAL = {"Inter": "Inter[[]*", "Noto Sans": "NotoSans[[]*", "Noto Sans Symbols 2": "NotoSansSymbols2-*"}
"""Font family and file of what most text is set in."""

SCRIPTS = {
    f"Noto Sans {name}": f"NotoSans{name}[[]*"
    for name in (
        *("Arabic", "Hebrew", "Devanagari", "Bengali", "Tamil", "Telugu"),
        *("Thai", "Lao", "Khmer", "Myanmar", "Ethiopic"),
    )
} | {"Noto Sans CJK JP": "NotoSansCJK-*"}
FAMILIES = (*GENERAL, *SCRIPTS)

_PLAIN = re.compile(r"[\n\x20-\x7e\xa0-\xac\xae-\xff]*")
_UNSEEN = re.compile("[\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0000-\U000e007f\u202a-\u202e\u2066-\u2069\u00ad]")
_JOINER_OF_EMOJI = re.compile("\u200d(?=[\u2190-\u2bff\U0001f000-\U0001faff])")
_FLAG_LETTER = "REGIONAL INDICATOR SYMBOL LETTER "


@cache
def folders() -> tuple[Path, ...]:
    """The folders of the installed font packages; one that is absent only narrows the choice."""
    specs = [find_spec(package) for package in PACKAGES]
    return tuple(Path(place) for spec in specs if spec for place in spec.submodule_search_locations or ())


def displayable(text: str) -> str:
    """``text`` with what no font here has written as its name: ``[party popper]``, or ``�`` where it has none.

    What only tells how another character looks or in which direction it runs is left out.
    """
    if _PLAIN.fullmatch(text):
        return text
    shown = _JOINER_OF_EMOJI.sub("", _UNSEEN.sub("", text))
    return "".join(_shown(character) for character in shown)


@cache
def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return "\n" if character == "\n" else " "
    if category not in ("Cs", "Co", "Cn") and any(ord(character) in _characters(f) for f in _candidates(category)):
        return character
    name = unicodedata.name(character, "")
    if name.startswith(_FLAG_LETTER):
        return name.removeprefix(_FLAG_LETTER)
    return f"[{name.lower()}]" if name else "\ufffd"


def _candidates(category: str) -> tuple[str, ...]:
    """Symbols are in no font of a script: those need not be opened to know that."""
    return tuple(GENERAL.values()) if category in ("So", "Sk") else (*GENERAL.values(), *SCRIPTS.values())


@cache
def _characters(pattern: str) -> frozenset[int]:
    """The code points that the font file has a glyph for; none where it is not installed."""
    from fontTools.ttLib import TTFont

    files = [file for folder in folders() for file in folder.rglob(f"{pattern}.tt?")]
    if not files:
        return frozenset()
    with TTFont(files[0], fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap())
