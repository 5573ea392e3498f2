"""The console's texts stand in one catalogue, so that another language can follow."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from template_words import words_outside

from console import texts
from console.texts import _, language, ngettext, number, percent, speak
from console.texts.extraction import TEMPLATE, written

TEMPLATES = Path(__file__).resolve().parent.parent.parent / "console" / "templates"


def test_the_catalogue_names_every_text_there_is() -> None:
    assert TEMPLATE.read_bytes() == written(), "make texts writes it anew"


@pytest.mark.parametrize("accepted", ["", "tlh", "en-US,en;q=0.9", "*", "x;q=none", ";;;", "q" * 9000, "es;q=0"])
def test_whoever_asks_for_a_language_that_is_not_there_reads_english(accepted: str) -> None:
    speak(accepted)
    assert (language(), _("%(span)s ago", span="a day")) == ("en", "a day ago")
    assert [ngettext("%(num)s day", "%(num)s days", number) for number in (1, 1200)] == ["1 day", "1,200 days"]


def test_numbers_are_written_as_the_language_of_the_page_writes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("de", "es"):
        with (tmp_path / f"{name}.po").open("wb") as file:
            write_po(file, Catalog(locale=name))
    monkeypatch.setattr(texts, "FOLDER", tmp_path)
    texts.languages.cache_clear()
    wanted = {"en": ("1,234,567", "46%"), "de": ("1.234.567", "46\N{NO-BREAK SPACE}%"), "es": ("1,234,567", "46%")}
    for name, (whole, part) in wanted.items():
        speak(name)
        said = (number(1_234_567), number(1_234_566.8), percent(0.456), _("%(n)s", n=1_234_567))
        assert said == (whole, whole, part, whole), name
        assert ngettext("%(num)s day", "%(num)s days", 1_234_567) == f"{whole} days"
    texts.languages.cache_clear()
    speak("")
    assert _("%(a)s %(b)s", a=True, b="1234") == "True 1234"


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_no_template_holds_words_that_no_catalogue_has(template: Path) -> None:
    assert words_outside(template.read_text()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Sign in</p>", ["Sign in"]),
        ('<img alt="A dog">{{ x }}', ["A dog"]),
        ('{{ ui.field("why", "Why") }}', ["Why"]),
        ('{{ "Save" if new else _("Add") }}', ["Save"]),
        ("{{ one }} of {{ all }}", ["x0 of x0"]),
        ('{% trans %}Sign <b>in</b>{% endtrans %}<b>{{ _("Sign in") }}</b><code>hallpass verify</code>', []),
        ('{% if state == "not yet" %}<a href="/staff" class="button second">{{ x }}</a>{% endif %}', []),
    ],
)
def test_words_outside_the_catalogue_are_found(source: str, found: list[str]) -> None:
    assert words_outside(source) == found
