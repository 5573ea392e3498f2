"""The communications office in a real browser: from sign-in to an empty queue, with the keys and without any script."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing

from browser_kit import Open, Served, enter
from playwright.sync_api import Page, expect

from registry.users import Role

QUEUE = "/communications"


def waiting(page: Page) -> int:
    """How many entries are on the page."""
    return page.locator("[data-row]").count()


def test_the_queue_is_emptied_with_the_keys_alone(
    signed_in: Open, served: Served, axe: Callable[[Page], None], picture: Callable[[Page, str], None]
) -> None:
    page = signed_in(Role.COMMUNICATIONS)
    expect(page.get_by_role("heading", name="To review")).to_be_visible()
    axe(page)
    picture(page, "communications-queue")
    page.keyboard.press("?")
    expect(page.get_by_text("staff contacted", exact=True)).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row][aria-current]")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/observations/**")
    axe(page)
    picture(page, "communications-observation")
    for step in range(60):
        if "/observations/" not in page.url:
            break
        before = page.url
        if step % 3 == 2:
            page.keyboard.press("c")
        else:
            page.keyboard.press("d")
            page.keyboard.press("3")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url, before=before: url != before)
    page.goto(QUEUE)
    while waiting(page):
        page.keyboard.press("j")
        page.keyboard.press("c")
        page.get_by_role("button", name="Yes, staff contacted").press("Enter")
        page.wait_for_url(re.compile(r"/communications$"))
    expect(page.get_by_text("All done")).to_be_visible()
    axe(page)
    picture(page, "communications-all-done")
    page.keyboard.press("u")
    expect(page.get_by_role("status")).to_contain_text("Taken back")
    states = {review.state for review in served.console.registry.reviews.all().values()}
    assert states == {"dismissed", "contacted", "new"}


def test_everything_is_done_without_a_script(signed_in: Open) -> None:
    page = signed_in(Role.COMMUNICATIONS, scripts=False)
    page.locator("[data-row] input[type=checkbox]").nth(0).check()
    page.locator("[data-row] input[type=checkbox]").nth(1).check()
    before = waiting(page)
    page.get_by_role("button", name=re.compile("^Dismiss")).click()
    expect(page.get_by_role("heading", name=re.compile("is that right"))).to_be_visible()
    page.get_by_label("It needs nothing from anybody").check()
    page.get_by_role("button", name="Yes, dismiss").click()
    expect(page.get_by_role("status")).to_contain_text("Dismissed")
    page.get_by_role("button", name="Undo my last step").click()
    expect(page.get_by_role("status")).to_contain_text("Taken back")
    page.goto(QUEUE)
    assert waiting(page) == before
    page.locator("[data-open]").first.click()
    page.locator("details.act", has_text="Staff contacted").locator("summary").click()
    page.get_by_role("button", name="Staff contacted", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Noted as contacted")


def test_pages_hold_in_the_dark_and_on_a_phone(
    signed_in: Open, axe: Callable[[Page], None], picture: Callable[[Page, str], None]
) -> None:
    page = signed_in(Role.COMMUNICATIONS, phone=True, dark=True)
    page.get_by_role("link", name=re.compile("in a picture")).first.click()
    page.locator("details.act", has_text="Dismiss").locator("summary").click()
    axe(page)
    picture(page, "communications-observation-dark")
    for path, name in (
        (f"{QUEUE}?clause=4.2", "communications-relationships"),
        (f"{QUEUE}/search?words=the", "communications-search"),
        (f"{QUEUE}/trends", "communications-trends"),
        (f"{QUEUE}/reports", "communications-reports"),
        (f"{QUEUE}?school=nowhere", "communications-nothing"),
    ):
        page.goto(path)
        axe(page)
        picture(page, name)


def test_a_name_is_shown_after_a_reason_only(signed_in: Open) -> None:
    page = signed_in(Role.COMMUNICATIONS)
    page.goto(f"{QUEUE}/search?words=the&kind=comment")
    page.locator(".snippet a").first.click()
    expect(page.get_by_role("heading", name=re.compile("^Commenter")).first).to_be_visible()
    page.get_by_text("Names are hidden").click()
    page.get_by_label("Why you need to know").fill("A parent asked")
    page.get_by_role("button", name="Show the names").click()
    expect(page.get_by_text("You opened these names")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("^Commenter"))).to_have_count(0)


def test_what_was_typed_survives_a_session_that_ends_meanwhile(signed_in: Open, served: Served) -> None:
    page = signed_in(Role.COMMUNICATIONS)
    page.locator("[data-open]").first.click()
    page.locator("details.act", has_text="Staff contacted").locator("summary").click()
    page.locator("#note-contacted").fill("Spoke with the coach on Monday")
    _end_sessions(served)
    page.get_by_role("button", name="Staff contacted", exact=True).click()
    expect(page.get_by_text("what you typed is still here")).to_be_visible()
    enter(page, served.sign_ins[Role.COMMUNICATIONS])
    expect(page.get_by_text("Spoke with the coach on Monday")).to_be_visible()
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("status")).to_contain_text("Noted as contacted")
    (review,) = served.console.registry.reviews.all().values()
    assert (review.state, review.note) == ("contacted", "Spoke with the coach on Monday")


def test_two_browsers_on_one_observation_get_both_sides_and_a_choice(
    signed_in: Open, served: Served, axe: Callable[[Page], None], picture: Callable[[Page, str], None]
) -> None:
    first, other = signed_in(Role.COMMUNICATIONS), signed_in(Role.COMMUNICATIONS)
    first.locator("[data-open]").first.click()
    other.goto(first.url)
    for page, state in ((first, "Take into review"), (other, "Staff contacted")):
        page.locator("details.act", has_text=state).locator("summary").click()
        page.get_by_role("button", name=state, exact=True).click()
    expect(other.get_by_role("heading", name="Somebody else was faster")).to_be_visible()
    axe(other)
    picture(other, "communications-conflict")
    other.get_by_role("button", name="Apply mine").click()
    expect(other.get_by_role("status")).to_contain_text("Noted as contacted")
    (review,) = served.console.registry.reviews.all().values()
    assert review.state == "contacted"


def _end_sessions(served: Served) -> None:
    """Let every session be over, as some hours without a click would."""
    registry = served.district.settings.folder / "registry.sqlite"
    with closing(sqlite3.connect(registry)) as database, database:
        database.execute("UPDATE console_session SET seen_at = '2020-01-01 00:00:00.000000'")
