"""A permission that nobody had to ask for: a standing grant, for one account or for all."""

from __future__ import annotations

from fastapi.responses import Response

from console.access import only
from console.gate import Here
from console.pages import render
from console.routes.superintendent.overview import shared
from console.routes.superintendent.room import HOME, SUPERINTENDENT, decided, room
from console.texts import _
from console.visit import Visit
from records.errors import BadInput
from registry.moments import read_moment
from registry.users import Role
from registry.values import Grant

FIELDS = ("asset", "account", "purpose", "starts", "ends", "conditions")


@room.page(f"{HOME}/permissions/new", only(Role.SUPERINTENDENT, audited=False))
def form(visit: Here) -> Response:
    """What is permitted, to whom and for how long; from today on unless another day is chosen."""
    today = visit.now.astimezone(visit.console.zone).date()
    return _page(visit, {**dict.fromkeys(FIELDS, ""), "starts": today.isoformat()})


@room.action(f"{HOME}/permissions", SUPERINTENDENT)
def give(visit: Here) -> Response:
    """Give it."""
    typed = {name: visit.text(name) for name in FIELDS}
    try:
        given = _give(visit, typed)
    except BadInput as error:
        return _page(visit, typed, error)
    return decided(visit, f"{HOME}#{given.grant_id}", _("%(number)s is given.", number=given.grant_id))


def _give(visit: Visit, typed: dict[str, str]) -> Grant:
    zone = visit.console.zone
    starts = read_moment(typed["starts"], zone)
    if starts is None:
        raise BadInput(_("The first day is missing"), _("Say from when it holds"))
    return visit.console.registry.add_grant(
        typed["asset"],
        typed["account"] or None,
        typed["purpose"],
        starts,
        read_moment(typed["ends"], zone, whole_day=True),
        visit.me.login,
        visit.now,
        typed["purpose"],
        conditions=typed["conditions"],
    )


def _page(visit: Visit, typed: dict[str, str], error: BadInput | None = None) -> Response:
    registry = visit.console.registry
    assets = [(mark.mark_id, mark.title) for mark in registry.marks()]
    assets += [(photo.photo_id, _("Photograph: %(title)s", title=photo.title)) for photo in registry.photographs()]
    return render(
        visit,
        "superintendent/giving.html",
        422 if error else 200,
        assets=assets,
        accounts=[(each.account_id, f"@{each.handle}") for each in registry.accounts()],
        typed=typed,
        error=error,
        **shared(visit),
    )
