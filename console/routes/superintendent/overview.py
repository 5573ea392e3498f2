"""One page for a phone: what waits, what ends soon, what stands; and who may use what on any day."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.gate import Here
from console.pages import render
from console.reading.desk import desk
from console.reading.people import names
from console.reading.permissions import Asked, asked, on_day, permissions
from console.routes.communications.work import kept
from console.routes.superintendent.room import HOME, SUPERINTENDENT, room
from console.samples import as_file
from console.texts import _
from console.visit import Visit
from detectors.images import Undecodable
from records.errors import BadInput
from registry.requests import WAITING, Request

LATELY = 5
"""Decisions that are shown again."""


@room.page(HOME, SUPERINTENDENT)
def overview(visit: Here) -> Response:
    """Everything that needs the superintendent."""
    registry = visit.console.registry
    requests, standing = registry.requests.all(), permissions(registry.grants(), visit.now)
    done = sorted((r for r in requests if r.decided_at), key=lambda r: r.decided_at or visit.now, reverse=True)
    return render(
        visit,
        "superintendent/overview.html",
        waiting=[with_uses(visit, request) for request in requests if request.state == WAITING],
        ending=[each for each in standing if each.ends_soon(visit.now)],
        standing=[each for each in standing if each.state in ("in force", "not yet")],
        lately=done[:LATELY],
        **shared(visit),
    )


@room.page(f"{HOME}/requests/{{request_id}}", SUPERINTENDENT)
def request(visit: Here, request_id: str) -> Response:
    """One request: where the link in a mail leads. Opening it decides nothing."""
    return request_page(visit, found(visit, request_id))


@room.page(f"{HOME}/requests/{{request_id}}/sample.jpg", SUPERINTENDENT)
def sample(visit: Here, request_id: str) -> Response:
    """The picture that somebody wants to post, drawn anew."""
    return sample_picture(visit, found(visit, request_id))


@room.page(f"{HOME}/calendar", SUPERINTENDENT)
def calendar(visit: Here) -> Response:
    """Who may use which mark on any day."""
    today = visit.now.astimezone(visit.console.zone).date()
    error = None
    try:
        day = date.fromisoformat(visit.query.get("day") or today.isoformat())
        grants = on_day(visit.console.registry.grants(), day, visit.console.zone)
    except (ValueError, OverflowError):
        error = BadInput(_("'%(text)s' is not a day", text=visit.query["day"][:40]), _("Write it as 2026-09-01"))
        day, grants = today, on_day(visit.console.registry.grants(), today, visit.console.zone)
    status = 422 if error else 200
    context = {"day": day, "today": today, "grants": grants, "error": error}
    return render(visit, "superintendent/calendar.html", status, **context, **shared(visit))


def found(visit: Visit, request_id: str) -> Request:
    """A request; 404 where there is none of that number."""
    try:
        return visit.console.registry.requests.get(request_id)
    except BadInput:
        raise HTTPException(404) from None


def request_page(visit: Visit, shown: Request, status: int = 200, **context: Any) -> Response:
    """The page of one request."""
    each = with_uses(visit, shown)
    said = {"error": None, "typed": {}, **context}
    return render(visit, "superintendent/request.html", status, each=each, **said, **shared(visit))


def sample_picture(visit: Visit, shown: Request) -> Response:
    """The sample of a request as JPEG; 404 where it has none."""
    picture = visit.console.registry.requests.sample(shown.request_id)
    if picture is None:
        raise HTTPException(404)
    try:
        path = as_file(visit.console.folder / "references" / "samples", picture)
        content = kept(visit).darkroom.shown(path, 900)
    except Undecodable:
        raise HTTPException(404) from None
    return Response(content, media_type="image/jpeg", headers={"cache-control": "private, max-age=3600"})


def with_uses(visit: Visit, request: Request) -> Asked:
    """A request with what was posted before."""
    seen = visit.console.archive.once("desk", desk).seen if visit.console.archive.there else ()
    return asked(request, seen)


def shared(visit: Visit) -> dict[str, Any]:
    """What every page of this room says things with."""
    registry, zone = visit.console.registry, visit.console.zone
    titles = {mark.mark_id: mark.title for mark in registry.marks()}
    titles |= {photo.photo_id: photo.title for photo in registry.photographs()}
    return {
        "labels": kept(visit).office.labels(),
        "title_of": lambda asset: titles.get(asset, asset),
        "name_of": names(registry),
        "at_posting": lambda seen: registry.permission(
            seen.subject, seen.account_id, seen.posted_at or seen.observed_at, zone
        ),
        "decides": visit.may(SUPERINTENDENT, "POST"),
    }
