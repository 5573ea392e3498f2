"""One disposition: what it would drop, the state's permission for it, and another person's approval."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import msgspec
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.gate import Here
from console.pages import go, render
from console.reading.people import names
from console.routes.records.retention import SERIES, STATES
from console.routes.records.room import APPROVERS, HOME, OFFICERS, room
from console.texts import _
from console.visit import Visit
from records.errors import BadInput
from registry.dispositions import APPROVED, PERMITTED, PROPOSED, Disposition
from warehouse.retention import planned

UPLOAD = 33 << 20
"""A scanned letter, and the words around it."""

PATH = f"{HOME}/retention/{{disposition_id}}"


@room.page(PATH, APPROVERS)
def disposition(visit: Here, disposition_id: str) -> Response:
    """How far it is, and what can be done next."""
    return _page(visit, _found(visit, disposition_id))


@room.page(f"{PATH}/plan.json", APPROVERS)
def plan(visit: Here, disposition_id: str) -> Response:
    """Line by line what it would drop, for the application to the state."""
    _found(visit, disposition_id)
    content = visit.console.registry.dispositions.plan(disposition_id)
    headers = {"content-disposition": f'attachment; filename="{disposition_id}-plan.json"'}
    return Response(content, media_type="application/json", headers=headers)


@room.action(f"{PATH}/permit", OFFICERS, upload=UPLOAD)
def permit(visit: Here, disposition_id: str) -> Response:
    """Keep the state's permission as evidence."""
    sent = visit.file("file")
    try:
        if sent is None:
            raise BadInput(_("No file was chosen"), _("Choose the state's letter"))
        name = PurePath((sent.filename or "").replace("\\", "/")).name[:200] or "permission"
        content = sent.file.read()
        visit.console.records_work.permit(disposition_id, visit.text("number"), name, content, visit.me.login)
    except BadInput as error:
        return _page(visit, _found(visit, disposition_id), error)
    return go(visit, f"{HOME}/retention/{disposition_id}", _("The permission is kept. Somebody else approves."))


@room.action(f"{PATH}/approve", APPROVERS)
def approve(visit: Here, disposition_id: str) -> Response:
    """Approve it; who proposed it cannot, and the attempt is noted."""
    visit.console.registry.dispositions.approve(disposition_id, visit.me.login, visit.now)
    said = _("%(id)s is approved. IT carries it out.", id=disposition_id)
    return go(visit, f"{HOME}/retention/{disposition_id}", said)


@room.action(f"{PATH}/withdraw", OFFICERS)
def withdraw(visit: Here, disposition_id: str) -> Response:
    """Give it up before it has begun."""
    visit.console.registry.dispositions.withdraw(disposition_id, visit.me.login, visit.now, visit.text("why"))
    return go(visit, f"{HOME}/retention/{disposition_id}", _("%(id)s is withdrawn.", id=disposition_id))


def _found(visit: Visit, disposition_id: str) -> Disposition:
    try:
        return visit.console.registry.dispositions.get(disposition_id)
    except BadInput:
        raise HTTPException(404) from None


def _page(visit: Visit, one: Disposition, error: BadInput | None = None) -> Response:
    return render(
        visit,
        "records/disposition.html",
        422 if error else 200,
        one=one,
        states=STATES,
        series=SERIES,
        extent=_extent(visit.console.registry.dispositions.plan(one.disposition_id)),
        mine=one.proposed_by == visit.me.login,
        officer=visit.may(OFFICERS, "POST"),
        approver=visit.may(APPROVERS, "POST"),
        before=one.state in (PROPOSED, PERMITTED, APPROVED),
        number=visit.text("number"),
        error=error,
        name_of=names(visit.console.registry),
    )


def _extent(content: bytes) -> dict[str, Any] | None:
    """What a plan would drop, in numbers; None where it cannot be read."""
    try:
        found = planned(content)
    except msgspec.DecodeError:
        return None
    return {
        "lines": len(found.lines),
        "pictures": len(found.media),
        "records": found.records,
        "earliest": found.earliest,
        "latest": found.latest,
        "kept": found.kept,
    }
