"""Every form with what it cannot use: the page says what is wrong, and everything that was typed is still on it.

The forms come from the routes, so a new one is in here by being there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from console_scene import Client
from fastapi.routing import APIRoute

from console.app import create_app
from console.context import Console
from console.menu import rule_of
from console.visit import SESSION
from registry.requests import RequestDraft
from registry.users import Role, UserDraft

TYPED = "typed by hand & <kept>"
SHOWN = "typed by hand &amp; &lt;kept&gt;"
TEMPLATES = Path(__file__).resolve().parent.parent.parent / "console" / "templates"
NAMED = re.compile(r'(?:name="|ui\.(?:field|area|choice|boxes)\(")(\w+)"')
FIELDS = {name for path in TEMPLATES.rglob("*.html") for name in NAMED.findall(path.read_text())} - {"csrf"}
ELSEWHERE = re.compile(
    r"^/sign-|^/me/|^/again/drop$|^/communications/reports$|^/(it/import|staff/check)$|/(verify|propose)$|/deposits/\{deposit_id\}/check$"
)
"""Tested with the sign-in; or nothing is typed into them; or they only start something."""


@pytest.fixture
def browsers(console: Console) -> Iterator[dict[Role, Client]]:
    """A browser for each role, signed in; the member of the staff answers for an account."""
    owner = console.registry.accounts()[0].owner_id
    staff = console.registry.users.named(Role.STAFF.value)
    assert staff is not None
    draft = UserDraft(staff.login, staff.name, staff.roles, staff.email, owner)
    console.registry.users.change(staff.user_id, draft, staff.version, "test", console.clock())
    app, opened = create_app(console), {}
    for role in Role:
        user = console.registry.users.named(role.value)
        assert user is not None
        opened[role] = Client(app)
        token = console.registry.sessions.sign_in_by_provider(user, "test", "127.0.0.1", console.clock())
        opened[role].cookies.set(f"hallpass_{SESSION}", token)
    yield opened
    for each in opened.values():
        each.close()


def test_no_form_loses_what_was_typed_when_it_cannot_be_used(console: Console, browsers: dict[Role, Client]) -> None:
    registry, now = console.registry, console.now()
    asked = RequestDraft(registry.marks()[0].mark_id, registry.accounts()[0].account_id, "A poster", now, None)
    places = {"request_id": registry.requests.ask(asked, "somebody", "Somebody", now).request_id}
    lost, tried = [], 0
    for route in create_app(console).routes:
        assert isinstance(route, APIRoute)
        rule = rule_of(route)
        if "POST" not in route.methods or rule is None or ELSEWHERE.search(route.path):
            continue
        path = re.sub(r"\{(\w+)(:\w+)?\}", lambda match: places.get(match[1], "1"), route.path)
        answer = browsers[min(rule.roles, default=Role.IT)].submit(path, **dict.fromkeys(FIELDS, TYPED))
        tried += 1
        if answer.status_code != 303 and (answer.status_code >= 500 or SHOWN not in answer.text):
            lost.append((route.path, answer.status_code, SHOWN in answer.text))
    assert not lost, "\n".join(map(str, lost))
    assert tried > 20


def test_a_form_that_is_shown_again_says_why_above_its_fields(browsers: dict[Role, Client]) -> None:
    for role, path in (
        (Role.IT, "/it/register"),
        (Role.IT, "/it/users"),
        (Role.SUPERINTENDENT, "/superintendent/organisations"),
        (Role.STAFF, "/staff/deposits"),
    ):
        page = browsers[role].submit(path, **dict.fromkeys(FIELDS, TYPED)).text
        assert 0 < page.find('role="alert"') < page.find(f'action="{path}"'), path
