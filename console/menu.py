"""The menu: the pages of each room that the user may open."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from console.access import Rule
from console.gate import Gate, Room
from console.texts import _
from console.visit import Visit
from registry.users import Role

HOMES = {
    Role.COMMUNICATIONS: "/communications",
    Role.SUPERINTENDENT: "/superintendent",
    Role.IT: "/it",
    Role.RECORDS: "/records",
    Role.STAFF: "/staff",
    Role.AUDITOR: "/audit",
}
"""Where each role lands; who has several has the choice."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One page in the menu."""

    path: str
    label: str
    here: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A room in the menu."""

    title: str
    tabs: list[Tab]


def rule_of(route: BaseRoute) -> Rule | None:
    """The rule that a route states."""
    gates = [d.dependency for d in getattr(route, "dependencies", ()) if isinstance(d.dependency, Gate)]
    return gates[0].rule if gates else None


def page_rules(app: FastAPI) -> dict[str, Rule]:
    """The rule of each page, by its path."""
    pages = [route for route in app.routes if isinstance(route, APIRoute) and "GET" in route.methods]
    return {route.path: rule for route in pages if (rule := rule_of(route)) is not None}


def menu(visit: Visit) -> list[Part]:
    """The rooms and pages that who asks may open, their own room first, the page that is open marked."""
    rooms: tuple[Room, ...] = visit.request.app.state.rooms
    rules: dict[str, Rule] = visit.request.app.state.page_rules
    parts = []
    for room in rooms:
        mine = [(path, label) for path, label in room.tabs if path in rules and visit.may(rules[path])]
        nearest = _nearest(visit.request.url.path, [path for path, _ in mine])
        if mine:
            tabs = [Tab(path, _(label), path == nearest) for path, label in mine]
            parts.append(Part(_(room.title) if room.title else "", tabs))
    homes = {HOMES[role] for role in visit.me.roles if role in HOMES} if visit.user else set()
    return sorted(parts, key=lambda part: not any(tab.path in homes for tab in part.tabs))


def home(visit: Visit) -> str | None:
    """The one room where the user's work begins; None where there are several, or none."""
    rules: dict[str, Rule] = visit.request.app.state.page_rules
    mine = [HOMES[role] for role in visit.me.roles if role in HOMES and HOMES[role] in rules]
    return mine[0] if len(mine) == 1 else None


def _nearest(path: str, tabs: list[str]) -> str | None:
    """The page of the menu that ``path`` lies under."""
    above = [tab for tab in tabs if path == tab or path.startswith(f"{tab}/")]
    return max(above, key=len, default=None)
