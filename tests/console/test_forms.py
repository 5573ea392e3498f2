"""Forms must be ours, headers go with every answer, and nothing typed is lost or leads elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from console_scene import PASSWORD, Client, TestClock, Visitor, words
from fastapi.routing import APIRoute

from console.access import Rule
from console.app import create_app
from console.context import Console
from console.gate import FORM_LIMIT
from console.menu import rule_of
from registry.sessions import IDLE, KEPT
from registry.users import Role

SignIn = Callable[[Role], Client]
TEMPLATES = Path(__file__).resolve().parent.parent.parent / "console" / "templates"


def test_a_form_without_the_sessions_token_changes_nothing(console: Console, client: SignIn) -> None:
    browser = client(Role.IT)
    answer = browser.post("/it/golive/procedures", data={"csrf": "f" * 64, "reference": "version 3"})
    assert answer.status_code == 409
    assert "so it was not sent" in words(answer) and "version 3" in answer.text
    elsewhere = browser.post(
        "/it/golive/procedures", data={"reference": "x"}, headers={"origin": "https://evil.example"}
    )
    assert elsewhere.status_code == 403
    assert console.registry.go_live_missing() == ["union-notice", "committee-vote", "public-notice", "procedures"]


def actions(console: Console) -> list[tuple[str, Rule]]:
    """Where every form leads, with its rule, taken from the routes."""
    routes = [route for route in create_app(console).routes if isinstance(route, APIRoute) and "POST" in route.methods]
    ruled = [(re.sub(r"\{\w+(:\w+)?\}", "1", route.path), rule_of(route)) for route in routes]
    return [(path, rule) for path, rule in ruled if rule is not None]


def test_no_form_of_any_page_does_anything_without_the_token_of_its_session(console: Console, client: SignIn) -> None:
    browsers = {role: client(role) for role in Role}
    before, other, answers = console.registry.outbox(), {"csrf": client(Role.AUDITOR).token}, {}
    for path, rule in actions(console):
        post = browsers[min(rule.roles, default=Role.IT)].post
        evil = post(path, data=other, headers={"origin": "https://evil.example"})
        answers[path] = (post(path).status_code, post(path, data=other).status_code, evil.status_code)
    assert {path: told for path, told in answers.items() if told != (409, 409, 403)} == {}
    assert console.registry.outbox() == before and len(answers) > 50


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_each_form_carries_its_token_and_no_page_a_script_or_a_style_of_its_own(template: Path) -> None:
    page = template.read_text()
    forms = re.findall(r'(?s)<form[^>]*method="post".*?</form>', page)
    assert [form for form in forms if "csrf()" not in form] == []
    assert re.findall(r"(?s)<script(?![^>]* src=)|<style|\bstyle=|\son[a-z]+=|javascript:", page) == []


def test_a_form_whose_session_ended_waits_for_the_same_person(
    client: SignIn, visitor: Visitor, clock: TestClock
) -> None:
    browser = client(Role.IT)
    browser.get("/it/golive")
    clock.at += IDLE
    answer = browser.submit("/it/golive/procedures", reference="Version 3 of 1 September")
    assert answer.headers["location"] == "/sign-in?next=%2Fagain"
    kept = browser.cookies["hallpass_kept"]
    other = visitor()
    other.submit("/sign-in", login="auditor", password=PASSWORD)
    other.cookies.set("hallpass_kept", kept, domain="127.0.0.1", path="/")
    assert other.get("/again").headers["location"] == "/"
    browser.submit("/sign-in", login="it", password=PASSWORD, next="/again")
    assert "Version 3 of 1 September" in words(browser.get("/again"))
    clock.at += KEPT
    assert browser.get("/again").status_code == 303


def test_no_password_is_ever_kept(console: Console, client: SignIn, clock: TestClock) -> None:
    browser = client(Role.IT)
    clock.at += IDLE
    browser.submit("/it/golive/procedures", reference="r", password="typed-in-the-wrong-place")
    stored = b"".join(path.read_bytes() for path in console.folder.glob("registry.sqlite*"))
    assert b"typed-in-the-wrong-place" not in stored


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere", "/it", "/static/console.css"])
def test_every_answer_forbids_scripts_frames_and_guests(visitor: Visitor, path: str) -> None:
    headers = visitor().get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe-inline" not in policy
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")


def test_another_host_name_is_not_answered(visitor: Visitor) -> None:
    assert visitor().get("/sign-in", headers={"host": "rebound.example"}).status_code == 400


def test_more_than_a_form_can_hold_is_refused(visitor: Visitor) -> None:
    answer = visitor().submit("/sign-in", login="x" * (FORM_LIMIT + 1))
    assert answer.status_code == 413
    assert "larger than this page takes" in words(answer)


def test_a_file_is_taken_of_those_only_who_have_signed_in(client: SignIn, visitor: Visitor, clock: TestClock) -> None:
    large = {"file": ("export.zip", b"x" * (FORM_LIMIT + 1))}
    stranger, mine = visitor(), client(Role.STAFF)
    assert stranger.submit("/staff/deposits", large, note="mine").status_code == 413
    clock.at += IDLE
    answer = mine.submit("/staff/deposits", large, note="Messages with the team")
    assert answer.headers["location"] == "/sign-in?next=%2Fagain"
    mine.submit("/sign-in", login="staff", password=PASSWORD)
    assert "Messages with the team" in words(mine.get("/again"))


def test_a_stranger_cannot_fill_the_log_with_forms_of_no_session(console: Console, visitor: Visitor) -> None:
    assert visitor().post("/sign-in", data={"csrf": "f" * 64, "login": "it"}).status_code == 409
    assert console.registry.sessions.log() == []


def test_an_address_that_leads_nowhere_keeps_the_menu_of_who_is_signed_in(client: SignIn, visitor: Visitor) -> None:
    assert 'href="/it/coverage"' in client(Role.IT).get("/nowhere").text
    assert "To the sign-in" in words(visitor().get("/nowhere"))
