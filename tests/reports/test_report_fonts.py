"""Characters that no font of the PDF has are written as their names; nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.fonts import displayable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Game night!", "Game night!"),
        ("Élan – naïve “quotes” ★", "Élan – naïve “quotes” ★"),
        ("🎉 party 🇺🇸", "🎉 party 🇺🇸"),
        ("👍🏽 ok ❤\ufe0f", "👍 ok ❤"),
        ("👩🏽\u200d⚕\ufe0f", "👩\u200d⚕"),
        ("𒀀𒀀", "[cuneiform sign a][cuneiform sign a]"),
        ("a\u202eb", "ab"),
        ("bell\x07rings\nthen", "bell rings\nthen"),
        ("private \ue000 use", "private \ufffd use"),
        ("क्\u200dष", "क्\u200dष"),
    ],
)
def test_what_can_be_set_stays_and_the_rest_is_named(text: str, shown: str) -> None:
    assert displayable(text) == shown


@settings(deadline=None)  # the first character of a script opens its font
@given(st.text(max_size=40))
def test_what_is_displayable_stays_as_it_is(text: str) -> None:
    once = displayable(text)
    assert displayable(once) == once
