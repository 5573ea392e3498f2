"""What IT decides besides registering, in a real browser: many accounts at once, leavers, going live, users."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from browser_kit import Open, Served
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, update

from records.model import Platform
from registry.accounts import COLUMNS
from registry.models import Person
from registry.users import Role

Check = Callable[[Page], None]
Picture = Callable[[Page, str], None]


@pytest.fixture
def page(signed_in: Open) -> Page:
    return signed_in(Role.IT)


def csv(path: Path, *rows: str) -> Path:
    """A file of accounts."""
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")
    return path


def test_a_csv_is_tried_first_says_what_is_wrong_in_which_row_and_is_imported_once_it_is_right(
    page: Page, served: Served, axe: Check, picture: Picture, tmp_path: Path
) -> None:
    good = "x,77001,BookClub_AF,staff-002,afps,News of the book club.,hallpass_x,2026-10-01,,"
    bad = "x,77002,ChessClub_AF,nobody-here,afps,News of the chess club.,hallpass_x,2026-10-01,,"
    before = len(served.console.registry.accounts())
    page.goto("/it/import")
    page.get_by_label("The file").set_input_files(csv(tmp_path / "accounts.csv", good, bad))
    page.get_by_role("button", name="See what would happen").click()
    expect(page.get_by_role("alert")).to_contain_text("1 row cannot be used.")
    (row,) = page.get_by_role("row").filter(has_text="nobody-here").all()
    expect(row.get_by_role("rowheader")).to_have_text("3")
    axe(page)
    picture(page, "it-import-refused")
    page.get_by_label("The file").set_input_files(csv(tmp_path / "mended.csv", good))
    page.get_by_role("button", name="See what would happen").click()
    expect(page.get_by_role("main")).to_contain_text("1 account would be added.")
    assert len(served.console.registry.accounts()) == before
    axe(page)
    picture(page, "it-import-tried")
    page.get_by_role("button", name="Import them").click()
    expect(page.get_by_role("status")).to_contain_text("1 account was added.")
    assert len(served.console.registry.accounts()) == before + 1


def test_an_account_whose_owner_left_is_kept_or_stopped_with_a_reason(
    page: Page, served: Served, axe: Check, picture: Picture
) -> None:
    registry, now = served.console.registry, served.console.now()
    owner = next(each.owner_id for each in registry.accounts() if each.handle == "LarkinBiology")
    engine = create_engine(served.district.settings.registry_url)
    with engine.begin() as connection:
        connection.execute(update(Person).where(Person.sourced_id == owner).values(left_at=now))
    engine.dispose()
    page.goto("/it/leavers")
    axe(page)
    picture(page, "it-leavers-waiting")
    form = page.locator("section", has=page.get_by_role("heading", name="@LarkinBiology"))
    form.get_by_role("button", name="Stop collecting").click()
    assert page.url.endswith("/it/leavers"), "a reason is asked for before anything is sent"
    form.get_by_label("Why").fill("She retired in October")
    form.get_by_role("button", name="Stop collecting").click()
    expect(page.get_by_role("status")).to_contain_text("@LarkinBiology is collected no more.")
    assert "LarkinBiology" not in {each.handle for each in registry.accounts()}
    expect(page.get_by_role("heading", name="@LarkinBiology")).to_have_count(0)


def test_a_step_of_going_live_is_done_where_it_can_be_read(page: Page, served: Served, axe: Check) -> None:
    page.goto("/it/golive")
    step = page.locator("section", has=page.get_by_role("heading", name="The School Committee has voted for it"))
    step.get_by_label("Where it can be read").fill("Minutes of 14 October 2026, item 7")
    step.get_by_role("button", name="It is done").click()
    expect(page.get_by_role("status")).to_contain_text("Done: The School Committee has voted for it.")
    expect(step).to_contain_text("Minutes of 14 October 2026, item 7")
    axe(page)
    assert "committee-vote" not in served.console.registry.go_live_missing()


def test_somebody_is_let_in_with_a_password_shown_once_and_closed_again(
    page: Page, visitor: Open, axe: Check, picture: Picture
) -> None:
    page.goto("/it/users/new")
    page.get_by_label("Name", exact=True).fill("Wren Okafor")
    page.get_by_label("Login").fill("wren")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Wren Okafor")
    page.get_by_label("Auditor").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Wren Okafor may sign in")).to_be_visible()
    axe(page)
    picture(page, "it-password")
    password = page.locator("dd").nth(1).inner_text()
    theirs = visitor()
    theirs.goto("/sign-in")
    theirs.get_by_label("Login").fill("wren")
    theirs.get_by_label("Password").fill(password)
    theirs.get_by_role("button", name="Sign in", exact=True).click()
    expect(theirs).not_to_have_url(re.compile("/sign-in"))
    page.get_by_role("link", name="To the users").click()
    page.get_by_role("link", name="Wren Okafor").click()
    page.get_by_label("Why").fill("Left the district")
    page.get_by_role("button", name="Close this user").click()
    expect(page.get_by_role("status")).to_contain_text("Wren Okafor may sign in no more")
    theirs.reload()
    expect(theirs).to_have_url(re.compile("/sign-in"))


@pytest.mark.parametrize("scripts", [True, False])
def test_an_account_is_changed_and_the_slower_of_two_browsers_is_shown_what_stands_there(
    signed_in: Open, served: Served, axe: Check, picture: Picture, scripts: bool
) -> None:
    account = next(each for each in served.console.registry.accounts() if each.handle == "AFHS_Robotics")
    one, other = (signed_in(Role.IT, scripts=scripts) for _ in range(2))
    for page in (one, other):
        page.goto(f"/it/accounts/{account.account_id}")
        page.get_by_role("link", name="Change").click()
    one.get_by_label("Why").fill(" ")
    one.get_by_role("button", name="Save").click()
    expect(one.get_by_role("alert")).to_contain_text("The change needs its reason")
    one.get_by_label("What it is for").fill(f"Robots, {'with' if scripts else 'without'} scripts")
    one.get_by_label("Why").fill("A better sentence")
    one.get_by_role("button", name="Save").click()
    expect(one.get_by_role("status")).to_be_visible()
    other.get_by_label("What it is for").fill("News of the club")
    other.get_by_label("Why").fill("Shorter")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("alert")).to_contain_text("@AFHS_Robotics was changed by somebody else meanwhile")
    expect(other.get_by_role("main")).to_contain_text(f"Robots, {'with' if scripts else 'without'} scripts")
    expect(other.get_by_label("What it is for")).to_have_value("News of the club")
    if scripts:
        axe(other)
        picture(other, "it-account-conflict")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("status")).to_be_visible()
    assert served.console.registry.account(account.account_id).purpose == "News of the club"


def test_a_wrong_reference_of_going_live_is_corrected(page: Page, served: Served, axe: Check, picture: Picture) -> None:
    served.console.registry.go_live_done("public-notice", "it", served.console.now(), "Minutes of 1 May")
    page.goto("/it/golive")
    step = page.locator("section", has=page.get_by_role("heading", name="The text of the public notice"))
    step.locator("summary").click()
    step.get_by_label("Where it can be read").fill("Minutes of 8 May")
    step.get_by_label("What was wrong").fill("Another meeting")
    axe(page)
    picture(page, "it-golive-correct")
    step.get_by_role("button", name="Correct it").click()
    expect(page.get_by_role("status")).to_contain_text("Corrected: The text of the public notice is decided.")
    expect(step).to_contain_text("Minutes of 8 May")


def test_the_months_limit_is_set_and_the_slower_of_two_browsers_sees_the_others(
    signed_in: Open, served: Served, axe: Check, picture: Picture
) -> None:
    one, other = signed_in(Role.IT), signed_in(Role.IT, scripts=False)
    for page in (one, other):
        page.get_by_role("link", name="Budget").click()
    axe(one)
    one.get_by_label("The most that X may cost in a month").fill("a lot")
    one.get_by_label("Why").fill("Two more schools")
    one.get_by_role("button", name="Set the limit").click()
    expect(one.get_by_role("alert")).to_contain_text("'a lot' is no amount in US dollars")
    expect(one.get_by_label("Why")).to_have_value("Two more schools")
    axe(one)
    one.get_by_label("The most that X may cost in a month").fill("150")
    one.get_by_role("button", name="Set the limit").click()
    expect(one.get_by_role("status")).to_contain_text("X may cost $150.00 a month from now on.")
    picture(one, "it-budget")
    other.get_by_label("The most that X may cost in a month").fill("90")
    other.get_by_label("Why").fill("One school less")
    other.get_by_role("button", name="Set the limit").click()
    expect(other.get_by_role("alert")).to_contain_text("was set by somebody else meanwhile")
    expect(other.get_by_role("main")).to_contain_text("of the $150.00 that it may")
    expect(other.get_by_label("The most that X may cost in a month")).to_have_value("90")
    other.get_by_role("button", name="Set the limit").click()
    expect(other.get_by_role("status")).to_be_visible()
    limit = served.console.registry.budgets.limit(Platform.X)
    assert limit is not None and (limit.usd, limit.why) == (90, "One school less")
