"""The superintendent and the staff in a browser, from sign-in to done, on a phone too and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from browser_kit import Open, Served
from playwright.sync_api import Page, expect

from registry.requests import RequestDraft
from registry.users import Role

Check = Callable[[Page], None]
Picture = Callable[[Page, str], None]


def district_seal(served: Served) -> Path:
    """A picture that carries the district's seal: the seal itself."""
    return served.console.folder / "sandbox" / "marks" / "district-seal.png"


def ask(served: Served, purpose: str) -> str:
    """A member of the staff asks for the first mark; the number of the request."""
    registry, now = served.console.registry, served.console.now()
    draft = RequestDraft(registry.marks()[0].mark_id, registry.accounts()[0].account_id, purpose, now, None)
    return registry.requests.ask(draft, "somebody", "Somebody Else", now).request_id


@pytest.mark.parametrize("scripts", [True, False])
def test_staff_ask_and_the_superintendent_approves_on_a_condition_on_a_phone(
    signed_in: Open, served: Served, axe: Check, picture: Picture, scripts: bool
) -> None:
    purpose = f"Fair poster, {'with' if scripts else 'without'} scripts"
    staff = signed_in(Role.STAFF, phone=True, scripts=scripts)
    staff.goto("/staff/requests?asset=district-seal")
    staff.get_by_label("What for").fill(purpose)
    staff.get_by_label("First day").fill("2026-10-20")
    staff.get_by_label("Last day").fill("2026-11-20")
    staff.get_by_label("A draft of the picture").set_input_files(district_seal(served))
    staff.get_by_role("button", name="Ask the superintendent").click()
    expect(staff.get_by_role("status")).to_contain_text("is with the superintendent")

    page = signed_in(Role.SUPERINTENDENT, phone=True, scripts=scripts)
    page.goto("/superintendent")
    request = page.get_by_role("article").filter(has_text=purpose)
    expect(request.get_by_role("img", name="wants to post")).to_be_visible()
    request.locator("summary", has_text="Approve with conditions").click()
    request.get_by_label("On the condition that").fill("Small, and in black")
    if scripts:
        axe(page)
        picture(page, "superintendent-approves")
    request.get_by_role("button", name="Approve on this condition").click()
    expect(page.get_by_role("status")).to_contain_text("is approved with your conditions")
    for path in ("/superintendent", "/superintendent/calendar?day=2026-11-20"):
        page.goto(path)
        expect(page.get_by_role("main")).to_contain_text(purpose)
    page.goto("/superintendent/calendar?day=2026-11-21")
    expect(page.get_by_role("main")).not_to_contain_text(purpose)
    staff.reload()
    answer = staff.get_by_role("listitem").filter(has_text=purpose)
    expect(answer).to_contain_text("Small, and in black")


def test_a_denial_carries_its_reason_to_who_asked(signed_in: Open, served: Served) -> None:
    request = ask(served, "A mug for sale")
    page = signed_in(Role.SUPERINTENDENT, phone=True, scripts=False)
    page.goto(f"/superintendent/requests/{request}")
    page.locator("summary", has_text="Deny").click()
    page.get_by_label("Because").fill("The seal is not for sale")
    page.get_by_role("button", name="Deny the request").click()
    expect(page.get_by_role("status")).to_contain_text(f"{request} is denied")
    denied = served.console.registry.requests.get(request)
    assert (denied.state, denied.reason) == ("denied", "The seal is not for sale")


def test_the_procedures_are_read_and_acknowledged_once(signed_in: Open, served: Served, axe: Check) -> None:
    page = signed_in(Role.STAFF, phone=True, scripts=False)
    page.get_by_role("link", name="Read and acknowledge").click()
    page.get_by_role("button", name="I have read version").click()
    expect(page.get_by_role("main")).to_contain_text("You acknowledged this version on")
    expect(page.get_by_role("button", name="I have read version")).to_have_count(0)
    page.goto("/staff")
    expect(page.get_by_role("link", name="Read and acknowledge")).to_have_count(0)
    procedures, person = served.console.registry.procedures, served.sign_ins[Role.STAFF].login
    current, user = procedures.current(), served.console.registry.users.named(person)
    assert current is not None and user is not None
    assert list(procedures.acknowledged(current.version)) == [user.person_id]


@pytest.mark.parametrize("scripts", [True, False])
def test_two_browsers_on_one_request_decide_it_once_and_the_slower_sees_by_whom(
    signed_in: Open, served: Served, axe: Check, picture: Picture, scripts: bool
) -> None:
    request = ask(served, f"A banner, {'with' if scripts else 'without'} scripts")
    one, other = (signed_in(Role.SUPERINTENDENT, phone=True, scripts=scripts) for _ in range(2))
    for page in (one, other):
        page.goto(f"/superintendent/requests/{request}")
    one.get_by_role("button", name=f"Approve {request}", exact=True).click()
    expect(one.get_by_role("status")).to_contain_text(f"{request} is approved")
    other.locator("summary", has_text="Deny").click()
    other.get_by_label("Because").fill("Not this year")
    other.get_by_role("button", name="Deny the request").click()
    expect(other.get_by_role("alert")).to_contain_text(f"{request} was approved by")
    expect(other.get_by_role("main")).to_contain_text("Not this year")
    assert served.console.registry.requests.get(request).state == "approved"
    if scripts:
        axe(other)
        picture(other, "superintendent-conflict")


def test_an_organisation_is_taken_back_on_a_phone(
    signed_in: Open, served: Served, axe: Check, picture: Picture
) -> None:
    registry = served.console.registry
    added = registry.add_organisation("x", "The old PTO", "test", served.console.now(), "Parents", handle="oldpto")
    page = signed_in(Role.SUPERINTENDENT, phone=True)
    page.goto("/superintendent/organisations")
    page.locator("summary", has_text="Take back: The old PTO").click()
    page.get_by_label("Why it belongs to the community no longer").locator("visible=true").fill("It was dissolved")
    axe(page)
    picture(page, "superintendent-takes-back")
    page.get_by_role("button", name="Take back The old PTO").click()
    expect(page.get_by_role("status")).to_contain_text("The old PTO is no longer part of the community.")
    page.locator("summary", has_text="taken back").last.click()
    expect(page.get_by_role("main")).to_contain_text("It was dissolved")
    picture(page, "superintendent-took-back")
    assert added not in registry.organisations()
