"""Public records requests: what was asked, by when it is to be answered, what was chosen, and how it was answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.gate import Here
from console.pages import go, render
from console.reading.chosen import Line, lines
from console.reading.people import names
from console.routes.records.room import HOME, OFFICERS, noon_of, room, today, typed_day
from console.texts import N_, _
from console.visit import Visit
from records.errors import BadInput
from registry.public_items import EXEMPTIONS, HINTS, REDACTED, RULINGS, UNDECIDED, WHOLE, WITHHELD, PublicItem
from registry.public_requests import PublicRequest

PAGE = 25
SOON = 4
"""Days before it is due from which on a request stands out."""

RULED = {
    UNDECIDED: (N_("To decide"), "wait"),
    WHOLE: (N_("Whole"), "good"),
    REDACTED: (N_("Redacted"), "plain"),
    WITHHELD: (N_("Withheld"), "alert"),
}


@room.page(HOME, OFFICERS)
def requests(visit: Here) -> Response:
    """What waits for an answer, what is due first, and a form for a new one."""
    return _list(visit)


@room.action(HOME, OFFICERS)
def receive(visit: Here) -> Response:
    """Note a request that came."""
    try:
        received = typed_day(visit, "received")
        request = visit.console.registry.public_requests.receive(
            visit.text("asked_by"), visit.text("asked"), received, visit.me.login, visit.now
        )
    except BadInput as error:
        return _list(visit, error)
    return go(visit, path_of(request.request_id), _("%(request)s is noted.", request=request.request_id))


@room.page(f"{HOME}/requests/{{request_id}}", OFFICERS)
def request(visit: Here, request_id: str) -> Response:
    """One request with what was chosen for it."""
    return request_page(visit, request_id)


@room.action(f"{HOME}/requests/{{request_id}}/extend", OFFICERS)
def extend(visit: Here, request_id: str) -> Response:
    """Note that the state gave more time."""
    try:
        until = typed_day(visit, "until")
        visit.console.registry.public_requests.extend(
            request_id, until, visit.me.login, visit.now, visit.number("version"), visit.text("why")
        )
    except BadInput as error:
        return request_page(visit, request_id, error)
    return go(visit, path_of(request_id), _("The longer time is noted."))


@room.action(f"{HOME}/requests/{{request_id}}/answer", OFFICERS)
def answer(visit: Here, request_id: str) -> Response:
    """Note how it was answered: from then on it stays as it is."""
    try:
        visit.console.registry.public_requests.answer(
            request_id, visit.me.login, visit.now, visit.number("version"), visit.text("answer")
        )
    except BadInput as error:
        return request_page(visit, request_id, error)
    return go(visit, path_of(request_id), _("%(request)s is answered.", request=request_id))


def path_of(request_id: str) -> str:
    """The address of a request."""
    return f"{HOME}/requests/{request_id}"


def found(visit: Visit, request_id: str) -> PublicRequest:
    """A request; 404 where there is none."""
    try:
        return visit.console.registry.public_requests.get(request_id)
    except BadInput:
        raise HTTPException(404) from None


def request_page(visit: Visit, request_id: str, error: BadInput | None = None) -> Response:
    """One request with what was chosen for it, narrowed and in pages."""
    asked = found(visit, request_id)
    every = visit.console.registry.public_requests.items.of(request_id)
    show = visit.query.get("show", "") if visit.query.get("show") in RULINGS else ""
    narrowed = [item for item in every if not show or item.ruling.kind == show]
    page, pages = _page_of(visit, len(narrowed))
    listed = narrowed[(page - 1) * PAGE : page * PAGE]
    return render(
        visit,
        "records/request.html",
        422 if error else 200,
        request=asked,
        error=error,
        clock=clock(asked, today(visit)),
        counts=Counter(item.ruling.kind for item in every),
        total=len(every),
        listed=listed,
        texts=lines_of(visit, listed),
        show=show,
        page=page,
        pages=pages,
        ruled=RULED,
        exemptions=exemptions(),
        job=visit.console.jobs.of(f"answer {request_id}"),
        exports=visit.console.registry.exports.of(request_id),
        may=visit.may(OFFICERS, "POST"),
        **_common(visit),
    )


def lines_of(visit: Visit, items: Sequence[PublicItem]) -> dict[str, Line]:
    """What the archive has of chosen records."""
    if not items or not visit.console.archive.there:
        return {}
    with visit.console.archive.cursor() as published:
        return lines(published, {item.record_id: item.created_at for item in items})


def exemptions() -> list[tuple[str, str]]:
    """The exemptions, for a form."""
    return [(each, f"({each}) {_(HINTS[each])}" if each in HINTS else f"({each})") for each in EXEMPTIONS]


def clock(request: PublicRequest, day: date) -> tuple[str, str]:
    """How near its answer is due, in words and with their tone."""
    left = (request.due - day).days
    if not request.open:
        return _("Answered"), "good"
    if left < 0:
        return _("Overdue"), "alert"
    return (_("Due today"), "alert") if left == 0 else (_("Open"), "wait" if left <= SOON else "plain")


def _list(visit: Visit, error: BadInput | None = None) -> Response:
    every, day = visit.console.registry.public_requests.all(), today(visit)
    return render(
        visit,
        "records/requests.html",
        422 if error else 200,
        requests=[(each, clock(each, day)) for each in every],
        waiting=sum(each.open for each in every),
        soon_days=SOON,
        soon=sum(each.open and 0 <= (each.due - day).days <= SOON for each in every),
        late=sum(each.open and each.due < day for each in every),
        typed={name: visit.text(name) for name in ("asked_by", "asked", "received")},
        today=day.isoformat(),
        closures=bool(visit.console.registry.closures.days()),
        error=error,
        may=visit.may(OFFICERS, "POST"),
        **_common(visit),
    )


def _common(visit: Visit) -> dict[str, Any]:
    return {"noon": noon_of(visit), "name_of": names(visit.console.registry)}


def _page_of(visit: Visit, count: int) -> tuple[int, int]:
    text, pages = visit.query.get("page", "1"), max(1, -(-count // PAGE))
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    return min(max(number, 1), pages), pages
