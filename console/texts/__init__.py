"""The console's texts: English in the code, and a catalogue (gettext .po) beside this module for each other language.

A text is looked up when it is shown, in the language that the browser of whoever asks prefers among those there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent, get_group_symbol

SOURCE = "en"
FOLDER = Path(__file__).parent

LOCALES = {"en": "en_US", "es": "es_US"}
"""How a language writes dates and numbers."""

_language: ContextVar[str] = ContextVar("language", default=SOURCE)


def language() -> str:
    """The language of this request: ``en``, ``es``."""
    return _language.get()


def locale() -> str:
    """Whose dates and numbers go with this request's language: ``en_US``."""
    return LOCALES.get(language(), language())


def speak(accepted: str) -> None:
    """From here on in this request, speak what an Accept-Language header (RFC 9110, 12.5.4) prefers."""
    _language.set(next((each for each in _preferred(accepted) if each in languages()), SOURCE))


@cache
def languages() -> frozenset[str]:
    """The languages there are."""
    return frozenset({SOURCE, *(path.stem for path in FOLDER.glob("*.po"))})


def gettext(text: str) -> str:
    """``text`` in this request's language, with its placeholders."""
    return _catalogue(language()).gettext(text)


def ngettext_raw(one: str, many: str, number: int) -> str:
    """The form for ``number`` in this request's language, with its placeholders."""
    return _catalogue(language()).ngettext(one, many, number)


def _(text: str, /, **values: object) -> str:
    """``text`` in this request's language; ``%(name)s`` in it stands for one of ``values``."""
    return gettext(text) % written(values)


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """The form for ``number`` in this request's language; ``%(num)s`` in it is the number."""
    return ngettext_raw(one, many, number) % written({"num": number, **values})


def number(value: float) -> str:
    """A number, rounded to a whole one, as the language writes it: ``12,345``."""
    return str(format_decimal(value, "#,##0", locale=locale()))


def group_separator() -> str:
    """What stands between thousands."""
    return str(get_group_symbol(locale()))


def percent(share: float) -> str:
    """A share of one, rounded to whole hundredths, as the language writes it: ``45%``."""
    return str(format_percent(share, locale=locale()))


def dollars(amount: float) -> str:
    """An amount of US dollars as the language writes it: ``$1,234.50``."""
    return str(format_currency(amount, "USD", locale=locale()))


def written(values: Mapping[str, object]) -> dict[str, object]:
    """The values of a text, whole numbers among them as the language writes them."""
    return {name: number(value) if type(value) is int else value for name, value in values.items()}


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a text that is looked up later, by :func:`_`."""
    return text


def _preferred(accepted: str) -> list[str]:
    """The languages that a header names, best first, without their regions."""
    weighted = []
    for part in accepted[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighted.append((-float(weight or 1), tag.partition("-")[0].strip().lower()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighted, key=lambda pair: pair[0]) if weight < 0]


@cache
def _catalogue(name: str) -> NullTranslations:
    if name == SOURCE:
        return NullTranslations()
    compiled = BytesIO()
    with (FOLDER / f"{name}.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=name))
    compiled.seek(0)
    return GNUTranslations(compiled)
