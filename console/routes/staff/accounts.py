"""My accounts: what is collected of each and from where, what is kept, and who looked."""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response

from console.gate import Here
from console.pages import render
from console.reading import register
from console.reading.held import Held, held
from console.reading.people import names
from console.routes.communications.work import kept
from console.routes.staff.room import HOME, STAFF, my_account, my_accounts, my_reviews, room
from console.texts import N_
from console.visit import Visit
from registry.review_values import STATES
from reports.words import CHECKS, PLATFORMS, SEEN

LOOKS = 25
"""Looks that are shown, the latest ones."""

WAYS = {
    "observation": N_("an observation"),
    "post": N_("a post"),
    "identity": N_("the names in a thread"),
    "report": N_("a report"),
}


@room.page(HOME, STAFF)
def accounts(visit: Here) -> Response:
    """My accounts, and what waits for me."""
    mine = my_accounts(visit)
    return render(
        visit,
        "staff/accounts.html",
        mine=mine,
        due={each.account.account_id for each in register.due(mine, visit.now)},
        platforms=PLATFORMS,
        reviews=my_reviews(visit, mine),
        states=STATES,
        labels=kept(visit).office.labels(),
        policy=_policy_waiting(visit),
        requests=[r for r in visit.console.registry.requests.all() if r.asked_by == visit.me.login],
    )


@room.page(f"{HOME}/accounts/{{account_id}}", STAFF)
def account(visit: Here, account_id: str) -> Response:
    """Everything that is held about one of my accounts."""
    mine = my_account(visit, account_id)
    return render(
        visit,
        "staff/account.html",
        mine=mine,
        asked_for=bool(register.due([mine], visit.now)) or not mine.account.consent_in_force(visit.now),
        code=visit.console.registry.ownership.code(account_id, visit.now),
        platforms=PLATFORMS,
        held=_held(visit, account_id),
        looks=visit.console.registry.looks.by_account(account_id)[:LOOKS],
        ways=WAYS,
        name_of=names(visit.console.registry),
        checks=CHECKS,
        seen=SEEN,
    )


def _held(visit: Visit, account_id: str) -> Held | None:
    if not visit.console.archive.there:
        return None
    with visit.console.archive.cursor() as published:
        return held(published, account_id)


def _policy_waiting(visit: Visit) -> Any:
    """The procedures in force, where who asks has not acknowledged them."""
    procedures, me = visit.console.registry.procedures, visit.me.person_id
    current = procedures.current()
    return current if current and me and me not in procedures.acknowledged(current.version) else None
