"""What is printed is the page's matter without its controls, light on a dark screen too; and nothing moves unasked."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_kit import Open
from playwright.sync_api import expect

from registry.users import Role

INK = "getComputedStyle(document.documentElement).color"


@pytest.mark.parametrize(
    ("role", "path", "kept"),
    [
        (Role.COMMUNICATIONS, "/communications", ".entry h2"),
        (Role.COMMUNICATIONS, "an observation", ".beside img, .relation strong"),
        (Role.SUPERINTENDENT, "/superintendent", ".permission strong"),
        (Role.SUPERINTENDENT, "/superintendent/calendar", "tbody th"),
    ],
)
def test_what_is_printed_has_its_matter_and_no_controls(
    signed_in: Open, screenshots: Path, role: Role, path: str, kept: str
) -> None:
    page = signed_in(role, dark=True)
    if path.startswith("/"):
        page.goto(path)
    else:
        page.locator("[data-open]").first.click()
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 700, "height": 990})
    expect(page.locator(kept).first).to_be_visible()
    shown = page.locator(":is(button, nav, aside.side, header.top, textarea):visible")
    expect(shown).to_have_count(0)
    assert page.evaluate(INK) == "rgb(28, 36, 48)"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.screenshot(
        path=screenshots / f"print-{path.strip('/').replace('/', '-').replace(' ', '-')}.png", full_page=True
    )


def test_nothing_moves_where_less_motion_is_preferred(visitor: Open) -> None:
    page = visitor()
    page.goto("/sign-in")
    moving = "getComputedStyle(document.querySelector('button')).transitionDuration"
    assert page.evaluate(moving) == "0s"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moving) == "0.12s"
