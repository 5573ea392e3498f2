"""The ledger's state: what was signed last, when everything was checked, and what to keep elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.gate import Here
from console.pages import go, render
from console.reading.people import names
from console.routes.records.room import HOME, OFFICERS, room
from console.texts import _
from warehouse.ledger import Ledger
from warehouse.note import checkpoint_in

JOB = "verify"


@room.page(f"{HOME}/ledger", OFFICERS)
def ledger(visit: Here) -> Response:
    """The newest checkpoint, the last check of everything, and how anybody checks it offline."""
    folder, registry = visit.console.folder, visit.console.registry
    steps = Ledger(folder).steps()
    newest = steps[-1] if steps else None
    stamps = len(list((folder / "ledger").glob("[0-9]*.tsr")))
    return render(
        visit,
        "records/ledger.html",
        newest=newest,
        checkpoint=checkpoint_in(newest.note) if newest else None,
        written_at=_written_at(folder / "ledger" / f"{newest.number:06d}.json") if newest else None,
        keys=_keys(folder).split(),
        stamps=stamps,
        last=registry.ledger_events.last_verification(),
        job=visit.console.jobs.of(JOB),
        name_of=names(registry),
        may=visit.may(OFFICERS, "POST"),
    )


@room.action(f"{HOME}/ledger/verify", OFFICERS)
def verify(visit: Here) -> Response:
    """Begin to check everything against everything."""
    by, work = visit.me.login, visit.console.records_work.verify

    def checked() -> str:
        work(by)
        return ""

    visit.console.jobs.start(JOB, checked, by, visit.now)
    return go(visit, f"{HOME}/ledger#check", _("Everything is being checked."))


@room.page(f"{HOME}/ledger/checkpoint.txt", OFFICERS)
def checkpoint(visit: Here) -> Response:
    """The newest signed checkpoint, to be kept where nobody here can change it."""
    steps = Ledger(visit.console.folder).steps()
    if not steps:
        raise HTTPException(404)
    return _file(steps[-1].note, f"checkpoint-{steps[-1].number:06d}.txt")


@room.page(f"{HOME}/ledger/public-key.txt", OFFICERS)
def public_key(visit: Here) -> Response:
    """The keys that check the ledger, to be given to everybody."""
    keys = _keys(visit.console.folder)
    if not keys:
        raise HTTPException(404)
    return _file(keys, "hallpass-public-key.txt")


def _keys(folder: Path) -> str:
    path = folder / "ledger" / "public-key"
    return path.read_text() if path.is_file() else ""


def _written_at(path: Path) -> datetime:
    """When a step was written; its file never changes."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _file(content: str, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/plain; charset=utf-8", headers=headers)
