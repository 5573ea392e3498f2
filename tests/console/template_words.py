"""What in a template people would read although no catalogue holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes
from jinja2.lexer import Lexer, get_lexer

READ = {"aria-label", "title", "placeholder", "alt", "data-label", "label"}
NOT_WORDS = {"code", "kbd", "script", "style"}
LOOKS_UP = {"_", "gettext", "ngettext"}
NAMES = {"Facebook", "Enter"}
LETTERS = re.compile(r"[^\W\d_]{2}")


def words_outside(source: str) -> list[str]:
    """Words in the page's own text and attributes, and in strings of expressions, that stand in no catalogue."""
    environment = Environment(extensions=["jinja2.ext.i18n"])
    page = Page()
    page.feed("".join(markup(get_lexer(environment), source)))
    return [*page.found, *strings(environment.parse(source))]


def markup(lexer: Lexer, source: str) -> Iterator[str]:
    """The template with a stand-in for expressions, without texts to translate and the classes of the body."""
    inside, block = False, ""
    for _, kind, text in lexer.tokeniter(source, None):
        if kind == "block_begin":
            block = ""
        elif kind == "name":
            block = f"{block} {text}".strip()
        elif kind == "block_end":
            inside = block.startswith("trans") or block == "block kind" or (inside and not block.startswith("end"))
        elif kind == "variable_end" and not inside:
            yield "x0"
        elif kind == "data" and not inside:
            yield text


class Page(HTMLParser):
    """Gathers what would be read out of a page's markup."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        read = READ | ({"value"} if tag == "input" and names.get("type") in ("submit", "button") else set())
        self.found += [value for name, value in attrs if name in read and value and LETTERS.search(value)]
        if tag in NOT_WORDS or names.get("translate") == "no":
            self._silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent and LETTERS.search(data):
            self.found.append(" ".join(data.split()))


def strings(tree: nodes.Template) -> Iterator[str]:
    """Strings in expressions that look like words for people and are not looked up."""
    known = {
        id(each)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in LOOKS_UP
        for each in call.find_all(nodes.Const)
    }
    known |= {id(pair.key) for pair in tree.find_all(nodes.Pair)}
    known |= {id(each) for compared in tree.find_all(nodes.Compare) for each in compared.find_all(nodes.Const)}
    for const in tree.find_all(nodes.Const):
        if isinstance(const.value, str) and id(const) not in known and for_people(const.value):
            yield const.value


def for_people(text: str) -> bool:
    """Whether a string looks like words for people: a capital first, or a space between or beside words."""
    if text in NAMES or not LETTERS.search(text) or text.startswith(("/", "?", "#", "{")) or text.endswith(".html"):
        return False
    return text[0].isupper() or " " in text
