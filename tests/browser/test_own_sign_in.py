"""What everybody has besides their work: another password, where they are signed in, and the receipt of a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from browser_kit import Open, Served
from playwright.sync_api import Page, expect

from registry.users import Role, UserDraft

Check = Callable[[Page], None]
Picture = Callable[[Page, str], None]
Enter = Callable[..., Page]

FIRST, SECOND = "correct horse battery staple", "another horse and its battery"


@pytest.fixture
def enter(visitor: Open, served: Served) -> Enter:
    """A window where somebody of this test's own signs in: ``enter("wanda", password, scripts=False)``."""

    def sign_in(login: str, password: str, **options: bool) -> Page:
        registry = served.console.registry
        if registry.users.named(login) is None:
            draft = UserDraft(login, "Wanda Okafor", frozenset({Role.COMMUNICATIONS}))
            registry.users.add(draft, "test", served.console.clock(), password)
        page = visitor(**options)
        page.goto("/sign-in")
        page.get_by_label("Login").fill(login)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        return page

    return sign_in


def change(page: Page, now: str, new: str, again: str) -> None:
    page.get_by_label("The password that you have now").fill(now)
    page.get_by_label("The new one", exact=True).fill(new)
    page.get_by_label("The new one once more").fill(again)
    page.get_by_role("button", name="Change it").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_changes_their_password_and_is_signed_out_elsewhere(
    enter: Enter, axe: Check, picture: Picture, scripts: bool
) -> None:
    login = "wanda" if scripts else "wanda-without-scripts"
    page, elsewhere = enter(login, FIRST, scripts=scripts), enter(login, FIRST)
    page.goto("/me")
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(3)
    change(page, "surely another one", SECOND, SECOND)
    expect(page.get_by_role("alert")).to_contain_text("The password that you have now is another one")
    change(page, FIRST, SECOND, f"{SECOND}!")
    expect(page.get_by_role("alert")).to_be_visible()
    if scripts:
        axe(page)
        picture(page, "me-refused")
    change(page, FIRST, SECOND, SECOND)
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.get_by_role("table").get_by_role("row")).to_have_count(2)
    elsewhere.reload()
    expect(elsewhere.get_by_label("Password")).to_be_visible()
    expect(enter(login, FIRST).get_by_role("alert")).to_contain_text("The login or the password is not right")
    assert "/sign-in" not in enter(login, SECOND).url


def test_somebody_signs_out_everywhere_else(enter: Enter, axe: Check, picture: Picture) -> None:
    here, elsewhere = enter("robin", FIRST), enter("robin", FIRST)
    here.goto("/me")
    axe(here)
    picture(here, "me")
    here.get_by_role("button", name="Sign out everywhere else").click()
    expect(here.get_by_role("table").get_by_role("row")).to_have_count(2)
    expect(here.get_by_role("button", name="Sign out everywhere else")).to_have_count(0)
    elsewhere.reload()
    expect(elsewhere.get_by_label("Password")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_receipt_says_whether_a_file_is_the_one_that_was_handed_in(
    signed_in: Open, axe: Check, picture: Picture, tmp_path: Path, scripts: bool
) -> None:
    handed, changed = tmp_path / "export.zip", tmp_path / "changed.zip"
    handed.write_bytes(b"messages of the team" * 100)
    changed.write_bytes(handed.read_bytes() + b"!")
    page = signed_in(Role.STAFF, phone=True, scripts=scripts)
    page.goto("/staff/deposits")
    page.get_by_label("The file").set_input_files(handed)
    page.get_by_label("What it is").fill("Messages with the team")
    page.get_by_role("button", name="Hand it in").click()
    for file, said in ((handed, "Yes: export.zip is the file"), (changed, "No: changed.zip is another file")):
        page.get_by_label("A file to compare").set_input_files(file)
        page.get_by_role("button", name="Compare it").click()
        expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
        if scripts:
            axe(page)
    if scripts:
        picture(page, "staff-receipt-compared")
    page.get_by_role("button", name="Compare it").click()
    if not scripts:  # with them the browser itself asks for a file
        expect(page.get_by_label("A file to compare")).to_be_visible()
