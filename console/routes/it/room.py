"""The room itself, and what its pages share."""

from __future__ import annotations

from console.access import only
from console.gate import Room
from console.texts import N_
from console.visit import Visit
from records.errors import BadInput
from registry import RegisteredAccount
from registry.users import Role

room = Room(
    N_("IT"),
    (
        ("/it", N_("Accounts")),
        ("/it/coverage", N_("Coverage")),
        ("/it/leavers", N_("Leavers")),
        ("/it/users", N_("Users")),
        ("/it/golive", N_("Going live")),
    ),
)
OURS = only(Role.IT)

PLATFORMS = [("x", "X"), ("facebook", "Facebook")]


def registered(visit: Visit, account_id: str) -> RegisteredAccount:
    """The registered account of that id; BadInput where there is none."""
    for each in visit.console.registry.registered(include_inactive=True):
        if each.account.account_id == account_id:
            return each
    raise BadInput(f"No account {account_id} is registered", "Look at the list of accounts")
