"""A picture looked at before it is posted: which marks of the district's it carries. Nothing of it is kept."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from fastapi.responses import Response

from console.gate import Here
from console.pages import render
from console.routes.staff.room import HOME, STAFF, my_accounts, room
from console.texts import _
from console.visit import Visit
from detectors.batch import Look, detect_many
from records.errors import BadInput
from registry.pictures import MAX_BYTES
from registry.values import GrantAnswer

UPLOAD = MAX_BYTES + (1 << 16)


@dataclass(frozen=True, slots=True)
class Carried:
    """A mark that the picture carries, and by handle what is in force for each of my accounts today."""

    mark_id: str
    title: str
    sure: bool
    answers: dict[str, GrantAnswer]


@room.page(f"{HOME}/check", STAFF)
def form(visit: Here) -> Response:
    """Choose a picture."""
    return render(visit, "staff/check.html", look=None, carried=[], error=None)


@room.action(f"{HOME}/check", STAFF, upload=UPLOAD)
def check(visit: Here) -> Response:
    """What it carries."""
    try:
        look = _look(visit)
    except BadInput as error:
        return render(visit, "staff/check.html", 422, look=None, carried=[], error=error)
    return render(visit, "staff/check.html", look=look, carried=_carried(visit, look), error=None)


def _look(visit: Visit) -> Look:
    """Look for the marks in a child process; the file is gone when this returns.

    Raises
    ------
    BadInput : no picture was chosen, or it is none that can be opened.
    """
    sent = visit.file("picture")
    if sent is None:
        raise BadInput(_("No picture was chosen"), _("Choose the one that you want to post"))
    references = visit.console.registry.materialise_references(visit.console.folder / "references")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        path.write_bytes(sent.file.read())
        cache = visit.console.folder / "references"
        (look,) = detect_many(references.marks, [path], references.lookalikes, workers=1, cache=cache)
    if look.outcome == "undecodable":
        raise BadInput(_("That is no picture that can be opened"), _("Choose a JPEG, PNG, WebP, GIF or HEIC file"))
    return look


def _carried(visit: Visit, look: Look) -> list[Carried]:
    titles = {mark.mark_id: mark.title for mark in visit.console.registry.marks()}
    best = {match.mark: match.strong for match in sorted(look.matches, key=lambda match: match.strong)}
    return [Carried(mark, titles.get(mark, mark), sure, _answers(visit, mark)) for mark, sure in best.items()]


def _answers(visit: Visit, mark: str) -> dict[str, GrantAnswer]:
    registry, zone = visit.console.registry, visit.console.zone
    mine = [each.account for each in my_accounts(visit) if each.state == "active"]
    return {a.handle: registry.permission(mark, a.account_id, visit.now, zone) for a in mine}
