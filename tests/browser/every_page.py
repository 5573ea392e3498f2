"""Every page of the console, taken from its routes: somebody who may see it, an address, and something to see there."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from browser_kit import Served
from fastapi.routing import APIRoute
from pyotp import TOTP
from sqlalchemy import create_engine, update

from console.app import create_app
from console.menu import rule_of
from console.reading.desk import Seen, desk
from console.security import second_factor
from console.visit import KEPT, SESSION
from records.retention import RetentionRule, Series, Trigger
from registry.deposits import DepositDraft
from registry.holds import HoldDraft
from registry.models import Person
from registry.public_items import Ruling
from registry.requests import RequestDraft
from registry.review_values import Change
from registry.users import Role, UserDraft
from warehouse.retention import Plan

PASSWORD = "correct horse battery staple"

NO_PAGES = re.compile(
    r"\.(jpg|png|svg|pdf|zip|csv|txt|json)$|^/static|/sign-in/provider|/back$|/accounts/\{account_id\}/sign-in$"
    r"|/reports/\{week\}|/exports/\{name\}$|/download$|/file$"
)
"""Pictures, files and the ways to another site's sign-in."""


NOBODY, SEVERAL, SIGNED_OUT, CODE, ENROL = "nobody", "several", "signed out meanwhile", "code", "enrol"
WHO = [NOBODY, *(role.value for role in Role), SEVERAL, SIGNED_OUT, CODE, ENROL]
"""Who looks at pages: nobody, one of each role, and those in whom a page takes an interest."""

SEEN_BY = {"/": SEVERAL, "/me": Role.STAFF.value, "/again": SIGNED_OUT, "/sign-in/code": CODE, "/sign-in/enrol": ENROL}


def places(served: Served, values: dict[str, str]) -> dict[str, list[str]]:
    """By who looks, the addresses of all pages; a route with a parameter that has no value here fails."""
    found: dict[str, list[str]] = {who: [] for who in WHO}
    for route in create_app(served.console).routes:
        assert isinstance(route, APIRoute)
        rule = rule_of(route)
        if "GET" not in route.methods or rule is None or NO_PAGES.search(route.path):
            continue
        who = SEEN_BY.get(route.path) or (min(rule.roles) if rule.signed_in else NOBODY)
        found[who].append(re.sub(r"\{(\w+)(:\w+)?\}", lambda match: values[match[1]], route.path))
    return found


def cookies(served: Served, who: str) -> dict[str, str]:
    """What the browser of whoever looks has been given, by name."""
    console, sessions = served.console, served.console.registry.sessions
    now, users = console.clock(), console.registry.users
    if who == NOBODY:
        return {}
    if who in (CODE, ENROL):
        token = sessions.sign_in(who, PASSWORD, "127.0.0.1", now)
        return {SESSION: token}
    user = users.named({SEVERAL: SEVERAL, SIGNED_OUT: Role.IT.value}.get(who, who))
    assert user is not None
    found = {SESSION: sessions.sign_in_by_provider(user, "test", "127.0.0.1", now)}
    if who == SIGNED_OUT:
        typed = {"fields": [["reference", "Letter of 1 September"]], "files": ["file"]}
        found[KEPT] = sessions.keep_form(user, "/it/golive/procedures", json.dumps(typed), now)
    return found


