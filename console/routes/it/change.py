"""Changing an account: who answers for it, its school, its purpose, its connection."""

from __future__ import annotations

from fastapi.responses import Response

from console.gate import Here
from console.pages import go, render
from console.routes.it.room import FORMS, OURS, room
from console.routes.it.staff_picker import picked, picker
from console.texts import _
from console.visit import Visit
from records.errors import BadInput, Conflict, HallpassError
from registry.values import AccountChange

FIELDS = ("owner", "school", "purpose", "credential", "why")


@room.page("/it/accounts/{account_id}/change", FORMS)
def form(visit: Here, account_id: str) -> Response:
    """The account as it is, to be changed."""
    account = visit.console.registry.registered_account(account_id).account
    is_now = {"owner": account.owner_id, "school": account.school, "purpose": account.purpose}
    return _form(visit, account_id, {**is_now, "credential": account.credential, "why": ""})


@room.action("/it/accounts/{account_id}/change", OURS)
def change(visit: Here, account_id: str) -> Response:
    """Change it, if it is still as it was when the form was opened."""
    typed = {name: visit.text(name) for name in FIELDS}
    try:
        owner = picked(visit, "owner", _owner(visit, account_id))
        wanted = AccountChange(owner, typed["school"], typed["purpose"], typed["credential"])
        changed = visit.console.registry.change_account(
            account_id, wanted, visit.text("version"), visit.me.login, visit.now, typed["why"]
        )
    except (BadInput, Conflict) as error:
        return _form(visit, account_id, typed, error)
    return go(visit, f"/it/accounts/{account_id}", _("@%(handle)s was changed.", handle=changed.handle))


def _owner(visit: Visit, account_id: str) -> tuple[str, str]:
    """Who answers for it now, who may have left the roster."""
    each = visit.console.registry.registered_account(account_id)
    return each.account.owner_id, each.owner_name


def _form(visit: Visit, account_id: str, typed: dict[str, str], error: HallpassError | None = None) -> Response:
    registry, conflict = visit.console.registry, isinstance(error, Conflict)
    return render(
        visit,
        "it/change.html",
        409 if conflict else 422 if error else 200,
        each=registry.registered_account(account_id),
        typed=typed,
        owner=picker(visit, typed["owner"], _owner(visit, account_id)),
        schools=list(registry.schools().items()),
        error=error,
        conflict=conflict,
    )
