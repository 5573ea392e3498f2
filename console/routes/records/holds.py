"""Legal holds: what nobody may dispose of, whatever its retention period says."""

from __future__ import annotations

from datetime import timedelta

from fastapi.responses import Response

from console.gate import Here
from console.pages import go, render
from console.reading.people import names
from console.routes.records.room import HOME, OFFICERS, room
from console.texts import _
from console.visit import Visit
from records.errors import BadInput
from registry.holds import HoldDraft
from registry.moments import read_moment

FIELDS = ("account", "record", "starts", "ends", "reason")


@room.page(f"{HOME}/holds", OFFICERS)
def holds(visit: Here) -> Response:
    """Every hold, standing and released, and a form for one more, filled in from the address where that says more."""
    return _page(visit)


@room.action(f"{HOME}/holds", OFFICERS)
def place(visit: Here) -> Response:
    """Hold what fits all that is given."""
    zone = visit.console.zone
    try:
        draft = HoldDraft(
            visit.text("account") or None,
            visit.text("record") or None,
            read_moment(visit.text("starts"), zone),
            read_moment(visit.text("ends"), zone, whole_day=True),
        )
        held = visit.console.registry.holds.place(draft, visit.me.login, visit.now, visit.text("reason"))
    except BadInput as error:
        return _page(visit, error)
    return go(visit, f"{HOME}/holds", _("%(hold)s stands.", hold=held.hold_id))


@room.action(f"{HOME}/holds/{{hold_id}}/release", OFFICERS)
def release(visit: Here, hold_id: str) -> Response:
    """End a hold, for a reason."""
    visit.console.registry.holds.release(hold_id, visit.me.login, visit.now, visit.text("why"))
    return go(visit, f"{HOME}/holds", _("%(hold)s is released.", hold=hold_id))


def _page(visit: Visit, error: BadInput | None = None) -> Response:
    registry = visit.console.registry
    every = sorted(registry.holds.all(), key=lambda each: (each.released_at is not None, each.placed_at))
    handles = {each.account.account_id: f"@{each.account.handle}" for each in registry.registered()}
    return render(
        visit,
        "records/holds.html",
        422 if error else 200,
        holds=every,
        handles=handles,
        accounts=sorted(handles.items(), key=lambda pair: pair[1].lower()),
        typed={name: visit.text(name) or visit.query.get(name, "")[:255] for name in FIELDS},
        last_day=lambda end: end - timedelta(microseconds=1),
        error=error,
        name_of=names(registry),
        may=visit.may(OFFICERS, "POST"),
    )
