"""The archive's search: every version of every post and comment."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi.responses import Response

from console.gate import Here
from console.pages import render
from console.reading.found import Asked, Finds, find
from console.routes.communications.people import masked_snippet
from console.routes.communications.room import ARCHIVE_READERS, HOME, room
from console.routes.communications.work import kept
from console.visit import Visit
from records.errors import BadInput
from warehouse.search import Hit, Search


@room.page(f"{HOME}/search", ARCHIVE_READERS)
def search(visit: Here) -> Response:
    """What matches, the best first."""
    asked, error, finds = Asked.read(visit.query), None, None
    try:
        finds = _finds(visit, asked) if asked.words else None
    except BadInput as problem:
        error = problem
    labels = kept(visit).office.labels()
    accounts = sorted((each.handle.lower(), each.account_id, each.handle) for each in labels.active)
    return render(
        visit,
        "communications/search.html",
        422 if error else 200,
        asked=asked,
        error=error,
        finds=finds,
        labels=labels,
        accounts=[(account_id, f"@{handle}") for _, account_id, handle in accounts],
        where=_where,
        snippet=masked_snippet(labels, finds.hits if finds else ()),
        at=lambda number: f"{HOME}/search?{urlencode({**asked.parameters(), 'page': number})}",
    )


def _finds(visit: Visit, asked: Asked) -> Finds:
    text = visit.query.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    with visit.console.archive.cursor() as published:
        return find(Search(visit.console.folder, published), asked, number, visit.console.zone)


def _where(hit: Hit) -> str:
    """The address of a find, with about when it was made: without an index that is quick to find."""
    query = f"?{urlencode({'at': hit.created_at.isoformat()})}" if hit.created_at else ""
    return f"{HOME}/posts/{hit.record_id}{query}"
