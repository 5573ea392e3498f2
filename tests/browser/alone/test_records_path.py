"""The records officer in a browser: from a request that came to the answer that went out, with and without scripts."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from browser_kit import Open, Served, enter
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, update

from registry.models import SessionRow
from registry.users import Role

Check = Callable[[Page], None]
Picture = Callable[[Page, str], None]


def note_request(page: Page) -> None:
    page.get_by_label("Who asks").fill("The Alder Gazette")
    page.get_by_label("What is asked for").fill("What the library published, and what was written under it")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_role("status")).to_contain_text("R1 is noted")


def choose_records(page: Page) -> None:
    page.get_by_role("link", name="Search the archive").last.click()
    page.get_by_label("Account").select_option(label="@AFHS_Library")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("button", name="Add everything that matches").click()
    expect(page.get_by_role("status")).to_contain_text("were added")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_request_is_noted_searched_redacted_written_and_answered(
    signed_in: Open, axe: Check, picture: Picture, scripts: bool
) -> None:
    def look(name: str) -> None:
        if scripts:
            axe(page)
            picture(page, f"records-{name}")

    page = signed_in(Role.RECORDS, phone=not scripts, scripts=scripts)
    expect(page.get_by_role("heading", name="Public records requests")).to_be_visible()
    look("requests")
    note_request(page)
    look("request-new")
    choose_records(page)
    page.goto("/records/requests/R1")
    look("request-chosen")
    page.goto("/records/requests/R1/items/1")
    word = page.locator("article p").first.inner_text().split()[-1].strip(".!?")
    page.get_by_label("Words to black out").fill(word)
    page.get_by_label("Exemption").select_option("c")
    page.get_by_label("Why").last.fill("A private matter")
    page.get_by_role("button", name="Release it redacted").click()
    page.goto("/records/requests/R1/items/1")
    expect(page.get_by_role("main")).to_contain_text("[redacted (c)]")
    look("redacted")
    page.goto("/records/requests/R1")
    page.get_by_role("button", name=re.compile("undecided")).last.click()
    page.get_by_role("button", name="Write the answer").click()
    for _ in range(60):
        if page.get_by_role("link", name="R1-1.zip").count():
            break
        page.wait_for_timeout(1_000)
        page.goto("/records/requests/R1")
    look("request-written")
    fetched = page.request.get("/records/exports/R1-1.zip")
    with zipfile.ZipFile(io.BytesIO(fetched.body())) as bag:
        assert "R1-1/data/records.pdf" in bag.namelist()
    page.locator("summary", has_text="Note that it is answered").click()
    page.get_by_label("What was sent, and how").fill("R1-1.zip, by mail")
    page.get_by_role("button", name="It is answered").click()
    expect(page.get_by_role("status").first).to_contain_text("R1 is answered")
    look("request-answered")


def test_two_officers_on_one_record_are_told_and_nothing_is_overwritten(
    signed_in: Open, served: Served, axe: Check, picture: Picture
) -> None:
    first, other = signed_in(Role.RECORDS), signed_in(Role.RECORDS)
    note_request(first)
    choose_records(first)
    for page in (first, other):
        page.goto("/records/requests/R1/items/1")
    first.get_by_role("button", name="Release it whole").click()
    other.get_by_label("Exemption").select_option("a")
    other.get_by_label("Why").last.fill("Sealed by a court")
    other.get_by_role("button", name="Withhold all of it").click()
    expect(other.get_by_role("main")).to_contain_text("decided on record 1")
    expect(other.get_by_role("main")).to_contain_text("Sealed by a court")
    axe(other)
    picture(other, "records-conflict")
    assert served.console.registry.public_requests.items.get("R1", 1).ruling.kind == "whole"


def test_a_request_that_was_typed_while_the_session_ended_is_sent_after_signing_in(
    signed_in: Open, served: Served
) -> None:
    page = signed_in(Role.RECORDS)
    page.get_by_label("Who asks").fill("The Alder Gazette")
    page.get_by_label("What is asked for").fill("Everything on the otters")
    engine = create_engine(served.district.settings.registry_url)
    with engine.begin() as connection:
        connection.execute(update(SessionRow).values(ends_at=served.console.clock()))
    engine.dispose()
    page.get_by_role("button", name="Note it").click()
    enter(page, served.sign_ins[Role.RECORDS])
    expect(page.get_by_text("Everything on the otters")).to_be_visible()
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("status")).to_contain_text("R1 is noted")
