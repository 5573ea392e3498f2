"""Somebody in IT, from sign-in to an account that is proven, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from browser_kit import Open, Served, enter
from playwright.sync_api import Page
from sqlalchemy import create_engine, update

from registry.models.users import SessionRow
from registry.users import Role

Check = Callable[[Page], None]
Picture = Callable[[Page, str], None]


def test_the_sign_in_is_clean_and_says_what_was_wrong(visitor: Open, axe: Check, picture: Picture) -> None:
    page = visitor()
    page.goto("/sign-in")
    axe(page)
    page.get_by_label("Login").fill("it")
    page.get_by_label("Password").fill("surely another one")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert page.get_by_role("alert").inner_text().startswith("The login or the password is not right.")
    axe(page)
    picture(page, "sign-in")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_account_is_found_given_a_code_and_refused_without_it(
    signed_in: Open, served: Served, axe: Check, picture: Picture, scripts: bool
) -> None:
    page = signed_in(Role.IT, scripts=scripts)
    handle = served.console.registry.accounts()[0].handle
    page.get_by_label("Search").fill(handle)
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=f"@{handle}").click()
    page.get_by_role("button", name="Give").click()
    assert "It holds for 24 hours." in page.get_by_role("status").inner_text()
    if scripts:
        axe(page)
        picture(page, "it-account")
    page.get_by_role("button", name="Look for it in the bio").click()
    assert f"The bio of @{handle} does not show hallpass-" in page.get_by_role("main").inner_text()


def test_two_browsers_on_one_user_get_a_clear_choice(signed_in: Open, axe: Check, picture: Picture) -> None:
    one, other = signed_in(Role.IT), signed_in(Role.IT)
    for page in (one, other):
        page.goto("/it/users")
        page.get_by_role("link", name="Mirela Stanhope").click()
    one.get_by_label("Name", exact=True).fill("Mirela Stanhope-Roy")
    one.get_by_role("button", name="Save").click()
    other.get_by_label("Name", exact=True).fill("M. Stanhope")
    other.get_by_role("button", name="Save").click()
    assert "changed by somebody else meanwhile" in other.get_by_role("alert").inner_text()
    assert "Mirela Stanhope-Roy" in other.get_by_role("main").inner_text()
    assert other.get_by_label("Name", exact=True).input_value() == "M. Stanhope"
    axe(other)
    picture(other, "it-conflict")


def end_sessions(registry_url: str, at: datetime) -> None:
    engine = create_engine(registry_url)
    with engine.begin() as connection:
        connection.execute(update(SessionRow).values(ends_at=at))
    engine.dispose()


def test_a_form_that_was_sent_after_the_session_ended_loses_nothing(
    signed_in: Open, served: Served, axe: Check, picture: Picture
) -> None:
    page = signed_in(Role.IT)
    page.goto("/it/register")
    page.get_by_label("Platform").select_option("x")
    page.get_by_label("Handle or number").fill("nobody_has_this")
    page.get_by_label("Who answers for it").select_option(index=1)
    page.get_by_label("School").select_option(index=1)
    page.get_by_label("What it is for").fill("News of the robotics club")
    end_sessions(served.district.settings.registry_url, served.console.clock())
    page.get_by_role("button", name="Register").click()
    enter(page, served.sign_ins[Role.IT])
    assert "News of the robotics club" in page.get_by_role("main").inner_text()
    axe(page)
    picture(page, "form-kept")
    page.get_by_role("button", name="Send it now").click()
    assert page.get_by_label("What it is for").input_value() == "News of the robotics club"
