"""What staff handed in: the receipts, the files as they were, and the proof that each stands in the ledger."""

from __future__ import annotations

from fastapi.responses import FileResponse, Response
from starlette.exceptions import HTTPException

from console.gate import Here
from console.pages import render
from console.reading import receipts as reading
from console.reading.people import names
from console.routes.records.room import HOME, OFFICERS, room
from console.visit import Visit
from records.errors import BadInput
from registry.deposits import Deposit
from registry.looks import DEPOSIT
from warehouse.landing import Landing


@room.page(f"{HOME}/receipts", OFFICERS)
def receipts(visit: Here) -> Response:
    """Everything that was handed in, the latest first."""
    registry = visit.console.registry
    return render(visit, "records/receipts.html", deposits=registry.deposits.all(), name_of=names(registry))


@room.page(f"{HOME}/receipts/{{deposit_id}}", OFFICERS)
def receipt(visit: Here, deposit_id: str) -> Response:
    """One receipt, whether its file is still there, and whether the ledger has it."""
    deposit = _found(visit, deposit_id)
    return render(
        visit,
        "records/receipt.html",
        deposit=deposit,
        there=Landing(visit.console.folder).media_path(deposit.sha256).is_file(),
        proven=reading.proof(visit.console.folder, deposit) is not None,
        looks=visit.console.registry.looks.of(DEPOSIT, deposit.deposit_id),
        name_of=names(visit.console.registry),
    )


@room.page(f"{HOME}/receipts/{{deposit_id}}/file", OFFICERS)
def file(visit: Here, deposit_id: str) -> Response:
    """The file as it was handed in, never opened here. That it was fetched is noted."""
    deposit = _found(visit, deposit_id)
    path = Landing(visit.console.folder).media_path(deposit.sha256)
    if not path.is_file():
        raise HTTPException(404)
    visit.console.registry.looks.look(visit.me.login, visit.now, DEPOSIT, deposit.deposit_id)
    return FileResponse(
        path, media_type="application/octet-stream", filename=deposit.name, headers={"cache-control": "no-store"}
    )


@room.page(f"{HOME}/receipts/{{deposit_id}}/proof.json", OFFICERS)
def proof(visit: Here, deposit_id: str) -> Response:
    """The proof that the line of a receipt stands under the newest checkpoint."""
    content = reading.proof(visit.console.folder, _found(visit, deposit_id))
    if content is None:
        raise HTTPException(404)
    headers = {"content-disposition": f'attachment; filename="{deposit_id}-proof.json"'}
    return Response(content, media_type="application/json", headers=headers)


def _found(visit: Visit, deposit_id: str) -> Deposit:
    try:
        return visit.console.registry.deposits.get(deposit_id)
    except BadInput:
        raise HTTPException(404) from None
