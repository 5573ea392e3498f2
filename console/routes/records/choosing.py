"""Searching the archive for what answers a request, and choosing from what is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from fastapi.responses import Response

from console.gate import Here
from console.pages import go, render
from console.reading.found import Asked, Finds, find
from console.routes.communications.people import masked_snippet
from console.routes.communications.work import kept
from console.routes.records.requests import found, path_of
from console.routes.records.room import HOME, OFFICERS, room
from console.texts import _, ngettext
from console.visit import Visit
from records.errors import BadInput
from warehouse.search import Hit, Search

AT_ONCE = 2_000
"""Finds that are chosen at once, at most."""


@room.page(f"{HOME}/requests/{{request_id}}/find", OFFICERS)
def finding(visit: Here, request_id: str) -> Response:
    """The archive's search with a box beside each find."""
    request, asked, error, finds = found(visit, request_id), Asked.read(visit.query), None, None
    try:
        finds = _finds(visit, asked) if asked.parameters() else None
    except BadInput as problem:
        error = problem
    labels = kept(visit).office.labels()
    accounts = sorted((each.handle.lower(), each.account_id, each.handle) for each in labels.active)
    items = visit.console.registry.public_requests.items.of(request_id)
    return render(
        visit,
        "records/find.html",
        422 if error else 200,
        request=request,
        asked=asked,
        error=error,
        finds=finds,
        labels=labels,
        accounts=[(account_id, f"@{handle}") for _handle, account_id, handle in accounts],
        chosen={item.record_id for item in items},
        snippet=masked_snippet(labels, finds.hits if finds else ()),
        value_of=_value,
        query=urlencode(asked.parameters()),
        at=lambda number: f"{path_of(request_id)}/find?{urlencode({**asked.parameters(), 'page': number})}",
        at_once=AT_ONCE,
        may=visit.may(OFFICERS, "POST"),
    )


@room.action(f"{HOME}/requests/{{request_id}}/find", OFFICERS)
def choose(visit: Here, request_id: str) -> Response:
    """Add what was ticked, or everything that the search finds."""
    asked = Asked.read(visit.query)
    records = _everything(visit, asked) if visit.text("all") else _ticked(visit)
    items = visit.console.registry.public_requests.items
    new = items.choose(request_id, records, visit.me.login, visit.now)
    said = ngettext("%(num)s record was added.", "%(num)s records were added.", new)
    back = f"{path_of(request_id)}/find?{visit.request.url.query}"
    return go(visit, path_of(request_id) if visit.text("all") else back, said)


def _finds(visit: Visit, asked: Asked) -> Finds:
    text = visit.query.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    with visit.console.archive.cursor() as published:
        return find(Search(visit.console.folder, published), _anything(asked), number, visit.console.zone)


def _everything(visit: Visit, asked: Asked) -> dict[str, datetime | None]:
    """All finds, by record; BadInput for more than are chosen at once."""
    with visit.console.archive.cursor() as published:
        search, narrow = Search(visit.console.folder, published), asked.narrow(visit.console.zone)
        hits = search.find(_anything(asked).words, narrow, limit=AT_ONCE + 1)
    if len(hits) > AT_ONCE:
        what = _("More than %(num)s versions match", num=AT_ONCE)
        raise BadInput(what, _("Narrow the search, by dates for example, and add it in parts"))
    return {hit.record_id: hit.created_at for hit in hits}


def _anything(asked: Asked) -> Asked:
    """Without words, everything that fits the rest is meant."""
    return asked if asked.words else replace(asked, words="*")


def _value(hit: Hit) -> str:
    """A find as a box sends it: its id, and when it was made, which makes it quick to find."""
    return f"{hit.record_id} {hit.created_at.isoformat() if hit.created_at else ''}"


def _ticked(visit: Visit) -> dict[str, datetime | None]:
    records: dict[str, datetime | None] = {}
    for text in visit.texts("record"):
        record_id, _space, made = text.partition(" ")
        if record_id.startswith(("x:", "facebook:")) and len(record_id) < 200:
            records[record_id] = _moment(made)
    return records


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
