"""The coverage board: what is seen, what is not, and which credentials end."""

from __future__ import annotations

from fastapi.responses import Response

from console.gate import Here
from console.pages import go, render
from console.reading import register
from console.routes.it.room import OURS, room
from console.texts import _
from records.errors import BadInput
from registry.moments import read_moment


@room.page("/it/coverage", OURS)
def coverage(visit: Here) -> Response:
    """Every active account with how it is being seen, the worst first."""
    registry = visit.console.registry
    active = registry.registered()
    seen: dict[str, register.Seen] = {}
    if visit.console.archive.there:
        with visit.console.archive.cursor() as cursor:
            seen = register.seen(cursor, [each.account for each in active], visit.now)
    ends = {credential.name: credential.expires_at for credential in registry.credentials.all()}
    rows = [(each, register.standing(each, visit.now), seen.get(each.account.account_id)) for each in active]
    return render(
        visit,
        "it/coverage.html",
        rows=sorted(rows, key=lambda row: -(row[2].gap_hours if row[2] else 0)),
        ends=ends,
        credentials=[(name, name) for name in sorted({each.account.credential for each in active})],
        warnings=registry.credentials.warnings(visit.now),
        missing=register.without_accounts(registry.schools(), active),
        collected=bool(seen),
    )


@room.action("/it/coverage/credentials", OURS)
def note(visit: Here) -> Response:
    """When a credential ends; the secret itself is never asked for here."""
    name, ends = visit.text("name"), read_moment(visit.text("ends"), visit.console.zone, whole_day=True)
    if not name or ends is None:
        raise BadInput(_("The connection or its last day is missing"), _("Choose both"))
    visit.console.registry.credentials.note(name, ends, visit.now, visit.me.login)
    return go(visit, "/it/coverage", _("Noted. You are warned 14, 7 and 1 days before %(name)s ends.", name=name))
