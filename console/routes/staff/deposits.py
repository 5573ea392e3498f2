"""Handing in a file: a data export, a saved message. It is landed as it is; the receipt can be proven later."""

from __future__ import annotations

from pathlib import PurePath

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.gate import Here
from console.pages import go, render
from console.routes.staff.room import HOME, STAFF, room
from console.texts import _
from console.visit import Visit
from records.errors import BadInput
from registry.deposits import DepositDraft

UPLOAD = 51 << 20
"""The most that the landing takes of one file, and the words around it."""


@room.page(f"{HOME}/deposits", STAFF)
def deposits(visit: Here) -> Response:
    """What I handed in, and a form for more."""
    return _page(visit)


@room.action(f"{HOME}/deposits", STAFF, upload=UPLOAD)
def hand_in(visit: Here) -> Response:
    """Take a file; it counts as handed in when it is durable."""
    sent, registry = visit.file("file"), visit.console.registry
    try:
        if sent is None:
            raise BadInput("No file was chosen", "Choose the file to hand in")
        name = PurePath((sent.filename or "").replace("\\", "/")).name[:200] or "file"
        landed = visit.console.hand_in(name, sent.file.read(), visit.text("note"), visit.me.login)
    except BadInput as error:
        return _page(visit, error)
    draft = DepositDraft(name, landed.size, landed.sha256, visit.text("note"), landed.batch, landed.line)
    receipt = registry.deposits.record(draft, visit.me.login, visit.now)
    return go(
        visit,
        f"{HOME}/deposits/{receipt.deposit_id}",
        _("%(name)s is in the archive. This is your receipt.", name=name),
    )


@room.page(f"{HOME}/deposits/{{deposit_id}}", STAFF)
def receipt(visit: Here, deposit_id: str) -> Response:
    """One receipt, to be printed or kept."""
    try:
        deposit = visit.console.registry.deposits.get(deposit_id)
    except BadInput:
        raise HTTPException(404) from None
    if deposit.by != visit.me.login:
        raise HTTPException(404)
    return render(visit, "staff/receipt.html", deposit=deposit)


def _page(visit: Visit, error: BadInput | None = None) -> Response:
    mine = visit.console.registry.deposits.of(visit.me.login)
    context = {"mine": mine, "error": error, "note": visit.text("note")}
    return render(visit, "staff/deposits.html", 422 if error else 200, **context)
