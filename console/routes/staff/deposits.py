"""Handing in a file: a data export, a saved message. It is landed as it is; the receipt can be proven later."""

from __future__ import annotations

import hashlib
from pathlib import PurePath

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.gate import Here
from console.pages import go, render
from console.reading import receipts
from console.routes.staff.room import HOME, STAFF, room
from console.texts import _
from console.visit import Visit
from records.errors import BadInput
from registry.deposits import Deposit, DepositDraft

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
            raise BadInput(_("No file was chosen"), _("Choose the file to hand in"))
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
    """One receipt, to be printed or kept, and whether the ledger has it."""
    return _receipt(visit, _mine(visit, deposit_id))


@room.action(f"{HOME}/deposits/{{deposit_id}}/check", STAFF, upload=UPLOAD)
def check(visit: Here, deposit_id: str) -> Response:
    """Whether a file is the one that was handed in; nothing of it is kept."""
    deposit, sent = _mine(visit, deposit_id), visit.file("file")
    if sent is None:
        return _receipt(visit, deposit, error=BadInput(_("No file was chosen"), _("Choose the one to compare")))
    same = hashlib.sha256(sent.file.read()).hexdigest() == deposit.sha256
    return _receipt(visit, deposit, compared=(sent.filename or "", same))


@room.page(f"{HOME}/deposits/{{deposit_id}}/proof.json", STAFF)
def proof(visit: Here, deposit_id: str) -> Response:
    """The proof that the receipt stands under the newest checkpoint of the ledger."""
    deposit = _mine(visit, deposit_id)
    content = receipts.proof(visit.console.folder, deposit)
    if content is None:
        raise HTTPException(404)
    headers = {"content-disposition": f'attachment; filename="{deposit.deposit_id}-proof.json"'}
    return Response(content, media_type="application/json", headers=headers)


def _mine(visit: Visit, deposit_id: str) -> Deposit:
    """One of my receipts; 404 for anybody else's."""
    for deposit in visit.console.registry.deposits.of(visit.me.login):
        if deposit.deposit_id == deposit_id:
            return deposit
    raise HTTPException(404)


def _receipt(
    visit: Visit, deposit: Deposit, compared: tuple[str, bool] | None = None, error: BadInput | None = None
) -> Response:
    proven = receipts.proof(visit.console.folder, deposit) is not None
    context = {"deposit": deposit, "proven": proven, "compared": compared, "error": error}
    return render(visit, "staff/receipt.html", 422 if error else 200, **context)


def _page(visit: Visit, error: BadInput | None = None) -> Response:
    mine = visit.console.registry.deposits.of(visit.me.login)
    context = {"mine": mine, "error": error, "note": visit.text("note")}
    return render(visit, "staff/deposits.html", 422 if error else 200, **context)
