"""The console in a real browser: a made-up district served on loopback, and Debian's Chromium over it.

A test asks for ``signed_in(role)`` (a page of its own, signed in), ``axe(page)`` (no accessibility rule is broken)
and ``picture(page, name)`` (a screenshot at a phone's and a desk's width, kept in build/screenshots).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_kit import Open, Served, enter, serving
from district_kit import MadeUp, made_once, made_up, shared_by_workers
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from quick_passwords import quick_passwords

from registry.users import Role

HOUSE = Path(__file__).resolve().parent.parent.parent
SCREENSHOTS = HOUSE / "build" / "screenshots"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@pytest.fixture(scope="session", autouse=True)
def cheap() -> Iterator[None]:
    """Signing in costs a test little."""
    with quick_passwords():
        yield


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeUp]:
    """The made-up district as the first demo leaves it."""
    filled = made_once(shared_by_workers(tmp_path_factory.getbasetemp()))
    with made_up(filled, tmp_path_factory.mktemp("browser") / "data") as district:
        yield district


@pytest.fixture(scope="session")
def served(district: MadeUp) -> Iterator[Served]:
    """The console over it."""
    with serving(district) as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    chromium = shutil.which("chromium")
    if chromium is None:
        missing = "chromium is not installed: on Debian, apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser, served: Served) -> Iterator[Open]:
    """A new browser window of its own: ``visitor(width="desk", scripts=True, dark=False)``."""
    opened: list[BrowserContext] = []

    def open_one(phone: bool = False, scripts: bool = True, dark: bool = False) -> Page:
        context = browser.new_context(
            base_url=served.url,
            viewport=PHONE if phone else DESK,
            java_script_enabled=scripts,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            service_workers="block",
        )
        context.set_default_timeout(10_000)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
        return page

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def signed_in(visitor: Open, served: Served) -> Open:
    """A window where somebody of a role has signed in: ``signed_in(Role.IT, phone=True)``."""

    def sign_in(role: Role, **options: bool) -> Page:
        page, who = visitor(**options), served.sign_ins[role]
        page.goto("/sign-in")
        enter(page, who)
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    return sign_in


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Hold a page to axe's rules of WCAG 2.1 A and AA, and its best practices."""
    scanner = Axe()

    def check(page: Page) -> None:
        found = scanner.run(page, options=RULES).response["violations"]
        told = [f"{each['id']}: {each['help']}: {[n['html'][:200] for n in each['nodes']]}" for each in found]
        assert told == [], page.url

    return check


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures of the pages are kept."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS


@pytest.fixture(scope="session")
def picture(screenshots: Path) -> Callable[[Page, str], None]:
    """Keep how a page looks, at a phone's and a desk's width, and that neither has to be scrolled sideways."""

    def take(page: Page, name: str) -> None:
        before = page.viewport_size
        for width, size in (("phone", PHONE), ("desk", DESK)):
            page.set_viewport_size(size)
            too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            page.screenshot(path=screenshots / f"{name}-{width}.png", full_page=True)
            assert too_wide <= 0, f"{page.url} is {too_wide} px too wide for a {width}"
        if before:
            page.set_viewport_size(before)

    return take
