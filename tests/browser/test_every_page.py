"""Every page there is: axe finds nothing in the light and in the dark, and nobody scrolls sideways at 320 px.

The pages come from the routes, so a new one is in here by being there. What axe said of each is kept in build/axe.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from browser_kit import Served, serving
from district_kit import made_once, made_up, shared_by_workers
from every_page import WHO, cookies, furnish, places
from httpx2 import Client
from made_up_language import LANGUAGE, spoken, untranslated, written_by_others
from playwright.sync_api import Browser, BrowserContext, Page

from console.visit import cookie_name

AXE = Path(AXE_FILE_PATH).read_text()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""What can differ in the dark."""

WIDTHS = (1440, 720, 390, 320)
"""A desk; the same at 200 % zoom; a phone; the narrowest that WCAG 1.4.10 asks for."""

PICTURED = (1440, 390)

SCROLLED = """[...document.querySelectorAll('.table')].filter(e => e.scrollWidth > e.clientWidth + 1)
  .map(e => e.getAttribute('aria-label'))"""

TELL = """r => ({
  held: r.passes.length,
  broken: r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | ')),
})"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A district of this module's own, with something on every page, and with the page for everybody."""
    filled = made_once(shared_by_workers(tmp_path_factory.getbasetemp()))
    with (
        made_up(filled, tmp_path_factory.mktemp("every") / "data") as district,
        serving(district, public_page=True) as served,
    ):
        yield served


@pytest.fixture(scope="module")
def every(served: Served) -> dict[str, list[str]]:
    return places(served, furnish(served))


@pytest.fixture
def window(browser: Browser, served: Served) -> Iterator[Callable[[str], Page]]:
    """A window of whoever looks: ``window("it")``."""
    opened: list[BrowserContext] = []

    def open_one(who: str) -> Page:
        context = browser.new_context(base_url=served.url, reduced_motion="reduce", service_workers="block")
        opened.append(context)
        for name, value in cookies(served, who).items():
            context.add_cookies([{"name": cookie_name(name, served.console.secure), "value": value, "url": served.url}])
        context.add_init_script(AXE)
        return context.new_page()

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def made_up_language(tmp_path: Path) -> Iterator[None]:
    """The console speaks a language that there is not."""
    with spoken(tmp_path):
        yield


@pytest.mark.parametrize("who", WHO)
def test_every_page_is_accessible_and_fits_every_width(
    window: Callable[[str], Page], served: Served, every: dict[str, list[str]], screenshots: Path, who: str
) -> None:
    page, wrong, report = window(who), [], []
    for path in every[who]:
        page.emulate_media(color_scheme="light")
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, path
        assert page.url == served.url + path, f"{path} leads to {page.url}"
        found = list(looked_at(page, screenshots / f"every-{name_of(path)}", report))
        wrong += [f"{path}: {each}" for each in found]
    kept = screenshots.parent / "axe" / f"{who.replace(' ', '-')}.txt"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("".join(f"{line}\n" for line in report))
    assert not wrong, "\n".join(wrong)


def looked_at(page: Page, pictures: Path, report: list[str]) -> Iterator[str]:
    """What is wrong with a page, in the light and in the dark, at each width; pictures of it are kept, and in
    ``report`` what axe said.
    """
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if too_wide > 0:
            yield f"{too_wide} px too wide at {width}"
        if width in PICTURED:
            yield from (f"the table '{name}' scrolls sideways at {width}" for name in page.evaluate(SCROLLED))
        if width in PICTURED:
            page.screenshot(path=f"{pictures}-{width}.png", full_page=True)
        if width in (WIDTHS[0], WIDTHS[-1]):
            yield from axe(page, RULES, f"at {width}", report)
    page.emulate_media(color_scheme="dark")
    yield from axe(page, COLOURS, "in the dark", report)


def name_of(path: str) -> str:
    """A page's address as a file's name."""
    return re.sub(r"\W+", "-", path.strip("/"))[:60] or "first"


def axe(page: Page, rules: dict[str, object], where: str, report: list[str]) -> list[str]:
    found = page.evaluate(f"rules => axe.run(document, rules).then({TELL})", rules)
    held, broken = found["held"], len(found["broken"])
    report.append(f"{urlsplit(page.url).path} {where}: {held} rules hold, {broken} broken")
    return [f"{where}, {each}" for each in found["broken"]]


@pytest.mark.parametrize("who", WHO)
def test_everything_that_is_ours_on_every_page_comes_from_the_catalogue(
    served: Served, every: dict[str, list[str]], made_up_language: None, who: str
) -> None:
    given = {cookie_name(name, served.console.secure): value for name, value in cookies(served, who).items()}
    with served.console.archive.cursor() as published:
        theirs = written_by_others(served.console.folder / "registry.sqlite", published)
    wrong = []
    with Client(base_url=served.url, cookies=given, headers={"accept-language": f"{LANGUAGE}, en;q=0.5"}) as browser:
        for path in every[who]:
            answer = browser.get(path)
            assert (answer.status_code, answer.headers["content-language"]) == (200, LANGUAGE), path
            wrong += [f"{path}: {text}" for text in untranslated(answer.text, theirs)]
    assert not wrong, "\n".join(wrong)