def furnish(served: Served) -> dict[str, str]:
    """Let there be something on each page; by parameter of a path, what stands in for it."""
    console, registry = served.console, served.console.registry
    staff = registry.users.named(served.sign_ins[Role.STAFF].login)
    assert staff is not None and staff.person_id is not None
    now, mine = console.now(), {each.account.account_id for each in registry.owned(staff.person_id)}
    seen = [each for each in console.archive.once("desk", desk).seen if each.media_sha256 and not each.settled]
    about = next(each for each in seen if each.account_id in mine)
    _confirm(served, [about, *[each for each in seen if each.key != about.key][:2]])
    registry.reviews.appeal(about.observation_id, staff.person_id, staff.login, now, "It is our old seal.")
    seal = (console.folder / "sandbox" / "marks" / "district-seal.png").read_bytes()
    asked = RequestDraft(
        about.subject, about.account_id, "A banner for the fair", now, now + timedelta(days=20), "seal.png", seal
    )
    request, denied = [registry.requests.ask(asked, staff.login, staff.name, now) for _ in range(2)]
    registry.requests.deny(denied.request_id, "superintendent", now, denied.version, "Ask again with a smaller one")
    draft = DepositDraft("messages.zip", 5_120, "0" * 64, "Messages with the team", "a-batch", 3)
    deposit = registry.deposits.record(draft, staff.login, now)
    registry.credentials.note("hallpass_x", now + timedelta(days=6), now, "it")
    registry.go_live_done("union-notice", "it", now, "Letter of 1 September 2026")
    _leave(served, mine)
    _let_in(served)
    return {
        "account_id": about.account_id,
        "observation_id": about.observation_id,
        "record_id": about.record_id or "",
        "request_id": _ask_for_records(served, about, request.request_id),
        "number": "1",
        "disposition_id": _propose(served),
        "deposit_id": deposit.deposit_id,
        "user_id": str(staff.user_id),
    }


def _ask_for_records(served: Served, about: Seen, request_id: str) -> str:
    """A public records request of the same number, with a record chosen and decided on, and a hold; the number."""
    registry, now, by = served.console.registry, served.console.now(), Role.RECORDS.value
    assert about.record_id and about.posted_at
    asked = registry.public_requests.receive("The Alder Gazette", "Everything on the otters", now.date(), by, now)
    assert asked.request_id == request_id
    items = registry.public_requests.items
    items.choose(request_id, {about.record_id: about.posted_at}, by, now)
    items.rule(request_id, {1: 1}, Ruling("redacted", ("otters",), False, False, "c", "A name"), by, now)
    registry.holds.place(HoldDraft(record_id=about.record_id), by, now, "A claim is to be expected")
    return request_id


def _propose(served: Served) -> str:
    """A month is set for posts, and what may go is proposed; the disposition's id."""
    registry, now = served.console.registry, served.console.now()
    rule = RetentionRule(Series.POSTS, 1, Trigger.CREATED, "Schedule A, item 1", "The School Committee")
    registry.retention.set_rule(rule, Role.RECORDS.value, now)
    proposed = Plan((), (), {"posts": 14}, now - timedelta(days=40), now, {"no retention rule for comments": 111})
    return registry.dispositions.propose(proposed.content(), Role.RECORDS.value, now, "The year is over").disposition_id


def _confirm(served: Served, seen: list[Seen]) -> None:
    """A reviewer has contacted the owners, except of the last, which was dismissed as not ours."""
    reviews, now = served.console.registry.reviews, served.console.now()
    changes = [Change(s.observation_id, s.rule, s.account_id, s.subject, s.observation_id, 0) for s in seen]
    reviews.move(changes[:-1], "contacted", "communications", now, note="Spoke with them on Monday")
    reviews.move(changes[-1:], "dismissed", "communications", now, reason="not_ours")


def _let_in(served: Served) -> None:
    """Somebody with two roles, somebody with a second factor, and somebody who has to set theirs."""
    console, users, now = served.console, served.console.registry.users, served.console.clock()
    users.add(UserDraft(SEVERAL, "Ada Several", frozenset({Role.IT, Role.STAFF})), "test", now, PASSWORD)
    for login in (CODE, ENROL):
        users.add(UserDraft(login, "Kofi Sanders", frozenset({Role.IT})), "test", now, PASSWORD)
    sessions, sealed = console.registry.sessions, second_factor.new(console.vault)
    halfway = sessions.of(sessions.sign_in(CODE, PASSWORD, "127.0.0.1", now), now)
    assert halfway is not None
    code = TOTP(console.vault.unseal(sealed)).at(now)
    sessions.enrol(halfway.session_id, sealed, code, console.vault.unseal, "127.0.0.1", now)


def _leave(served: Served, but: set[str]) -> None:
    """The owner of an account has left the roster."""
    accounts = served.console.registry.accounts()
    owner = next(each.owner_id for each in accounts if each.account_id not in but)
    engine = create_engine(served.district.settings.registry_url)
    with engine.begin() as connection:
        connection.execute(update(Person).where(Person.sourced_id == owner).values(left_at=served.console.now()))
    engine.dispose()
