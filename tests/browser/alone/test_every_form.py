"""Every form in a real browser, with what it cannot use: the page says what is wrong and keeps what was typed.

The forms are those of every page, so a new one is in here by being there. What a form takes is as good an answer.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from browser_kit import Served
from every_page import cookies, furnish, places
from playwright.sync_api import Browser, Locator, Page

from console.visit import cookie_name
from registry.users import Role

TYPED = "typed by hand & <kept>"
ELSEWHERE = re.compile(r"^/sign-|^/me/|^/again")
"""Tried with the sign-in."""

A_THING = re.compile(r"(?<=/)[^/]*\d[^/]*")
"""What tells two forms of one kind apart in their addresses."""

PREPARE = (
    "form => { form.noValidate = true; for (const each of document.querySelectorAll('details')) each.open = true }"
)
FORMS = "forms => forms.map(form => form.getAttribute('action') ?? '')"


def test_no_form_breaks_or_loses_what_was_typed(browser: Browser, served: Served) -> None:
    every = places(served, furnish(served))
    tried: dict[str, bool] = {}
    for role in Role:
        context = browser.new_context(base_url=served.url, reduced_motion="reduce", service_workers="block")
        for name, value in cookies(served, role.value).items():
            context.add_cookies([{"name": cookie_name(name, served.console.secure), "value": value, "url": served.url}])
        page = context.new_page()
        for path in every[role.value]:
            page.goto(path)
            for action in page.locator("form[method=post]").evaluate_all(FORMS):
                kind = A_THING.sub("#", urlsplit(action or path).path)
                if kind not in tried and not ELSEWHERE.search(kind):
                    tried[kind] = typed_into(page, path, action)
        context.close()
    assert sum(tried.values()) > 20, tried


def typed_into(page: Page, path: str, action: str) -> bool:
    """Fill the form in and send it; whether there was a field to fill in."""
    page.goto(path)
    form = page.locator(f'form[method=post][action="{action}"]' if action else "form[method=post]").first
    if not form.count():  # what an earlier form did ended it
        return False
    form.evaluate(PREPARE)
    fields = [each for each in form.locator("input, textarea").all() if is_written_into(each)]
    if not fields:
        return False
    for field in fields:
        field.fill(TYPED)
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        form.locator("button").first.click()
    page.wait_for_load_state()
    assert sent.value.status < 500, (path, action, sent.value.status)
    if sent.value.status != 303:
        kept = page.locator("input, textarea").evaluate_all("fields => fields.map(field => field.value)")
        assert TYPED in [*kept, *page.locator("dd").all_inner_texts()], (path, action)
        assert page.get_by_role("alert").count() or page.locator("main p").count(), (path, action)
    return True


def is_written_into(field: Locator) -> bool:
    """Whether somebody can type words into it."""
    kind = field.evaluate("field => field.type")
    return kind in ("text", "textarea", "search", "email", "url") and field.is_visible() and field.is_editable()
