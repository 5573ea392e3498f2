"""The register: every account, narrowed by words and filters, and one account with its history."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi.responses import Response

from console.gate import Here
from console.pages import go, render
from console.reading import register
from console.reading.paging import paged
from console.reading.people import names
from console.routes.it.room import OURS, PLATFORMS, board, room, sight
from console.texts import N_, _

STATES = {
    "collected": N_("Collected"),
    "disconnected": N_("Disconnected"),
    "proof ends soon": N_("Proof ends soon"),
    "proof has ended": N_("Proof has ended"),
    "ownership not proven": N_("Ownership not proven"),
    "deactivated": N_("Deactivated"),
}
FILTERS = ("q", "platform", "school", "state")
DISCONNECTED = register.Filters(state="disconnected")


@room.page("/it", OURS)
def accounts(visit: Here) -> Response:
    """The register, narrowed, a page at a time, and above it what waits for IT."""
    registry, rows = visit.console.registry, board(visit).rows
    asked = {name: visit.query.get(name, "").strip()[:200] for name in FILTERS}
    return render(
        visit,
        "it/accounts.html",
        page=paged(register.narrowed(rows, register.Filters(**asked)), visit.query.get("page", "")),
        total=len(rows),
        due=register.due([row.each for row in rows], visit.now),
        disconnected=len(register.narrowed(rows, DISCONNECTED)),
        tokens=len(registry.credentials.warnings(visit.now)),
        leavers=len(registry.proposals.all()),
        asked=asked,
        at=lambda number: f"/it?{urlencode({**asked, 'page': number})}",
        platforms=PLATFORMS,
        schools=list(registry.schools().items()),
        states=[(state, _(words)) for state, words in STATES.items()],
    )


@room.page("/it/accounts/{account_id}", OURS)
def account(visit: Here, account_id: str) -> Response:
    """One account: who answers for it, its proofs, its handles, how it is being seen."""
    each = visit.console.registry.registered_account(account_id)
    seen = sight(visit, account_id)
    return render(
        visit,
        "it/account.html",
        each=each,
        standing=register.standing(each, visit.now, seen.checks.get(account_id)),
        asked_for=bool(register.due([each], visit.now)) or not each.account.consent_in_force(visit.now),
        history=visit.console.registry.directory.history(account_id),
        seen=seen.of(each.account, visit.now),
        code=visit.console.registry.ownership.code(account_id, visit.now),
        name_of=names(visit.console.registry),
        error=None,
    )


@room.action("/it/accounts/{account_id}/deactivate", OURS)
def deactivate(visit: Here, account_id: str) -> Response:
    """Stop collecting an account; what was archived stays."""
    stopped = visit.console.registry.deactivate_account(account_id, visit.me.login, visit.now, visit.text("why"))
    return go(
        visit,
        f"/it/accounts/{account_id}",
        _("@%(handle)s is collected no more. What was archived stays.", handle=stopped.handle),
    )
