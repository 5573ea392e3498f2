"""Deciding on the records that answer a request: whole, redacted or withheld, one by one or several at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.gate import Here
from console.pages import go, render
from console.reading.chosen import not_there, prompts
from console.reading.people import names
from console.reading.records import Picture, Told, record
from console.routes.communications.work import kept
from console.routes.records.requests import RULED, exemptions, found, path_of, request_page
from console.routes.records.room import HOME, OFFICERS, room
from console.texts import _, ngettext
from console.visit import Visit
from records.errors import BadInput
from registry.looks import POST
from registry.public_items import REDACTED, UNDECIDED, WHOLE, WITHHELD, PublicItem, Ruling
from warehouse.release import Term

SEVERAL = (WHOLE, WITHHELD, UNDECIDED)


@room.action(f"{HOME}/requests/{{request_id}}/items", OFFICERS)
def several(visit: Here, request_id: str) -> Response:
    """Decide on what was ticked, on everything that is undecided, or take what was ticked out again."""
    items, by = visit.console.registry.public_requests.items, visit.me.login
    to, ticked = visit.text("to"), _ticked(visit)
    if to == "leave-out":
        count = items.leave_out(request_id, ticked, by, visit.now)
        said = ngettext("%(num)s record was left out.", "%(num)s records were left out.", count)
        return go(visit, path_of(request_id), said)
    if to == "rest":
        to, ticked = WHOLE, {i.number: i.version for i in items.of(request_id) if i.ruling.kind == UNDECIDED}
    try:
        ruling = Ruling(to if to in SEVERAL else "", exemption=visit.text("exemption"), reason=visit.text("reason"))
        items.rule(request_id, ticked, ruling, by, visit.now)
    except BadInput as error:
        return request_page(visit, request_id, error)
    said = ngettext("%(num)s record is decided.", "%(num)s records are decided.", len(ticked))
    return go(visit, path_of(request_id), said)


@room.page(f"{HOME}/requests/{{request_id}}/items/{{number}}", OFFICERS)
def item(visit: Here, request_id: str, number: int) -> Response:
    """One record with all its versions, as it would be handed out. That it was opened is noted."""
    return _page(visit, request_id, _item(visit, request_id, number))


@room.action(f"{HOME}/requests/{{request_id}}/items/{{number}}", OFFICERS)
def rule(visit: Here, request_id: str, number: int) -> Response:
    """Decide on one record."""
    chosen = _item(visit, request_id, number)
    ruling = _ruling(visit)
    try:
        _require_words(visit, chosen, ruling)
        versions = {number: visit.number("version")}
        visit.console.registry.public_requests.items.rule(request_id, versions, ruling, visit.me.login, visit.now)
    except BadInput as error:
        return _page(visit, request_id, chosen, ruling, error)
    return go(visit, _next(visit, request_id, number), _("Record %(number)s is decided.", number=number))


def _item(visit: Visit, request_id: str, number: int) -> PublicItem:
    try:
        return visit.console.registry.public_requests.items.get(request_id, number)
    except BadInput:
        raise HTTPException(404) from None


def _page(
    visit: Visit, request_id: str, chosen: PublicItem, typed: Ruling | None = None, error: BadInput | None = None
) -> Response:
    request, ruling = found(visit, request_id), typed or chosen.ruling
    told, pictures = _told(visit, chosen)
    if told:
        account_id = told.account_id
        visit.console.registry.looks.look(visit.me.login, visit.now, POST, chosen.record_id, account_id)
    numbers = [each.number for each in visit.console.registry.public_requests.items.of(request_id)]
    place = numbers.index(chosen.number)
    return render(
        visit,
        "records/item.html",
        422 if error else 200,
        request=request,
        item=chosen,
        ruling=ruling,
        told=told,
        pictures=pictures,
        labels=kept(visit).office.labels(),
        shown=_shown(chosen, ruling),
        prompts=[(word, word) for word in (prompts(told) if told else []) if word not in ruling.words],
        exemptions=exemptions(),
        ruled=RULED,
        place=place + 1,
        count=len(numbers),
        before=numbers[place - 1] if place else None,
        after=numbers[place + 1] if place + 1 < len(numbers) else None,
        name_of=names(visit.console.registry),
        error=error,
        may=visit.may(OFFICERS, "POST") and request.open,
    )


def _told(visit: Visit, chosen: PublicItem) -> tuple[Told | None, Mapping[str, Picture]]:
    if not visit.console.archive.there:
        return None, {}
    with visit.console.archive.cursor() as published:
        return record(published, chosen.record_id, chosen.created_at) or (None, {})


def _ruling(visit: Visit) -> Ruling:
    """The ruling in the form; words one a line, and the prompts that were ticked."""
    lines = [line.strip() for line in visit.text("words").split("\n")]
    words = dict.fromkeys(word for word in (*lines, *visit.texts("prompt")) if word)
    redacted = visit.text("to") == REDACTED
    return Ruling(
        visit.text("to"),
        tuple(words) if redacted else (),
        redacted and bool(visit.text("author")),
        redacted and bool(visit.text("pictures")),
        visit.text("exemption"),
        visit.text("reason"),
    )


def _require_words(visit: Visit, chosen: PublicItem, ruling: Ruling) -> None:
    told, _pictures = _told(visit, chosen)
    if told and (absent := not_there(told, ruling.words)):
        what = _("'%(words)s' stands in no version of this record", words=absent[0])
        raise BadInput(what, _("Copy it from the text below, letter by letter"))


def _shown(chosen: PublicItem, ruling: Ruling) -> Any:
    """Makes of a version's text what is handed out of it."""
    if ruling.kind != REDACTED:
        return str
    term = Term(chosen.number, ruling.kind, ruling.words, exemption=ruling.exemption or "?")
    return lambda text: term.blacked(text) or ""


def _next(visit: Visit, request_id: str, number: int) -> str:
    """The next record that is undecided, or the request where none is."""
    items = visit.console.registry.public_requests.items.of(request_id)
    waiting = [each.number for each in items if each.ruling.kind == UNDECIDED]
    after = next((each for each in waiting if each > number), waiting[0] if waiting else None)
    return f"{path_of(request_id)}/items/{after}" if after else path_of(request_id)


def _ticked(visit: Visit) -> dict[int, int]:
    """By number, the version that was read, of each box that was ticked."""
    pairs = (text.partition(":") for text in visit.texts("item"))
    return {
        int(n): int(v)
        for n, _colon, v in pairs
        if (n + v).isascii() and (n + v).isdigit() and n and v and len(n + v) < 18
    }
