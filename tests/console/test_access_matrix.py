"""Every route by every role, taken from the application itself: a new route is in here by being there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from console_scene import Client
from fastapi.routing import APIRoute

from console.access import Rule, only
from console.app import create_app
from console.context import Console
from console.gate import Room
from console.menu import rule_of
from console.visit import SESSION
from registry.access_log import DENIED
from registry.users import Role

TABLE = Path(__file__).resolve().parent.parent.parent / "build" / "access-matrix.txt"
NOBODY = "nobody"
WHO = [*Role, NOBODY]
PLACE = "1"
"""What stands in for every parameter of a path."""


def may(rule: Rule, who: str, method: str) -> bool:
    """The rule in other words than the console's own."""
    if not rule.signed_in:
        return True
    if who == NOBODY:
        return False
    reads_all = who == Role.AUDITOR and method == "GET" and rule.audited
    return not rule.roles or who in rule.roles or reads_all


def asked(console: Console) -> Iterator[tuple[str, str, Rule]]:
    for route in create_app(console).routes:
        assert isinstance(route, APIRoute)
        rule = rule_of(route)
        assert rule is not None
        for method in sorted(route.methods):
            yield method, route.path, rule


class Everybody:
    """A browser that is now one user's, now another's, with one session each."""

    def __init__(self, console: Console, client: Client) -> None:
        self._console = console
        self._client = client
        self._tokens: dict[str, str] = {}

    def outcome(self, who: str, method: str, path: str) -> str:
        """``yes`` where the route's own code was reached, ``no`` where the gate said no."""
        self._become(who)
        before = self._console.registry.sessions.log(1)
        address = re.sub(r"\{\w+(:\w+)?\}", PLACE, path)
        answer = self._client.get(address) if method == "GET" else self._client.submit(address)
        assert answer.status_code < 500, f"{method} {path} as {who}: {answer.status_code}"
        if who == NOBODY:
            sent_to_sign_in = answer.headers.get("location", "").startswith("/sign-in?next=")
            return "no" if sent_to_sign_in or "You are not signed in" in answer.text else "yes"
        (after,) = self._console.registry.sessions.log(1)
        return "no" if [after] != before and after.kind == DENIED else "yes"

    def _become(self, who: str) -> None:
        self._client.cookies.clear()
        sessions, clock = self._console.registry.sessions, self._console.clock
        if who == NOBODY:
            return
        if who not in self._tokens or sessions.of(self._tokens[who], clock()) is None:
            user = self._console.registry.users.named(who)
            assert user is not None
            self._tokens[who] = sessions.sign_in_by_provider(user, "test", "127.0.0.1", clock())
        self._client.cookies.set(f"hallpass_{SESSION}", self._tokens[who])


def test_each_route_lets_in_whom_its_rule_names_and_nobody_else(console: Console) -> None:
    rows, wrong = [], []
    with Client(create_app(console)) as client:
        everybody = Everybody(console, client)
        for method, path, rule in asked(console):
            row = {who: everybody.outcome(who, method, path) for who in WHO}
            rows.append((method, path, str(rule), *row.values()))
            expected = {who: "yes" if may(rule, who, method) else "no" for who in WHO}
            wrong += [(method, path, who, row[who]) for who in WHO if row[who] != expected[who]]
    write_table(rows)
    assert wrong == []


def write_table(rows: list[tuple[str, ...]]) -> None:
    heads = ("method", "path", "rule", *map(str, WHO))
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in [heads, *rows]]
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text("\n".join(line.rstrip() for line in lines) + "\n")


def test_a_route_without_a_rule_is_refused_when_the_application_is_made(console: Console) -> None:
    room = Room()
    room.get("/forgotten")(lambda: "open to anybody")
    with pytest.raises(RuntimeError, match="routes without a rule: /forgotten"):
        create_app(console, (room,))


def test_an_auditor_reads_the_offices_pages_and_changes_nothing() -> None:
    assert [may(only(Role.IT), Role.AUDITOR, method) for method in ("GET", "POST")] == [True, False]
    assert may(only(Role.STAFF, audited=False), Role.AUDITOR, "GET") is False


def test_what_is_denied_stands_in_the_log_with_its_reason(console: Console) -> None:
    with Client(create_app(console)) as client:
        everybody = Everybody(console, client)
        everybody.outcome(Role.STAFF, "GET", "/it")
        everybody.outcome(Role.AUDITOR, "POST", "/it/users")
    told = [(each.login, each.what, each.reason) for each in console.registry.sessions.log() if each.kind == DENIED]
    assert told == [
        ("auditor", "POST /it/users", "an auditor changes nothing"),
        ("staff", "GET /it", "only for IT"),
    ]
