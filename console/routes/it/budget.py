"""What X may cost in a month: what it has cost so far, and the limit that IT sets."""

from __future__ import annotations

from fastapi.responses import Response

from console.gate import Here
from console.pages import go, render
from console.routes.it.room import OURS, room
from console.texts import _, dollars
from console.visit import Visit
from records.errors import BadInput, Conflict, HallpassError
from records.model import Platform


@room.page("/it/budget", OURS)
def budget(visit: Here) -> Response:
    """This month's cost beside its limit, and a form for another one."""
    return _page(visit)


@room.action("/it/budget", OURS)
def set_limit(visit: Here) -> Response:
    """Set the limit, if it is still the one that the form was opened with."""
    typed, seen = {name: visit.text(name) for name in ("limit", "why")}, visit.text("version")
    version = int(seen) if seen.isascii() and seen.isdigit() else -1
    budgets = visit.console.registry.budgets
    try:
        now = budgets.set_limit(Platform.X, typed["limit"], version, visit.me.login, visit.now, typed["why"])
    except (BadInput, Conflict) as error:
        return _page(visit, typed, error)
    return go(visit, "/it/budget", _("X may cost %(limit)s a month from now on.", limit=dollars(now.usd)))


def _page(visit: Visit, typed: dict[str, str] | None = None, error: HallpassError | None = None) -> Response:
    status = 409 if isinstance(error, Conflict) else 422 if error else 200
    decided, spending = visit.console.registry.budgets.limit(Platform.X), visit.console.spending()
    filled = typed or {"limit": f"{spending.cap_usd:.2f}", "why": ""}
    return render(visit, "it/budget.html", status, decided=decided, spending=spending, typed=filled, error=error)
