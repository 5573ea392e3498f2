"""A picture looked at before it is posted: which marks and photographs of the district's it shows. Nothing is kept."""

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
from detectors.photos import EXACT
from records.errors import BadInput
from registry.pictures import MAX_BYTES
from registry.values import GrantAnswer

UPLOAD = MAX_BYTES + (1 << 16)


@dataclass(frozen=True, slots=True)
class Carried:
    """A mark or photograph that the picture shows, and by handle what is in force for each of my accounts today."""

    asset: str
    title: str
    sure: bool
    answers: dict[str, GrantAnswer]
    photograph: bool = False


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
    """Look for marks and photographs in a child process; the file is gone when this returns.

    Raises
    ------
    BadInput : no picture was chosen, or it is none that can be opened.
    """
    sent = visit.file("picture")
    if sent is None:
        raise BadInput(_("No picture was chosen"), _("Choose the one that you want to post"))
    registry, cache = visit.console.registry, visit.console.folder / "references"
    references, photographs = registry.materialise_references(cache), registry.materialise_photographs(cache)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        path.write_bytes(sent.file.read())
        (look,) = detect_many(
            references.marks, [path], references.lookalikes, workers=1, cache=cache, photos=photographs.files
        )
    if look.outcome == "undecodable":
        raise BadInput(_("That is no picture that can be opened"), _("Choose a JPEG, PNG, WebP, GIF or HEIC file"))
    return look


def _carried(visit: Visit, look: Look) -> list[Carried]:
    registry = visit.console.registry
    titles = {mark.mark_id: mark.title for mark in registry.marks()}
    titles |= {photograph.photo_id: photograph.title for photograph in registry.photographs()}
    best = {match.mark: match.strong for match in sorted(look.matches, key=lambda match: match.strong)}
    marks = [Carried(mark, titles.get(mark, mark), sure, _answers(visit, mark)) for mark, sure in best.items()]
    return marks + [
        Carried(m.photo, titles.get(m.photo, m.photo), m.distance <= EXACT, _answers(visit, m.photo), photograph=True)
        for m in look.photos
    ]


def _answers(visit: Visit, asset: str) -> dict[str, GrantAnswer]:
    registry, zone = visit.console.registry, visit.console.zone
    mine = [each.account for each in my_accounts(visit) if each.state == "active"]
    return {a.handle: registry.permission(asset, a.account_id, visit.now, zone) for a in mine}
