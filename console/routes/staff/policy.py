"""The procedures, to be read and acknowledged."""

from __future__ import annotations

from fastapi.responses import Response

from console.gate import Here
from console.pages import go, render
from console.routes.staff.room import HOME, STAFF, room
from console.texts import _
from records.errors import BadInput


@room.page(f"{HOME}/policy", STAFF)
def policy(visit: Here) -> Response:
    """The version in force, and whether I have acknowledged it."""
    procedures, me = visit.console.registry.procedures, visit.me.person_id
    current = procedures.current()
    done = procedures.acknowledged(current.version).get(me) if current and me else None
    return render(visit, "staff/policy.html", current=current, done=done)


@room.action(f"{HOME}/policy", STAFF)
def acknowledge(visit: Here) -> Response:
    """Say that I have read it."""
    if visit.me.person_id is None:
        raise BadInput(_("Your login is not tied to the roster"), _("Ask IT to tie it to your name there"))
    procedures = visit.console.registry.procedures
    procedures.acknowledge(visit.text("version"), visit.me.person_id, visit.me.login, visit.now)
    return go(visit, f"{HOME}/policy", _("Thank you. It is on record that you have read it."))
