"""What a district must have done before anything real is collected."""

from __future__ import annotations

from fastapi.responses import Response

from console.gate import Here
from console.pages import go, render
from console.reading.people import names
from console.routes.it.room import OURS, room
from console.texts import _


@room.page("/it/golive", OURS)
def checklist(visit: Here) -> Response:
    """The checklist."""
    registry = visit.console.registry
    return render(visit, "it/golive.html", items=registry.go_live(), name_of=names(registry))


@room.action("/it/golive/{item}/correct", OURS)
def correct(visit: Here, item: str) -> Response:
    """Another reference for what is done, with the reason."""
    registry, shown = visit.console.registry, visit.text("shown")
    step = registry.correct_go_live(item, shown, visit.me.login, visit.now, visit.text("reference"), visit.text("why"))
    return go(visit, "/it/golive", _("Corrected: %(title)s.", title=_(step.title)))


@room.action("/it/golive/{item}", OURS)
def done(visit: Here, item: str) -> Response:
    """Record that an item is done, and where that can be read."""
    step = visit.console.registry.go_live_done(item, visit.me.login, visit.now, visit.text("reference"))
    return go(visit, "/it/golive", _("Done: %(title)s.", title=_(step.title)))
