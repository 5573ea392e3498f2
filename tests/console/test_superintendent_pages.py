"""The superintendent's pages: a GET decides nothing, a decision stands once, who was slower is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from console_scene import PASSWORD, Client, Visitor, words

from console.context import Console
from registry.requests import Request, RequestDraft
from registry.users import Role, UserDraft


@pytest.fixture
def asked(console: Console) -> Request:
    """Somebody on the staff asks for a mark."""
    mark, account = console.registry.marks()[0], console.registry.accounts()[0]
    now = console.now()
    draft = RequestDraft(mark.mark_id, account.account_id, "Science fair", now, now + timedelta(days=20))
    return console.registry.requests.ask(draft, "staff", "Staff One", now)


def test_opening_a_request_shows_it_and_decides_nothing(
    console: Console, client: Callable[[Role], Client], asked: Request
) -> None:
    browser = client(Role.SUPERINTENDENT)
    for path in ("/superintendent", f"/superintendent/requests/{asked.request_id}"):
        answer = browser.get(path)
        assert (answer.status_code, "Science fair" in words(answer)) == (200, True), words(answer)
    assert browser.get(f"/superintendent/requests/{asked.request_id}/approve").status_code == 404
    assert console.registry.requests.waiting() == [asked]


def test_approving_with_a_condition_gives_the_permission(
    console: Console, client: Callable[[Role], Client], asked: Request
) -> None:
    browser = client(Role.SUPERINTENDENT)
    path = f"/superintendent/requests/{asked.request_id}/approve"
    answer = browser.submit(path, version="1", conditions="Only on the poster")
    assert "is approved with your conditions" in words(browser.follow(answer))
    grant = console.registry.grants()[-1]
    assert (grant.asset, grant.conditions, grant.decided_by) == (asked.asset, "Only on the poster", "superintendent")


def test_an_approval_on_a_condition_that_is_not_written_is_asked_for_again(
    console: Console, client: Callable[[Role], Client], asked: Request
) -> None:
    path = f"/superintendent/requests/{asked.request_id}/approve"
    answer = client(Role.SUPERINTENDENT).submit(path, version="1", conditions="  ")
    assert (answer.status_code, "The condition is not written" in words(answer)) == (422, True)
    assert console.registry.requests.waiting() == [asked]


def test_a_permission_that_nobody_asked_for_is_given_for_every_account_until_it_is_revoked(
    console: Console, client: Callable[[Role], Client]
) -> None:
    browser, mark = client(Role.SUPERINTENDENT), console.registry.marks()[0]
    assert 'href="/superintendent/permissions/new"' in browser.get("/superintendent").text
    assert browser.get("/superintendent/permissions/new").status_code == 200
    form = {"asset": mark.mark_id, "account": "", "purpose": "Letterheads", "starts": "2026-11-01", "ends": ""}
    wrong = browser.submit("/superintendent/permissions", **form | {"ends": "2026-10-01"}, conditions="In black")
    assert (wrong.status_code, "would end before it begins" in words(wrong)) == (422, True)
    assert ("Letterheads" in wrong.text, "In black" in wrong.text) == (True, True)
    assert browser.submit("/superintendent/permissions", **form | {"starts": ""}).status_code == 422
    answer = browser.submit("/superintendent/permissions", **form, conditions="In black")
    given = console.registry.grants()[-1]
    assert answer.headers["location"] == f"/superintendent#{given.grant_id}"
    starts = datetime(2026, 11, 1, tzinfo=console.zone)
    assert (given.asset, given.account_id, given.purpose, given.starts, given.ends, given.decided_by) == (
        mark.mark_id, None, "Letterheads", starts, None, "superintendent",
    )  # fmt: skip
    assert given.conditions == "In black"
    assert "Letterheads" in words(browser.get("/superintendent/calendar?day=2027-05-01"))


def test_who_decides_second_sees_the_decision_and_what_was_typed(
    console: Console, client: Callable[[Role], Client], asked: Request
) -> None:
    browser = client(Role.SUPERINTENDENT)
    console.registry.requests.approve(asked.request_id, "deputy", console.now(), 1)
    answer = browser.submit(f"/superintendent/requests/{asked.request_id}/deny", version="1", reason="Too large")
    assert (answer.status_code, "Too large" in words(answer)) == (409, True)
    assert console.registry.requests.get(asked.request_id).state == "approved"


def test_a_denial_without_a_reason_is_asked_for_again(client: Callable[[Role], Client], asked: Request) -> None:
    answer = client(Role.SUPERINTENDENT).submit(f"/superintendent/requests/{asked.request_id}/deny", version="1")
    assert (answer.status_code, "needs its reason" in words(answer)) == (422, True)


@pytest.mark.parametrize(("day", "status"), [("2026-10-19", 200), ("", 200), ("tomorrow", 422), ("9999-12-31", 422)])
def test_the_calendar_answers_for_any_day(client: Callable[[Role], Client], day: str, status: int) -> None:
    assert client(Role.SUPERINTENDENT).get(f"/superintendent/calendar?day={day}").status_code == status


def test_a_permission_is_revoked_for_a_reason_only(console: Console, client: Callable[[Role], Client]) -> None:
    browser, grant = client(Role.SUPERINTENDENT), console.registry.grants()[0]
    path = f"/superintendent/permissions/{grant.grant_id}/revoke"
    assert browser.submit(path).status_code == 422
    assert browser.submit(path, why="misused").status_code == 303
    assert console.registry.grants()[0].revoked_by == "superintendent"


def test_an_organisation_is_accepted(console: Console, client: Callable[[Role], Client]) -> None:
    fields = {"title": "The library", "platform": "x", "handle": "town_library_here", "why": "It is the town's"}
    browser = client(Role.SUPERINTENDENT)
    assert browser.submit("/superintendent/organisations", **fields).status_code == 303
    assert console.registry.organisations()[-1].title == "The library"
    assert browser.submit("/superintendent/organisations", **fields).status_code == 422


def test_the_mailed_link_leads_to_signing_in_and_then_to_the_request_and_decides_nothing(
    console: Console, visitor: Visitor, asked: Request
) -> None:
    browser, path = visitor(), f"/superintendent/requests/{asked.request_id}"
    there = browser.get(path)
    assert (there.status_code, there.headers["location"]) == (303, f"/sign-in?next={quote(path, safe='')}")
    wanted = re.search(r'name="next" value="([^"]*)"', browser.get(there.headers["location"]).text)
    assert wanted is not None
    signed_in = browser.submit("/sign-in", login="superintendent", password=PASSWORD, next=wanted[1])
    assert signed_in.headers["location"] == path
    assert "Science fair" in words(browser.follow(signed_in))
    assert console.registry.requests.waiting() == [asked]


def test_what_is_asked_and_what_is_decided_is_told_at_once(console: Console, visitor: Visitor) -> None:
    told: list[str] = []
    everybody = console.registry.requests
    over = replace(console, tell_requests=lambda: told.extend(each.state for each in everybody.all()))
    owned = console.registry.accounts()[0]
    staff = console.registry.users.named("staff")
    assert staff
    draft = UserDraft(staff.login, staff.name, staff.roles, staff.email, owned.owner_id)
    console.registry.users.change(staff.user_id, draft, staff.version, "it", console.now())
    asker, decider = visitor(over), visitor(over)
    for browser, login in ((asker, "staff"), (decider, "superintendent")):
        browser.submit("/sign-in", login=login, password=PASSWORD)
    mark, day = console.registry.marks()[0].mark_id, f"{console.now() + timedelta(days=1):%Y-%m-%d}"
    asker.submit("/staff/requests", asset=mark, account=owned.account_id, purpose="Fair", starts=day, ends="")
    (request,) = everybody.waiting()
    decider.submit(f"/superintendent/requests/{request.request_id}/deny", version="1", reason="Not this year")
    assert told == ["waiting", "denied"]


def test_an_accepted_organisation_is_taken_back_with_a_reason_and_once(
    console: Console, client: Callable[[Role], Client]
) -> None:
    browser, first = client(Role.SUPERINTENDENT), console.registry.organisations()[0]
    path = f"/superintendent/organisations/{first.organisation_id}/take-back"
    assert f'action="{path}"' in browser.get("/superintendent/organisations").text
    assert browser.submit(path, why=" ").status_code == 422
    page = words(browser.follow(browser.submit(path, why="It was dissolved")))
    assert f"{first.title} is no longer part of the community." in page
    assert "1 was taken back" in page and "by Superintendent One: It was dissolved" in page
    again = browser.submit(path, why="It was dissolved")
    assert (again.status_code, "was taken back already, by Superintendent One" in words(again)) == (409, True)
    assert first not in console.registry.organisations()
