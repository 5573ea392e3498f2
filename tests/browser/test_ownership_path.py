"""An account is proven by signing in on the platform, in a real browser: on X with IT, on Facebook by its owner."""

from __future__ import annotations

import re
from collections.abc import Callable

from browser_kit import Open, Served
from playwright.sync_api import Page, expect

from records.model import Account, Platform
from registry import AccountDraft
from registry.directory import Proof
from registry.users import Role

Check = Callable[[Page], None]
Picture = Callable[[Page, str], None]


def newest_proof(served: Served, account: Account) -> Proof:
    return served.console.registry.directory.history(account.account_id).proofs[0]


def unproven(served: Served, account: Account) -> None:
    """The account as somebody has just registered it."""
    registry, now = served.console.registry, served.console.now()
    registry.deactivate_account(account.account_id, "test", now, "to register it again")
    names = ("platform", "platform_id", "handle", "owner_id", "school", "purpose", "credential")
    registry.add_account(AccountDraft(**{name: getattr(account, name) for name in names}), "test", now, "again")


def test_it_registers_an_account_on_x_and_its_owner_proves_it_there(
    signed_in: Open, served: Served, axe: Check, picture: Picture
) -> None:
    registry = served.console.registry
    account = next(each for each in registry.accounts() if each.handle == "AFHS_Band")
    registry.deactivate_account(account.account_id, "test", served.console.now(), "to register it again")
    page = signed_in(Role.IT)
    page.goto("/it/register")
    page.get_by_label("Platform").select_option("x")
    page.get_by_label("Handle or number").fill(account.handle)
    page.get_by_label("Who answers for it").select_option(account.owner_id)
    page.get_by_label("School").select_option(account.school)
    page.get_by_label("What it is for").fill("The band")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", name="Proof of ownership")).to_be_visible()
    axe(page)
    picture(page, "it-account-ways-to-prove")
    page.get_by_role("link", name="Sign in on X").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("alert")).to_contain_text("The leave was denied on X")
    axe(page)
    picture(page, "it-ownership-denied")
    page.get_by_role("link", name="Sign in on X again").click()
    page.get_by_role("button", name=f"Allow as @{account.handle}", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text(f"@{account.handle} is proven for a year")
    assert page.url == f"{served.url}/it/accounts/{account.account_id}"
    proof = newest_proof(served, account)
    assert (proof.method, proof.by, proof.verified_at) == ("oauth", "it", served.console.now())


def test_an_owner_proves_their_page_on_facebook_from_a_phone_without_scripts(
    signed_in: Open, served: Served, picture: Picture
) -> None:
    staff = served.console.registry.users.named(served.sign_ins[Role.STAFF].login)
    assert staff is not None and staff.person_id is not None
    owned = [each.account for each in served.console.registry.owned(staff.person_id)]
    account = next(each for each in owned if each.platform is Platform.FACEBOOK)
    unproven(served, account)
    page = signed_in(Role.STAFF, phone=True, scripts=False)
    mine = page.locator("section.panel").filter(has=page.get_by_role("link", name=f"@{account.handle}", exact=True))
    mine.get_by_role("link", name="Prove that it is yours").click()
    picture(page, "staff-account-ways-to-prove")
    page.get_by_role("link", name="Sign in on Facebook").click()
    page.get_by_role("button", name=re.compile(f"^Allow as {served.sign_ins[Role.STAFF].name}$")).click()
    expect(page.get_by_role("status")).to_contain_text(f"@{account.handle} is proven for a year")
    expect(page.get_by_role("main")).to_contain_text("holds until")
    assert (newest_proof(served, account).method, newest_proof(served, account).by) == ("oauth", staff.login)
