"""Sentences of the rooms below - an error, or what one of them stored - in the language of the page.

They are made in English far from here, some of them years before somebody reads them. A sentence is held against
the templates that stand in the catalogue (:mod:`console.texts.rooms` finds them in the source), and what stands in
the place of their values goes into the translation as it is. One that no template fits is told as it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache

from babel.messages.pofile import read_po

from console.texts import FOLDER, gettext
from console.texts.rooms import ROOMS

TEMPLATE = FOLDER / "console.pot"
LEAST = 6
"""Letters of its own that a template has at least: with fewer it would fit anything."""

_PLACE = re.compile(r"%\((\w+)\)s")


def told(sentence: str, person: Callable[[str], str] = str) -> str:
    """``sentence`` as the catalogue has it; logins in it as ``person`` names them."""
    fits = _fitting(sentence)
    if fits is None:
        return gettext(sentence)
    template, values = fits
    return gettext(template) % {name: person(v) if name.endswith("by") else v for name, v in values.items()}


@lru_cache(4096)
def _fitting(sentence: str) -> tuple[str, Mapping[str, str]] | None:
    """The template that says most of ``sentence``, with its values."""
    for template, pattern in _patterns():
        if match := pattern.fullmatch(sentence):
            return template, match.groupdict()
    return None


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """The templates of the rooms below, those with most words of their own first."""
    with TEMPLATE.open("rb") as file:
        catalogue = read_po(file)
    found = {
        message.id
        for message in catalogue
        if isinstance(message.id, str)
        and _PLACE.search(message.id)
        and any(place.startswith(ROOMS) for place, _ in message.locations)
    }
    ordered = sorted(found, key=lambda text: (-len(_PLACE.sub("", text)), text))
    return [(text, _pattern(text)) for text in ordered if sum(map(str.isalpha, _PLACE.sub("", text))) >= LEAST]


def _pattern(template: str) -> re.Pattern[str]:
    seen = set[str]()
    parts = []
    for n, part in enumerate(_PLACE.split(template)):
        if n % 2 == 0:
            parts.append(re.escape(part.replace("%%", "%")))
        else:
            parts.append(f"(?P={part})" if part in seen else f"(?P<{part}>.*?)")
            seen.add(part)
    return re.compile("".join(parts), re.DOTALL)
