"""The page: complete in itself, accessible, and closed to what a post holds."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright
from report_scene import MONDAY, SEAL, TERM, WEEK, Scene, account, during, photograph

from registry.values import Grant
from reports import html
from reports.compose import compose
from reports.document import Chart
from reports.model import WeeklyReport

CHROMIUM = shutil.which("chromium")
HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)> & "quoted" </article></main>{{ 7*7 }}'


class Outline(HTMLParser):
    """What a reader's software finds in the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_page_asks_for_nothing_and_runs_nothing(busy_report: WeeklyReport) -> None:
    outline = Outline(html.render(busy_report))
    sources = [a.get("src") or a.get("href") or "" for _, a in outline.tags if "src" in a or "href" in a]
    assert {re.split("[:;#]", source)[0] for source in sources} == {"data", ""}
    assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in outline.tags}


def test_headings_go_down_one_level_at_a_time_from_a_single_first_one(busy_report: WeeklyReport) -> None:
    levels = [int(tag[1]) for tag, _ in Outline(html.render(busy_report)).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_coverage_stands_before_observations(busy_report: WeeklyReport) -> None:
    page = html.render(busy_report)
    assert page.index(">What could be seen</h2>") < page.index(">For a person to look at</h2>")


def test_every_picture_has_words_and_every_table_a_caption_and_scoped_headers(busy_report: WeeklyReport) -> None:
    outline = Outline(html.render(busy_report))
    assert all(image.get("alt") for image in outline.all("img"))
    assert len(outline.all("img")) == 4 * 2 + 3
    assert len(outline.all("caption")) == len(outline.all("table"))
    assert {th.get("scope") for th in outline.all("th")} == {"col", "row"}


def test_a_post_cannot_write_into_the_page(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    post = scene.posted(someone, 1, HOSTILE, during(1), photograph())
    scene.marked(someone, post, photograph(), "no_permission")
    scene.follows(someone, "<b>city</b>")
    page = html.render(scene.report())
    outline = Outline(page)
    assert outline.all("script") == []
    assert [image for image in outline.all("img") if "onerror" in image] == []
    assert HOSTILE in "".join(outline.text)
    assert "<b>city</b>" in "".join(outline.text)


def test_a_post_of_25000_characters_is_quoted_in_part(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    post = scene.posted(someone, 1, "word " * 5000, during(1), photograph())
    scene.marked(someone, post, photograph(), "no_permission")
    page = html.render(scene.report())
    assert "… (25,000 characters in all)" in page
    assert page.count("word word") < 200


def test_nothing_found_never_stands_without_what_was_not_seen(quiet_report: WeeklyReport) -> None:
    text = "".join(Outline(html.render(quiet_report)).text)
    assert "Nothing new needs a person in what could be seen: 3 of 3 registered accounts, without a gap." in text


def test_where_nothing_could_be_seen_no_page_says_that_nothing_was_found(broken_report: WeeklyReport) -> None:
    text = text_of(broken_report)
    assert text.count("Nothing can be said here: none of 4 registered accounts could be seen") == 3
    assert not re.search(r"\bno (edit|removal|deletion|observation)", text, re.IGNORECASE)


def text_of(report: WeeklyReport) -> str:
    return " ".join("".join(Outline(html.render(report)).text).split())


@pytest.mark.parametrize(("followed", "cards", "tables"), [(3, 3, 0), (4, 0, 1)])
def test_few_relationships_are_cards_and_more_are_one_table(
    scene: Scene, followed: int, cards: int, tables: int
) -> None:
    someone = account(1)
    scene.office.register(someone)
    for n in range(followed):
        scene.follows(someone, f"outsider_{n}")
    page = html.render(scene.report())
    assert page.count('<article class="card">') == cards
    assert page.count("accounts that are not known on the roster</caption>") == tables
    assert page.count("batch 20261019-col, line 9") == followed
    assert all(f"follows @outsider_{n}" in page for n in range(followed))


@pytest.mark.parametrize("followed", [1, 4])
def test_a_relationship_is_matched_exactly_and_has_no_number_for_how_sure_it_is(scene: Scene, followed: int) -> None:
    someone = account(1)
    scene.office.register(someone)
    for n in range(followed):
        scene.follows(someone, f"outsider_{n}")
    text = text_of(scene.report())
    assert "of 100" not in text
    assert text.count("Matched exactly by handle and platform id; not known on the roster is common") == 1


def test_one_relationship_waits_as_an_account_that_is_not_known_on_the_roster(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    scene.follows(someone, "city_pizza")
    lead = "1 followed account that is not known on the roster waits for a person to look at."
    assert lead in text_of(scene.report())


def test_an_account_says_when_its_fault_was_noticed_or_when_it_was_last_seen(busy_report: WeeklyReport) -> None:
    text = text_of(busy_report)
    assert "disconnected, last seen Wed 14 Oct 2026, 11:00" in text
    assert "refused, noticed Mon 19 Oct 2026" in text


def test_one_of_anything_is_counted_as_one(scene: Scene) -> None:
    someone = account(1)
    scene.office.register(someone)
    scene.checked(someone, at=WEEK.end - timedelta(hours=1))
    text = text_of(scene.report())
    assert "1 of 1 account captured" in text
    assert "1 hour of gap in the week" in text
    assert "1 accounts" not in text and "1 hours" not in text


def test_the_method_names_the_versions_of_the_logo_detector(busy_report: WeeklyReport) -> None:
    assert "looked at by the logo detector, version 1." in text_of(busy_report)
    both = replace(busy_report, detectors=("1", "2"))
    assert "looked at by the logo detector, versions 1 and 2." in text_of(both)


def test_a_permission_covers_its_last_day_or_holds_until_revoked(scene: Scene) -> None:
    ends = datetime(2027, 1, 1, 5, tzinfo=UTC)
    given = Grant("g1", SEAL, None, "open house", TERM, ends, "superintendent", MONDAY, "asked")
    scene.office.decided = [given, replace(given, grant_id="g2", ends=None)]
    text = text_of(scene.report())
    assert "7 Sep 2026 to 31 Dec 2026" in text
    assert "7 Sep 2026 until revoked" in text


def test_the_word_violation_is_in_no_report(busy_report: WeeklyReport, broken_report: WeeklyReport) -> None:
    assert "violat" not in (html.render(busy_report) + html.render(broken_report)).lower()


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("no chromium here: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


@pytest.mark.parametrize("which", ["busy_report", "quiet_report", "broken_report"])
def test_axe_finds_nothing(which: str, request: pytest.FixtureRequest, browser_page: Page, tmp_path: Path) -> None:
    file = tmp_path / "weekly.html"
    file.write_text(html.render(request.getfixturevalue(which)))
    browser_page.goto(file.as_uri())
    browser_page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
    found = Axe().run(browser_page, options=options).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []


def test_a_narrow_screen_needs_no_scrolling_sideways(
    browser_page: Page, busy_report: WeeklyReport, tmp_path: Path
) -> None:
    file = tmp_path / "weekly.html"
    file.write_text(html.render(busy_report))
    browser_page.set_viewport_size({"width": 375, "height": 800})
    browser_page.goto(file.as_uri())
    assert browser_page.evaluate("document.documentElement.scrollWidth") <= 375


SMALLEST = """async image => {
  const svg = new DOMParser().parseFromString(atob(image.currentSrc.split(',')[1]), 'image/svg+xml');
  const drawn = svg.documentElement.viewBox.baseVal.width;
  const sizes = [...svg.querySelectorAll('text')].map(text => parseFloat(text.getAttribute('font-size')));
  return Math.min(...sizes) * image.clientWidth / drawn;
}"""
"""The smallest letters of a drawing, in pixels as they are shown."""


@pytest.mark.parametrize(("width", "kind"), [(390, "phone"), (1200, "picture")])
def test_each_drawing_is_the_one_that_fits_the_screen_and_its_words_can_be_read(
    browser_page: Page, busy_report: WeeklyReport, tmp_path: Path, width: int, kind: str
) -> None:
    file = tmp_path / "weekly.html"
    file.write_text(html.render(busy_report))
    browser_page.set_viewport_size({"width": width, "height": 800})
    browser_page.goto(file.as_uri())
    drawings = browser_page.locator(".drawing img").all()
    blocks = [block for section in compose(busy_report).sections for block in section.blocks]
    fitting = [getattr(block, kind).content for block in blocks if isinstance(block, Chart)]
    shown = [each.evaluate("each => atob(each.currentSrc.split(',')[1])").encode("latin-1") for each in drawings]
    assert shown == fitting and len(shown) == 3
    assert min(each.evaluate(SMALLEST) for each in drawings) >= 11
