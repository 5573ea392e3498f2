"""The register: every account, narrowed by words and filters, and one account with its history."""

from __future__ import annotations

from fastapi.responses import Response

from console.gate import Here
from console.pages import go, render
from console.reading import register
from console.reading.people import names
from console.routes.it.room import OURS, PLATFORMS, registered, room
from console.texts import N_, _
from console.visit import Visit

STATES = {
    "collected": N_("Collected"),
    "proof ends soon": N_("Proof ends soon"),
    "proof has ended": N_("Proof has ended"),
    "ownership not proven": N_("Ownership not proven"),
    "deactivated": N_("Deactivated"),
}


@room.page("/it", OURS)
def accounts(visit: Here) -> Response:
    """The register, narrowed."""
    everything = visit.console.registry.registered(include_inactive=True)
    asked = {name: visit.query.get(name, "").strip()[:200] for name in ("q", "platform", "school", "state")}
    found = register.narrowed(everything, register.Filters(**asked), visit.now)
    return render(
        visit,
        "it/accounts.html",
        rows=[(each, register.standing(each, visit.now)) for each in found],
        total=len(everything),
        due=register.due(everything, visit.now),
        asked=asked,
        platforms=PLATFORMS,
        schools=list(visit.console.registry.schools().items()),
        states=[(state, _(words)) for state, words in STATES.items()],
    )


@room.page("/it/accounts/{account_id}", OURS)
def account(visit: Here, account_id: str) -> Response:
    """One account: who answers for it, its proofs, its handles, how it is being seen."""
    each = registered(visit, account_id)
    return render(
        visit,
        "it/account.html",
        each=each,
        standing=register.standing(each, visit.now),
        history=visit.console.registry.directory.history(account_id),
        seen=seen_of(visit, account_id),
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


def seen_of(visit: Visit, account_id: str) -> register.Seen | None:
    """How one account is being seen; None before anything was collected."""
    if not visit.console.archive.there:
        return None
    with visit.console.archive.cursor() as cursor:
        return register.seen(cursor, [registered(visit, account_id).account], visit.now)[account_id]
