"""Signing in with login and password, the second factor, sessions and their end, and how often one may try."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pyotp
import pytest
from console_scene import PASSWORD, Client, TestClock, Visitor, words

from console.app import create_app
from console.context import Console
from records.errors import Throttled
from registry.access_log import TRIES_PER_ADDRESS, TRIES_PER_LOGIN, WINDOW
from registry.sessions import HALFWAY, IDLE, LONGEST
from registry.users import Role, UserDraft

SignIn = Callable[[Role], Client]


def log(console: Console) -> list[tuple[str, bool, str]]:
    return [(each.login, each.allowed, each.reason) for each in reversed(console.registry.sessions.log())]


def test_each_role_lands_in_its_room_and_the_log_says_who_came(console: Console, client: SignIn) -> None:
    answer = client(Role.IT).get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/it")
    assert log(console) == [("it", True, "signed in")]


@pytest.mark.parametrize(("login", "why"), [("it", "wrong password"), ("nobody-of-that-name", "unknown login")])
def test_a_wrong_password_and_an_unknown_login_read_the_same(
    console: Console, visitor: Visitor, login: str, why: str
) -> None:
    answer = visitor().submit("/sign-in", login=login, password="not the one at all")
    assert answer.status_code == 422
    assert "The login or the password is not right. Type both again, or ask IT for a new password." in words(answer)
    assert log(console) == [(login, False, why)]


def test_a_closed_user_does_not_come_in_and_open_sessions_end(console: Console, client: SignIn) -> None:
    browser = client(Role.RECORDS)
    user = console.registry.users.named("records")
    assert user is not None
    console.registry.users.close(user.user_id, user.version, "it", console.clock(), "left")
    assert browser.get("/").headers["location"].startswith("/sign-in")
    assert browser.submit("/sign-in", login="records", password=PASSWORD).status_code == 422
    assert log(console)[-1] == ("records", False, "closed")


def test_a_session_has_a_token_of_its_own_and_never_the_one_from_before(visitor: Visitor) -> None:
    browser = visitor()
    browser.get("/sign-in")
    before = dict(browser.cookies)
    browser.submit("/sign-in", login="it", password=PASSWORD)
    first = browser.cookies["hallpass_session"]
    assert first not in before.values()
    browser.submit("/sign-in", login="it", password=PASSWORD)
    assert browser.cookies["hallpass_session"] != first


def test_a_token_is_kept_as_a_hash_only(console: Console, client: SignIn) -> None:
    token = client(Role.IT).cookies["hallpass_session"]
    stored = b"".join(path.read_bytes() for path in console.folder.glob("registry.sqlite*"))
    assert token.encode() not in stored
    assert PASSWORD.encode() not in stored


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(console: Console) -> None:
    with Client(create_app(console)) as browser:
        cookies = browser.submit("/sign-in", login="it", password=PASSWORD).headers.get_list("set-cookie")
    session, known = cookies
    assert re.fullmatch(r"hallpass_session=[\w-]{43}; HttpOnly; Path=/; SameSite=Lax", session)
    assert re.fullmatch(r'hallpass_known="?[\w+/=]+"?; HttpOnly; Max-Age=31536000; Path=/; SameSite=Lax', known)


def test_over_https_cookies_are_secure_and_tied_to_this_host(console: Console) -> None:
    with Client(create_app(replace(console, url="https://hallpass.alder.example"))) as browser:
        answer = browser.get("/sign-in")
    cookie = answer.headers["set-cookie"]
    assert re.fullmatch(r"__Host-hallpass_browser=[\w-]{43}; HttpOnly; Path=/; SameSite=Lax; Secure", cookie)
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_a_session_ends_when_nobody_uses_it_and_after_half_a_day(client: SignIn, clock: TestClock) -> None:
    browser = client(Role.IT)
    for _ in range(int(LONGEST / (IDLE / 2)) - 1):
        clock.at += IDLE / 2
        assert browser.get("/it").status_code == 200
    clock.at += IDLE / 2
    assert browser.get("/it").headers["location"] == "/sign-in?next=%2Fit"
    idle = client(Role.STAFF)
    clock.at += IDLE
    assert idle.get("/").headers["location"] == "/sign-in?next=%2F"


def test_another_role_brings_another_token_and_takes_the_old_one_back(console: Console, client: SignIn) -> None:
    browser = client(Role.RECORDS)
    token, user = browser.cookies["hallpass_session"], console.registry.users.named("records")
    assert user is not None
    draft = UserDraft(user.login, user.name, frozenset({Role.IT}), user.email)
    console.registry.users.change(user.user_id, draft, user.version, "it", console.clock(), "moved")
    assert browser.get("/it").status_code == 200
    assert browser.cookies["hallpass_session"] != token
    browser.cookies.set("hallpass_session", token, domain="127.0.0.1", path="/")
    assert browser.get("/it").status_code == 303


def test_signing_out_ends_the_session_in_the_registry_too(client: SignIn) -> None:
    browser = client(Role.IT)
    token = browser.cookies["hallpass_session"]
    assert "You are signed out." in words(browser.follow(browser.submit("/sign-out")))
    browser.cookies.set("hallpass_session", token, domain="127.0.0.1", path="/")
    assert browser.get("/it").status_code == 303


def test_too_many_wrong_tries_close_a_login_for_a_while_even_for_the_right_password(
    console: Console, visitor: Visitor, clock: TestClock
) -> None:
    for _ in range(TRIES_PER_LOGIN):
        assert visitor().submit("/sign-in", login="it", password="x" * 12).status_code == 422
    answer = visitor().submit("/sign-in", login="it", password=PASSWORD)
    assert answer.status_code == 429
    assert "Too many tries to sign in have failed. Try again in 15 minutes." in words(answer)
    assert visitor(replace(console)).submit("/sign-in", login="staff", password=PASSWORD).status_code == 303
    clock.at += WINDOW
    assert visitor().submit("/sign-in", login="it", password=PASSWORD).status_code == 303


def test_one_address_cannot_go_through_all_the_logins(console: Console, visitor: Visitor) -> None:
    at, sessions = console.clock(), console.registry.sessions
    for number in range(TRIES_PER_ADDRESS):
        sessions.note_failed_provider(f"login{number}", "test", "testclient", at, "wrong")
    answer = visitor().submit("/sign-in", login="it", password=PASSWORD)
    assert answer.status_code == 429


def test_who_only_guesses_passwords_shuts_nobody_out_of_their_own_browser(
    console: Console, visitor: Visitor, client: SignIn
) -> None:
    mine, stranger = client(Role.SUPERINTENDENT), visitor()
    mine.submit("/sign-out")
    for _ in range(TRIES_PER_LOGIN):
        stranger.submit("/sign-in", login="superintendent", password="x" * 12)
    for _ in range(TRIES_PER_ADDRESS):
        with suppress(Throttled):
            console.registry.sessions.note_failed_provider("", "test", "testclient", console.clock(), "wrong")
    for browser, status in ((stranger, 429), (visitor(), 429), (mine, 303)):
        assert browser.submit("/sign-in", login="superintendent", password=PASSWORD).status_code == status
    assert mine.submit("/sign-in", login="it", password=PASSWORD).status_code == 429
    tried = [mine.submit("/sign-in", login="superintendent", password="x" * 12) for _ in range(TRIES_PER_LOGIN + 1)]
    assert [answer.status_code for answer in tried] == [422] * TRIES_PER_LOGIN + [429]


def test_a_browser_is_known_by_a_cookie_that_only_the_console_makes(visitor: Visitor, client: SignIn) -> None:
    session, known = (client(Role.IT).cookies[f"hallpass_{name}"] for name in ("session", "known"))
    for _ in range(TRIES_PER_LOGIN):
        visitor().submit("/sign-in", login="it", password="x" * 12)
    for said, status in (("it", 429), (session, 429), (f"{known[:-5]}AAAA=", 429), (known, 422)):
        browser = visitor()
        browser.get("/sign-in")
        browser.cookies.set("hallpass_known", said, domain="127.0.0.1", path="/")
        assert browser.submit("/sign-in", login="it", password="x" * 12).status_code == status


def test_signing_in_again_ends_the_session_that_the_browser_had(client: SignIn) -> None:
    browser = client(Role.IT)
    before = browser.cookies["hallpass_session"]
    browser.submit("/sign-in", login="staff", password=PASSWORD)
    browser.cookies.set("hallpass_session", before, domain="127.0.0.1", path="/")
    assert browser.get("/it").headers["location"].startswith("/sign-in")


def test_the_next_page_is_always_one_of_ours(visitor: Visitor) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\r\nX: y"):
        answer = visitor().submit("/sign-in", login="it", password=PASSWORD, next=elsewhere)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
    answer = visitor().submit("/sign-in", login="it", password=PASSWORD, next="/it?q=a")
    assert answer.headers["location"] == "/it?q=a"


# the second factor


@pytest.fixture
def strict(console: Console) -> Console:
    """A district of its own: a password alone opens nothing."""
    return replace(console, sandboxed=False)


def enrolled(browser: Client, clock: TestClock) -> pyotp.TOTP:
    """Sign in for the first time, and add a phone."""
    answer = browser.submit("/sign-in", login="it", password=PASSWORD)
    page = browser.follow(answer)
    found = re.search(r'class="secret" translate="no">([A-Z2-7 ]+)<', page.text)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page.text)
    assert found and sealed
    phone = pyotp.TOTP(found[1].replace(" ", ""))
    answer = browser.submit("/sign-in/enrol", sealed=sealed[1], code=phone.at(clock.at))
    assert answer.status_code == 303
    return phone


def test_the_first_sign_in_adds_a_phone_and_the_next_one_asks_for_its_code(
    strict: Console, visitor: Visitor, clock: TestClock
) -> None:
    browser = visitor(strict)
    phone = enrolled(browser, clock)
    assert browser.get("/it").status_code == 200
    clock.later(seconds=30)
    again = visitor(strict)
    assert again.submit("/sign-in", login="it", password=PASSWORD).headers["location"] == "/sign-in/code?next=/"
    assert again.get("/it").status_code == 303
    assert again.submit("/sign-in/code", code=phone.at(clock.at)).headers["location"] == "/"
    assert again.get("/it").status_code == 200


def test_a_page_with_several_filters_is_still_wanted_after_the_second_factor(
    strict: Console, visitor: Visitor, clock: TestClock
) -> None:
    phone = enrolled(visitor(strict), clock)
    clock.later(seconds=30)
    browser, wanted = visitor(strict), "/it?platform=x&q=a+b&school=%26"
    there = browser.submit("/sign-in", login="it", password=PASSWORD, next=wanted).headers["location"]
    found = re.search(r'name="next" value="([^"]*)"', browser.get(there).text)
    assert found and unescape(found[1]) == wanted
    answer = browser.submit("/sign-in/code", code=phone.at(clock.at), next=unescape(found[1]))
    assert answer.headers["location"] == wanted


def test_a_code_is_good_once_and_a_wrong_one_is_not(strict: Console, visitor: Visitor, clock: TestClock) -> None:
    phone = enrolled(visitor(strict), clock)
    browser = visitor(strict)
    browser.submit("/sign-in", login="it", password=PASSWORD)
    for code in (phone.at(clock.at), "000000", "letters", "", "１２３４５６"):
        answer = browser.submit("/sign-in/code", code=code)
        assert answer.status_code == 422, code
        assert "The code is not right, or was used already." in words(answer)
    assert [reason for _, allowed, reason in log(strict) if not allowed] == ["code used before"] + ["wrong code"] * 4


def test_a_code_of_the_step_before_or_after_is_taken_and_no_older_one(
    strict: Console, visitor: Visitor, clock: TestClock
) -> None:
    phone = enrolled(visitor(strict), clock)
    clock.later(minutes=10)
    for seconds, status in ((-60, 422), (60, 422), (-30, 303), (30, 303)):
        browser = visitor(strict)
        browser.submit("/sign-in", login="it", password=PASSWORD)
        assert (
            browser.submit("/sign-in/code", code=phone.at(clock.at + timedelta(seconds=seconds))).status_code == status
        )


def test_wrong_codes_are_counted_like_wrong_passwords(strict: Console, visitor: Visitor, clock: TestClock) -> None:
    phone = enrolled(visitor(strict), clock)
    clock.later(minutes=1)
    browser = visitor(strict)
    browser.submit("/sign-in", login="it", password=PASSWORD)
    statuses = [browser.submit("/sign-in/code", code="000000").status_code for _ in range(TRIES_PER_LOGIN + 1)]
    assert statuses == [422] * TRIES_PER_LOGIN + [429]
    assert browser.submit("/sign-in/code", code=phone.at(clock.at)).status_code == 429


def test_wrong_passwords_of_others_do_not_stop_who_is_at_the_second_step(
    strict: Console, visitor: Visitor, clock: TestClock
) -> None:
    phone = enrolled(visitor(strict), clock)
    clock.later(minutes=1)
    browser, stranger = visitor(strict), visitor(strict)
    browser.submit("/sign-in", login="it", password=PASSWORD)
    for _ in range(TRIES_PER_LOGIN):
        stranger.submit("/sign-in", login="it", password="x" * 12)
    assert browser.submit("/sign-in/code", code=phone.at(clock.at)).status_code == 303


def test_what_was_sealed_for_something_else_is_no_second_factor(strict: Console, visitor: Visitor) -> None:
    browser = visitor(strict)
    browser.submit("/sign-in", login="it", password=PASSWORD)
    sealed = strict.vault.seal("it", "known")
    answer = browser.submit("/sign-in/enrol", sealed=sealed, code="000000")
    assert (answer.status_code, "was sealed with another key" in words(answer)) == (422, True)


def test_halfway_is_nowhere_and_does_not_last(strict: Console, visitor: Visitor, clock: TestClock) -> None:
    browser = visitor(strict)
    browser.submit("/sign-in", login="it", password=PASSWORD)
    assert browser.get("/").headers["location"].startswith("/sign-in")
    clock.at += HALFWAY
    assert browser.get("/sign-in/enrol").headers["location"] == "/sign-in"


def test_a_second_factor_is_kept_sealed(strict: Console, visitor: Visitor, clock: TestClock) -> None:
    phone = enrolled(visitor(strict), clock)
    stored = b"".join(path.read_bytes() for path in strict.folder.glob("registry.sqlite*"))
    assert phone.secret.encode() not in stored


def test_somebody_in_it_lets_another_set_up_a_new_phone(strict: Console, visitor: Visitor, clock: TestClock) -> None:
    browser = visitor(strict)
    enrolled(browser, clock)
    user = strict.registry.users.named("it")
    assert user is not None and user.totp
    strict.registry.users.recover(user.user_id, user.version, "colleague", clock(), "another long one", "phone lost")
    assert browser.get("/it").status_code == 303
    answer = browser.submit("/sign-in", login="it", password="another long one")
    assert answer.headers.get("location") == "/sign-in/enrol?next=/", words(answer)


# one's own sign-in

NEW = "a battery that staples horses"


def test_a_password_is_changed_by_who_knows_it_and_ends_their_other_sessions(client: SignIn, visitor: Visitor) -> None:
    mine, elsewhere = client(Role.AUDITOR), client(Role.AUDITOR)
    token = mine.cookies["hallpass_session"]
    answer = mine.submit("/me/password", password_now=PASSWORD, password_new=NEW, password_again=NEW)
    assert "Your password was changed." in words(mine.follow(answer))
    assert mine.cookies["hallpass_session"] != token
    assert elsewhere.get("/me").headers["location"] == "/sign-in?next=%2Fme"
    assert visitor().submit("/sign-in", login="auditor", password=PASSWORD).status_code == 422
    assert visitor().submit("/sign-in", login="auditor", password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("now", "new", "again", "said"),
    [
        ("not the one at all", NEW, NEW, "The password that you have now is another one"),
        (PASSWORD, NEW, f"{NEW}!", "The new password was typed in two ways"),
        (PASSWORD, "short", "short", "A password has 12 to 200 characters"),
    ],
)
def test_a_password_that_cannot_be_changed_stays(
    client: SignIn, visitor: Visitor, now: str, new: str, again: str, said: str
) -> None:
    answer = client(Role.IT).submit("/me/password", password_now=now, password_new=new, password_again=again)
    assert (answer.status_code, said in words(answer), new in answer.text) == (422, True, False)
    assert visitor().submit("/sign-in", login="it", password=PASSWORD).status_code == 303


def test_an_open_session_cannot_guess_the_password_either(console: Console, client: SignIn) -> None:
    browser = client(Role.IT)
    tries = [
        browser.submit("/me/password", password_now="x" * 12, password_new=NEW, password_again=NEW).status_code
        for _ in range(TRIES_PER_LOGIN + 1)
    ]
    assert tries == [422] * TRIES_PER_LOGIN + [429]
    assert log(console)[-1] == ("it", False, "wrong password")


def test_somebody_sees_where_they_are_signed_in_and_ends_it(client: SignIn) -> None:
    mine, elsewhere = client(Role.IT), client(Role.IT)
    page = mine.get("/me")
    assert page.text.count("testclient") == 2 and "Here" in words(page)
    assert "1 other sign-in has ended." in words(mine.follow(mine.submit("/me/sessions")))
    assert (mine.get("/it").status_code, elsewhere.get("/it").status_code) == (200, 303)
