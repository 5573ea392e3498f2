"""The console's texts stand in one catalogue, so that another language can follow."""

from __future__ import annotations

import pytest

from console.texts import _, language, ngettext, speak
from console.texts.extraction import TEMPLATE, written


def test_the_catalogue_names_every_text_there_is() -> None:
    assert TEMPLATE.read_bytes() == written(), "make texts writes it anew"


@pytest.mark.parametrize("accepted", ["", "tlh", "en-US,en;q=0.9", "*", "x;q=none", ";;;", "q" * 9000, "es;q=0"])
def test_whoever_asks_for_a_language_that_is_not_there_reads_english(accepted: str) -> None:
    speak(accepted)
    assert (language(), _("%(span)s ago", span="a day")) == ("en", "a day ago")
    assert [ngettext("%(num)s day", "%(num)s days", number) for number in (1, 1200)] == ["1 day", "1,200 days"]
