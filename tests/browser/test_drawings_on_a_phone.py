"""The district's weeks on a phone: the drawings that are made for one, with words that can be read."""

from __future__ import annotations

import pytest
from browser_kit import Open

from registry.users import Role

READABLE = 11
"""CSS pixels that a letter has at least."""

LETTERS = """async image => {
  const svg = new DOMParser().parseFromString(await (await fetch(image.currentSrc)).text(), 'image/svg+xml');
  const style = getComputedStyle(image);
  const shown = image.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const drawn = svg.documentElement.viewBox.baseVal.width;
  const sizes = [...svg.querySelectorAll('text')].map(text => parseFloat(text.getAttribute('font-size')));
  return Math.min(...sizes) * shown / drawn;
}"""
"""The smallest letters of a drawing, as large as they are shown."""


@pytest.mark.parametrize("dark", [False, True])
def test_the_words_in_a_phones_drawings_can_be_read(signed_in: Open, dark: bool) -> None:
    page = signed_in(Role.COMMUNICATIONS, phone=True, dark=dark)
    page.goto("/communications/trends")
    drawings = page.locator(".chart img").all()
    sources = [drawing.evaluate("each => new URL(each.currentSrc).pathname") for drawing in drawings]
    assert sources == [f"/communications/trends/phone/{number}.svg" for number in range(3)]
    assert [each for each in drawings if each.evaluate(LETTERS) < READABLE] == []
