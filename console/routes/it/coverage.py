"""The coverage board: what is seen, what is not, and which credentials end."""

from __future__ import annotations

from collections import Counter

from fastapi.responses import Response

from console.gate import Here
from console.pages import go, render
from console.reading import register
from console.reading.paging import paged
from console.routes.it.room import OURS, board, room
from console.texts import _
from records.errors import BadInput
from registry.moments import read_moment


@room.page("/it/coverage", OURS)
def coverage(visit: Here) -> Response:
    """Every active account with how it is being seen, the worst first."""
    registry, stands = visit.console.registry, board(visit)
    rows = register.worst_first(row for row in stands.rows if row.each.state == "active")
    active, counted = [row.each for row in rows], Counter(row.standing.words for row in rows)
    ends = {credential.name: credential.expires_at for credential in registry.credentials.all()}
    return render(
        visit,
        "it/coverage.html",
        page=paged(rows, visit.query.get("page", "")),
        at=lambda number: f"/it/coverage?page={number}",
        disconnected=counted["disconnected"],
        unproven=counted["proof has ended"] + counted["ownership not proven"],
        ends=ends,
        credentials=[(name, name) for name in sorted({each.account.credential for each in active})],
        warnings=registry.credentials.warnings(visit.now),
        missing=register.without_accounts(registry.schools(), active),
        collected=bool(stands.sight.checks),
    )


@room.action("/it/coverage/credentials", OURS)
def note(visit: Here) -> Response:
    """When a credential ends; the secret itself is never asked for here."""
    name, ends = visit.text("name"), read_moment(visit.text("ends"), visit.console.zone, whole_day=True)
    if not name or ends is None:
        raise BadInput(_("The connection or its last day is missing"), _("Choose both"))
    visit.console.registry.credentials.note(name, ends, visit.now, visit.me.login)
    return go(visit, "/it/coverage", _("Noted. You are warned 14, 7 and 1 days before %(name)s ends.", name=name))
