"""The first page after sign-in, the form that was kept, and the files that every page loads."""

from __future__ import annotations

import json

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.access import ANONYMOUS, SIGNED_IN
from console.gate import Here, Room
from console.menu import home as home_of
from console.pages import STATIC, go, render, static
from console.texts import _
from console.visit import KEPT, local_path

room = Room()


@room.page("/", SIGNED_IN)
def home(visit: Here) -> Response:
    """Where the user's work begins; a choice where it could begin in several rooms."""
    path = home_of(visit)
    return go(visit, path) if path else render(visit, "home.html")


@room.page("/again", SIGNED_IN)
def again(visit: Here) -> Response:
    """What was typed when the session ended, to be sent by the same person or dropped."""
    kept = visit.console.registry.sessions.kept_form(visit.cookie(KEPT), visit.me, visit.console.clock())
    if kept is None:
        return go(visit, "/")
    path, said = local_path(kept[0]), json.loads(kept[1])
    return render(visit, "again.html", action=path, fields=said["fields"], files=said["files"], after=True)


@room.action("/again/drop", SIGNED_IN)
def drop(visit: Here) -> Response:
    """Forget what was kept."""
    visit.console.registry.sessions.drop_form(visit.cookie(KEPT))
    visit.set_cookie(KEPT, None)
    return go(visit, "/", _("What you had typed was dropped."))


@room.page("/static/{name}", ANONYMOUS)
def file(name: str) -> Response:
    """A style sheet or the like; its address changes with its content, so it may be kept."""
    if name not in STATIC:
        raise HTTPException(404)
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(static(name)[0], media_type=STATIC[name], headers=headers)
