"""Accounts whose owner left the roster: the machine proposes, a person decides."""

from __future__ import annotations

from fastapi.responses import Response

from console.gate import Here
from console.pages import go, render
from console.routes.communications.work import kept
from console.routes.it.room import OURS, room
from console.texts import _


@room.page("/it/leavers", OURS)
def leavers(visit: Here) -> Response:
    """What waits for a decision."""
    named = {each.account.account_id: each for each in kept(visit).office.accounts()}
    proposals = visit.console.registry.proposals.all()
    return render(visit, "it/leavers.html", proposals=[(each, named[each.account_id]) for each in proposals])


@room.action("/it/leavers/{account_id}", OURS)
def decide(visit: Here, account_id: str) -> Response:
    """Stop collecting the account, or keep it, each with its reason."""
    proposals, why = visit.console.registry.proposals, visit.text("why")
    if visit.text("decision") == "keep":
        proposals.keep(account_id, visit.me.login, visit.now, why)
        return go(visit, "/it/leavers", _("The account goes on. If its next owner leaves, you are asked again."))
    stopped = proposals.accept(account_id, visit.me.login, visit.now, why)
    said = _("@%(handle)s is collected no more. What was archived stays.", handle=stopped.handle)
    return go(visit, "/it/leavers", said)
