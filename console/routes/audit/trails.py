"""Who did what, when and why: the newest first, a page at a time."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi.responses import Response

from console.gate import Here
from console.pages import render
from console.reading.people import names
from console.routes.audit import words
from console.routes.audit.room import AUDITORS, HOME, room
from console.routes.communications.work import kept
from console.texts import _
from registry.audit import ACCESS, DECISIONS, KINDS, NAMES


@room.page(HOME, AUDITORS)
def trails(visit: Here) -> Response:
    """One trail: decisions, names that were opened, looks, or sign-ins and denials."""
    registry = visit.console.registry
    kind = visit.query.get("kind", DECISIONS)
    kind, by, number = kind if kind in KINDS else DECISIONS, visit.query.get("by", ""), _number(visit.query.get("page"))
    entries, more = registry.audit.page(kind, by, number)
    labels, users = kept(visit).office.labels(), registry.users.all()
    called = {user.user_id: user.name for user in users}
    return render(
        visit,
        "audit/trails.html",
        kind=kind,
        kinds=[(each, _(text)) for each, text in words.TRAILS.items()],
        by=by,
        people=sorted(((user.login, user.name) for user in users), key=lambda each: each[1]),
        rows=[(e, words.deed(kind, e), words.subject(kind, e, labels, called), words.place(kind, e)) for e in entries],
        facts=lambda entry: words.facts(entry, visit),
        number=number,
        more=more,
        access=kind == ACCESS,
        names=kind == NAMES,
        name_of=names(registry),
        at=lambda page: f"{HOME}?{urlencode({'kind': kind, 'by': by, 'page': page})}",
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) else 1
