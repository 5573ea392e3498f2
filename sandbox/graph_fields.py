"""The ``fields`` parameter of the Graph API: nested braces and modifiers.

``id,from{name},comments.limit(5).summary(true){message}``; see
https://developers.facebook.com/docs/graph-api/guides/field-expansion
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_TOKEN = re.compile(r"\s*([A-Za-z0-9_]+|[{}(),.]|$)")
_ARGUMENT = re.compile(r"[^()]*")


class FieldsError(ValueError):
    """The ``fields`` text is not well formed; the message is the one that the Graph API gives."""


@dataclass(frozen=True, slots=True)
class Field:
    """One wanted field: its modifiers (``limit``, ``summary``, ``filter``, ``order``) and the fields below it."""

    name: str
    modifiers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    fields: tuple[Field, ...] = ()


def parse_fields(text: str) -> tuple[Field, ...]:
    """Read a ``fields`` parameter.

    Raises
    ------
    FieldsError : unbalanced braces or parentheses, or an empty name.
    """
    reader = _Reader(text)
    fields = reader.fields()
    if reader.ahead:
        raise FieldsError(
            f'Syntax error "Expected end of string instead of {reader.ahead!r}." at character {reader.at}'
        )
    return fields


class _Reader:
    """A recursive-descent reader that looks one token ahead."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0
        self.ahead = ""
        self._advance()

    def fields(self) -> tuple[Field, ...]:
        found = [self._field()]
        while self.ahead == ",":
            self._advance()
            found.append(self._field())
        return tuple(found)

    def _field(self) -> Field:
        name = self._name()
        modifiers = {}
        while self.ahead == ".":
            self._advance()
            modifier = self._name()
            modifiers[modifier] = self._argument()
        below: tuple[Field, ...] = ()
        if self.ahead == "{":
            self._advance()
            below = self.fields()
            self._expect("}")
        return Field(name, MappingProxyType(modifiers), below)

    def _name(self) -> str:
        name = self.ahead
        if not name or name in "{}(),.":
            raise FieldsError(f'Syntax error "Field name expected." at character {self.at}: {self._text}')
        self._advance()
        return name

    def _argument(self) -> str:
        if self.ahead != "(":
            raise FieldsError(f"Syntax error \"Expected '('.\" at character {self.at}: {self._text}")
        match = _ARGUMENT.match(self._text, self.at)
        argument = match.group() if match else ""
        self.at += len(argument)
        self._advance()
        self._expect(")")
        return argument

    def _expect(self, token: str) -> None:
        if self.ahead != token:
            raise FieldsError(f"Syntax error \"Expected '{token}'.\" at character {self.at}: {self._text}")
        self._advance()

    def _advance(self) -> None:
        match = _TOKEN.match(self._text, self.at)
        if match is None:
            raise FieldsError(f'Syntax error "Unexpected character." at character {self.at}: {self._text}')
        self.ahead = match.group(1)
        self.at = match.end()
