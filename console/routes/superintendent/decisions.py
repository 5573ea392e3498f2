"""What the superintendent decides: each by a form of its own, never by a link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi.responses import Response

from console.gate import Here
from console.pages import last_day
from console.routes.superintendent.overview import found, request_page
from console.routes.superintendent.room import HOME, SUPERINTENDENT, decided, room
from console.texts import _, ngettext
from console.visit import Visit
from records.errors import BadInput, Conflict
from registry.moments import read_moment


@room.action(f"{HOME}/requests/{{request_id}}/approve", SUPERINTENDENT)
def approve(visit: Here, request_id: str) -> Response:
    """Give the permission, with conditions where some are written."""

    def act() -> Any:
        words = {"conditions": visit.text("conditions"), "why": visit.text("why")}
        if "conditions" in visit.form and not words["conditions"]:
            raise BadInput(_("The condition is not written"), _("Write it, or approve without one"))
        version = visit.number("version")
        return visit.console.registry.requests.approve(request_id, visit.me.login, visit.now, version, **words)

    if visit.text("conditions"):
        return _decide(visit, request_id, act, _("%(number)s is approved with your conditions.", number=request_id))
    return _decide(visit, request_id, act, _("%(number)s is approved.", number=request_id))


@room.action(f"{HOME}/requests/{{request_id}}/deny", SUPERINTENDENT)
def deny(visit: Here, request_id: str) -> Response:
    """Refuse it, with a reason that the asker reads."""

    def act() -> Any:
        version, reason = visit.number("version"), visit.text("reason")
        return visit.console.registry.requests.deny(request_id, visit.me.login, visit.now, version, reason)

    return _decide(visit, request_id, act, _("%(number)s is denied, and its asker reads why.", number=request_id))


@room.action(f"{HOME}/permissions/{{grant_id}}/revoke", SUPERINTENDENT)
def revoke(visit: Here, grant_id: str) -> Response:
    """End a permission from now on."""
    if not visit.text("why"):
        raise BadInput(_("Taking a permission back needs its reason"), _("Say why: whoever relied on it will ask"))
    visit.console.registry.revoke_grant(grant_id, visit.me.login, visit.now, visit.text("why"))
    said = _("%(number)s is revoked from now on. What was posted before stays permitted.", number=grant_id)
    return decided(visit, HOME, said)


@room.action(f"{HOME}/permissions/{{grant_id}}/renew", SUPERINTENDENT)
def renew(visit: Here, grant_id: str) -> Response:
    """Carry a permission on to a later day."""
    zone = visit.console.zone
    ends = read_moment(visit.text("ends"), zone, whole_day=True)
    if ends is None:
        raise BadInput(_("A renewal needs its last day"), _("Choose one"))
    renewed = visit.console.registry.renew_grant(grant_id, ends, visit.me.login, visit.now, visit.text("why"))
    until = last_day(ends, visit).striptags()
    said = _("%(number)s goes on as %(new)s, up to %(day)s.", number=grant_id, new=renewed.grant_id, day=until)
    return decided(visit, HOME, said)


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
    left = ngettext("%(num)s still waits.", "%(num)s still wait.", len(others)) if others else _("Nobody else waits.")
    return decided(visit, HOME, f"{said} {left}")
