"""What the superintendent decides: each by a form of its own, never by a link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi.responses import Response

from console.gate import Here
from console.routes.superintendent.overview import found, request_page
from console.routes.superintendent.room import HOME, SUPERINTENDENT, decided, room
from console.visit import Visit
from records.errors import BadInput, Conflict
from registry.moments import last_day, read_moment


@room.action(f"{HOME}/requests/{{request_id}}/approve", SUPERINTENDENT)
def approve(visit: Here, request_id: str) -> Response:
    """Give the permission, with conditions where some are written."""

    def act() -> Any:
        words = {"conditions": visit.text("conditions"), "why": visit.text("why")}
        if "conditions" in visit.form and not words["conditions"]:
            raise BadInput("The condition is not written", "Write it, or approve without one")
        version = visit.number("version")
        return visit.console.registry.requests.approve(request_id, visit.me.login, visit.now, version, **words)

    with_conditions = " with your conditions" if visit.text("conditions") else ""
    return _decide(visit, request_id, act, f"{request_id} is approved{with_conditions}.")


@room.action(f"{HOME}/requests/{{request_id}}/deny", SUPERINTENDENT)
def deny(visit: Here, request_id: str) -> Response:
    """Refuse it, with a reason that the asker reads."""

    def act() -> Any:
        version, reason = visit.number("version"), visit.text("reason")
        return visit.console.registry.requests.deny(request_id, visit.me.login, visit.now, version, reason)

    return _decide(visit, request_id, act, f"{request_id} is denied, and its asker reads why.")


@room.action(f"{HOME}/permissions/{{grant_id}}/revoke", SUPERINTENDENT)
def revoke(visit: Here, grant_id: str) -> Response:
    """End a permission from now on."""
    if not visit.text("why"):
        raise BadInput("Taking a permission back needs its reason", "Say why: whoever relied on it will ask")
    visit.console.registry.revoke_grant(grant_id, visit.me.login, visit.now, visit.text("why"))
    return decided(visit, HOME, f"{grant_id} is revoked from now on. What was posted before stays permitted.")


@room.action(f"{HOME}/permissions/{{grant_id}}/renew", SUPERINTENDENT)
def renew(visit: Here, grant_id: str) -> Response:
    """Carry a permission on to a later day."""
    zone = visit.console.zone
    ends = read_moment(visit.text("ends"), zone, whole_day=True)
    if ends is None:
        raise BadInput("A renewal needs its last day", "Choose one")
    renewed = visit.console.registry.renew_grant(grant_id, ends, visit.me.login, visit.now, visit.text("why"))
    return decided(visit, HOME, f"{grant_id} goes on as {renewed.grant_id}, up to {last_day(ends, zone)}.")


def _decide(visit: Visit, request_id: str, act: Callable[[], Any], said: str) -> Response:
    """Do it; or show the request again with what was typed, beside what somebody else decided meanwhile."""
    shown = found(visit, request_id)
    try:
        act()
    except (BadInput, Conflict) as error:
        now = visit.console.registry.requests.get(request_id)
        typed = {name: visit.text(name) for name in ("conditions", "why", "reason")}
        status = 409 if isinstance(error, Conflict) else 422
        return request_page(visit, now, status, error=error, typed=typed)
    others = [each for each in visit.console.registry.requests.waiting() if each.request_id != shown.request_id]
    left = f"{len(others)} still {'waits' if len(others) == 1 else 'wait'}" if others else "Nobody else waits"
    return decided(visit, HOME, f"{said} {left}.")
