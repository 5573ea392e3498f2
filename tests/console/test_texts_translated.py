"""The pages in another language: everything that is ours changes, nothing that somebody wrote does, nothing breaks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po
from console_scene import PASSWORD, Client, Visitor

from console import texts
from console.context import Console
from console.texts.extraction import texts as every_text
from registry.users import Role, UserDraft

SignIn = Callable[[Role], Client]

PAGES = {
    Role.COMMUNICATIONS: ["/communications", "/communications/search", "/communications/reports"],
    Role.IT: ["/it", "/it/register", "/it/import", "/it/coverage", "/it/leavers", "/it/users/new", "/it/golive"],
    Role.SUPERINTENDENT: ["/superintendent", "/superintendent/calendar", "/superintendent/organisations"],
    Role.STAFF: ["/staff", "/staff/check", "/staff/requests", "/staff/policy", "/staff/deposits"],
}
CHROME = {"title", "h1", "h2", "label", "th", "button", "summary", "legend", "caption"}
THEIRS = {"Educational accounts on social platforms"}
"""What the district itself published under that title."""

HOSTILE = "<img src=x onerror=alert(1)> & %(name)s"


def wrapped(message: Message) -> str | tuple[str, str]:
    """The text in brackets, as a made-up language has it."""
    if isinstance(message.id, tuple):
        return (f"⟦{message.id[0]}⟧", f"⟦{message.id[1]}⟧")
    return message.id if "MMMM" in message.id else f"⟦{message.id}⟧"


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Esperanto stands for a language that there is: every text of ours in brackets."""
    catalogue = Catalog(locale="eo")
    for message in every_text():
        if message.id:
            catalogue.add(message.id, wrapped(message), flags=message.flags)
    with (tmp_path / "eo.po").open("wb") as file:
        write_po(file, catalogue)
    monkeypatch.setattr(texts, "FOLDER", tmp_path)
    texts.languages.cache_clear()
    yield
    monkeypatch.undo()
    texts.languages.cache_clear()


class Chrome(HTMLParser):
    """The words in the parts of a page that are always ours."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in CHROME and ("scope", "row") not in attrs:
            self._open.append(tag)
            self.words.append("")

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open:
            self.words[-1] += data


@pytest.mark.parametrize("role", PAGES)
def test_the_pages_of_each_office_are_in_the_language_of_the_browser(made_up: None, client: SignIn, role: Role) -> None:
    browser = client(role)
    browser.headers["accept-language"] = "eo, en;q=0.5"
    for path in PAGES[role]:
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["content-language"]) == (200, "eo"), path
        assert '<html lang="eo">' in answer.text and "accept-language" in answer.headers["vary"]
        ours = [words for words in Chrome(answer.text).words if re.search(r"[^\W\d_]{2}", words)]
        assert [words for words in ours if "⟦" not in words and words not in THEIRS] == [], path


def test_what_somebody_typed_stays_escaped_and_whole_inside_a_translated_text(
    made_up: None, console: Console, visitor: Visitor
) -> None:
    draft = UserDraft("several", HOSTILE, frozenset({Role.IT, Role.STAFF}))
    console.registry.users.add(draft, "test", datetime(2026, 9, 1, tzinfo=UTC), PASSWORD)
    browser = visitor()
    browser.submit("/sign-in", login="several", password=PASSWORD)
    for language, heading in (("eo", "⟦Good to see you, {}⟧"), ("en", "Good to see you, {}")):
        page = browser.get("/", headers={"accept-language": language}).text
        assert heading.format("&lt;img src=x onerror=alert(1)&gt; &amp; %(name)s") in page
        assert "<img src=x" not in page
