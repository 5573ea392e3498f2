"""A made-up language for the console: every text of ours in brackets, so that one that was forgotten has none."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

from console import texts
from console.texts.extraction import texts as every_text

LANGUAGE = "eo"
"""Esperanto stands for a language that there is."""

SILENT = {"code", "kbd", "script", "style", "time", "svg"}
EMPTY = {"br", "hr", "img", "input", "link", "meta", "source"}
READ = ("alt", "aria-label", "data-label", "placeholder", "title")
LETTERS = re.compile(r"[^\W\d_]{2}")
DAYS = re.compile(r"[\d\s–]+\w+(\s*–\s*\d+\s*\w+)?\s+\d{4}")
"""A week by its days, as the language writes them."""

BETWEEN = re.compile(r"[\s,;:()·–…“”\"@.]+")


def write_catalogue(folder: Path) -> None:
    """The made-up language's catalogue, in ``folder``."""
    catalogue = Catalog(locale=LANGUAGE)
    for message in every_text():
        if message.id:
            catalogue.add(message.id, _wrapped(message), flags=message.flags)
    with (folder / f"{LANGUAGE}.po").open("wb") as file:
        write_po(file, catalogue)


@contextmanager
def spoken(folder: Path) -> Iterator[None]:
    """The console speaks the made-up language, whose catalogue goes to ``folder``."""
    write_catalogue(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "FOLDER", folder)
        texts.languages.cache_clear()
        yield
    texts.languages.cache_clear()
    texts.speak("")


def _wrapped(message: Message) -> str | tuple[str, str]:
    if isinstance(message.id, tuple):
        return (f"⟦{message.id[0]}⟧", f"⟦{message.id[1]}⟧")
    return f"⟦{message.id}⟧"


class Read(HTMLParser):
    """What somebody reads, or is read to, of a page outside of brackets."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.plain: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._depth = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        silent = tag in SILENT or given.get("translate") == "no"
        if not silent and not self._silent():
            self.plain += [text for name in READ if (text := given.get(name)) and "⟦" not in text]
        if tag not in EMPTY:
            self._open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        plain = ""
        for part in re.split("([⟦⟧])", data):
            self._depth += {"⟦": 1, "⟧": -1}.get(part, 0)
            plain += "" if self._depth or part == "⟧" else part
        if not self._silent():
            self.plain.append(" ".join(plain.split()))

    def _silent(self) -> bool:
        return any(silent for _, silent in self._open)


def untranslated(page: str, theirs: str) -> list[str]:
    """The texts of a page that are neither in brackets nor words of ``theirs``, which people and platforms wrote."""
    return [text for text in Read(page).plain if LETTERS.search(text) and not _theirs(text, theirs)]


def _theirs(text: str, theirs: str) -> bool:
    if DAYS.fullmatch(text) or text.lower() in theirs:
        return True
    return all(word.lower() in theirs for word in BETWEEN.split(text) if LETTERS.search(word))


def written_by_others(registry: Path, published: duckdb.DuckDBPyConnection) -> str:
    """Every text that the registry and the archive hold, in small letters."""
    found = {text.lower() for text in (*_registry_texts(registry), *_archive_texts(published))}
    return "\n".join(sorted(found))


def _registry_texts(path: Path) -> Iterator[str]:
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            yield from _strings(connection.execute(f'SELECT * FROM "{table}"'))


def _archive_texts(published: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for table in ("post_version", "comment_version", "profile_version", "media_item", "media_file", "relationship"):
        yield from _strings(published.execute(f"SELECT * FROM {table}").fetchall())


def _strings(rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    for row in rows:
        yield from (" ".join(cell.split()) for cell in row if isinstance(cell, str))
