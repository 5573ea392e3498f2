"""Every page of each role's menu at a browser zoom of 200 %, where WCAG 1.4.4 and 1.4.10 want nothing lost.

A browser that zooms to 200 % lays a page out in half as many CSS pixels and draws each of them with twice as many of
the screen's: a window of half the width whose device scale factor is 2, as here. (DevTools' page scale factor would
only be a pinch: the layout stays, and a part of it is shown larger.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser_kit import Served
from playwright.sync_api import Browser, Page

from console.visit import SESSION, cookie_name
from registry.users import Role

SCREEN, ZOOM = (1280, 1024), 2

LOST = """() => {
  const cut = e => getComputedStyle(e).overflowX === 'hidden' && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1;
  const out = r => r.width && (r.right > innerWidth + 1 || r.left < -1);
  const framed = e => e.closest('.table, .skip, .hidden');
  return [...document.querySelectorAll('main *, header *')]
    .filter(e => !framed(e) && (cut(e) || out(e.getBoundingClientRect()))).map(e => e.outerHTML.slice(0, 120));
}"""
"""What is cut off, or reaches out of the window; a wide table may scroll in its own frame."""


@pytest.fixture
def zoomed(browser: Browser, served: Served) -> Iterator[Callable[[Role], Page]]:
    """A window at 200 % where somebody of a role is signed in."""
    size = {"width": SCREEN[0] // ZOOM, "height": SCREEN[1] // ZOOM}
    context = browser.new_context(
        base_url=served.url, viewport=size, device_scale_factor=ZOOM, reduced_motion="reduce", service_workers="block"
    )

    def sign_in(role: Role) -> Page:
        registry, now = served.console.registry, served.console.clock()
        user = registry.users.named(served.sign_ins[role].login)
        assert user is not None
        token = registry.sessions.sign_in_by_provider(user, "test", "127.0.0.1", now)
        name = cookie_name(SESSION, served.console.secure)
        context.add_cookies([{"name": name, "value": token, "url": served.url}])
        return context.new_page()

    yield sign_in
    context.close()


@pytest.mark.parametrize("role", Role)
def test_nothing_is_lost_at_twice_the_size(
    zoomed: Callable[[Role], Page], axe: Callable[[Page], None], screenshots: Path, role: Role
) -> None:
    page = zoomed(role)
    page.goto("/")
    assert page.evaluate("[devicePixelRatio, innerWidth]") == [ZOOM, SCREEN[0] // ZOOM]
    page.locator("summary", has_text="Menu").click()
    paths = [link.get_attribute("href") for link in page.locator(".menu nav a").all()]
    assert len(paths) > 1
    for path in filter(None, paths):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        assert page.evaluate(LOST) == [], path
        page.screenshot(path=screenshots / f"zoom-{role.value}-{path.strip('/').replace('/', '-')}.png")
    axe(page)
