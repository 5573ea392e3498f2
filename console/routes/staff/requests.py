"""Asking for leave to use a mark or a photograph of the district's, and what became of it."""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException

from console.gate import Here
from console.pages import go, render
from console.reading.people import names
from console.routes.staff.room import HOME, STAFF, my_accounts, room
from console.routes.superintendent.overview import found, sample_picture
from console.texts import _
from console.visit import Visit
from records.errors import BadInput
from registry.moments import read_moment
from registry.pictures import MAX_BYTES
from registry.requests import Request, RequestDraft

UPLOAD = MAX_BYTES + (1 << 20)
"""A sample picture and the words around it."""

FIELDS = ("asset", "account", "purpose", "starts", "ends")


@room.page(f"{HOME}/requests", STAFF)
def requests(visit: Here) -> Response:
    """The form, and what I asked for before; ``?asset=seal`` chooses that mark."""
    return _page(visit, {name: visit.query.get(name, "") for name in FIELDS})


@room.action(f"{HOME}/requests", STAFF, upload=UPLOAD)
def ask(visit: Here) -> Response:
    """Ask; the superintendent is told at once."""
    typed = {name: visit.text(name) for name in FIELDS}
    try:
        asked = visit.console.registry.requests.ask(_draft(visit, typed), visit.me.login, visit.me.name, visit.now)
    except BadInput as error:
        return _page(visit, typed, error)
    said = _("%(number)s is with the superintendent. The answer will stand here.", number=asked.request_id)
    answer = go(visit, f"{HOME}/requests", said)
    answer.background = BackgroundTask(visit.console.tell_requests)
    return answer


@room.page(f"{HOME}/requests/{{request_id}}/sample.jpg", STAFF)
def sample(visit: Here, request_id: str) -> Response:
    """The picture that I sent with it."""
    return sample_picture(visit, _mine(visit, request_id))


@room.action(f"{HOME}/requests/{{request_id}}/withdraw", STAFF)
def withdraw(visit: Here, request_id: str) -> Response:
    """Take it back before it is decided."""
    _mine(visit, request_id)
    visit.console.registry.requests.withdraw(request_id, visit.me.login, visit.now, visit.number("version"))
    return go(visit, f"{HOME}/requests", _("%(number)s is taken back.", number=request_id))


def _draft(visit: Visit, typed: dict[str, str]) -> RequestDraft:
    """What was typed as a request.

    Raises
    ------
    BadInput : an account that is not mine, or no day to begin.
    """
    if typed["account"] not in {each.account.account_id for each in _active(visit)}:
        raise BadInput(_("The permission would be for an account that is not yours"), _("Choose one of yours"))
    starts = read_moment(typed["starts"], visit.console.zone)
    if starts is None:
        raise BadInput(_("The first day is missing"), _("Say from when you need it"))
    sample = visit.file("sample")
    return RequestDraft(
        asset=typed["asset"],
        account=typed["account"],
        purpose=typed["purpose"],
        starts=starts,
        ends=read_moment(typed["ends"], visit.console.zone, whole_day=True),
        sample_name=(sample.filename or "the picture")[:100] if sample else "",
        sample=sample.file.read() if sample else None,
    )


def _page(visit: Visit, typed: dict[str, str], error: BadInput | None = None) -> Response:
    registry = visit.console.registry
    assets = [(mark.mark_id, mark.title) for mark in registry.marks()]
    assets += [(photo.photo_id, _("Photograph: %(title)s", title=photo.title)) for photo in registry.photographs()]
    mine = [each for each in registry.requests.all() if each.asked_by == visit.me.login]
    handles = {each.account.account_id: f"@{each.account.handle}" for each in my_accounts(visit)}
    context: dict[str, Any] = {
        "assets": assets,
        "titles": dict(assets),
        "choices": [(each.account.account_id, handles[each.account.account_id]) for each in _active(visit)],
        "handles": handles,
        "requests": mine[::-1],
        "name_of": names(registry),
    }
    return render(visit, "staff/requests.html", 422 if error else 200, typed=typed, error=error, **context)


def _active(visit: Visit) -> list[Any]:
    return [each for each in my_accounts(visit) if each.state == "active"]


def _mine(visit: Visit, request_id: str) -> Request:
    request = found(visit, request_id)
    if request.asked_by != visit.me.login:
        raise HTTPException(404)
    return request
