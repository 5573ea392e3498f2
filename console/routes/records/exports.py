"""What was handed out: writing the answer to a request, the zip file, and the log of who exported what and why."""

from __future__ import annotations

import re

from fastapi.responses import FileResponse, Response
from starlette.exceptions import HTTPException

from console.gate import Here
from console.pages import go, render
from console.reading.people import names
from console.routes.records.requests import found, path_of
from console.routes.records.room import HOME, OFFICERS, room
from console.texts import _
from registry.looks import EXPORT

_NAME = re.compile(r"R\d{1,9}-\d{1,6}\.zip")


@room.action(f"{HOME}/requests/{{request_id}}/export", OFFICERS)
def make(visit: Here, request_id: str) -> Response:
    """Begin to write the answer; its state is on the request's page."""
    request, why, by = found(visit, request_id), visit.text("why"), visit.me.login
    answer = visit.console.records_work.answer
    visit.console.jobs.start(f"answer {request_id}", lambda: answer(request.request_id, why, by), by, visit.now)
    return go(visit, f"{path_of(request_id)}#answer", _("The answer is being written."))


@room.page(f"{HOME}/exports", OFFICERS)
def exports(visit: Here) -> Response:
    """Every export, also those of the command line."""
    registry, folder = visit.console.registry, visit.console.folder / "exports"
    every = registry.exports.all()
    there = {each.data["file"] for each in every if "file" in each.data and (folder / each.data["file"]).is_file()}
    labels = {each.account.account_id: f"@{each.account.handle}" for each in registry.registered()}
    return render(visit, "records/exports.html", exports=every, there=there, labels=labels, name_of=names(registry))


@room.page(f"{HOME}/exports/{{name}}", OFFICERS)
def download(visit: Here, name: str) -> Response:
    """One answer as it was written. That it was fetched is noted."""
    path = visit.console.folder / "exports" / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise HTTPException(404)
    visit.console.registry.looks.look(visit.me.login, visit.now, EXPORT, name)
    return FileResponse(path, media_type="application/zip", filename=name, headers={"cache-control": "no-store"})
