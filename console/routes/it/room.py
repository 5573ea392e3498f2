"""The room itself, and what its pages share."""

from __future__ import annotations

from console.access import only
from console.gate import Room
from console.visit import Visit
from records.errors import BadInput
from registry import RegisteredAccount
from registry.users import Role

room = Room(
    "IT",
    (
        ("/it", "Accounts"),
        ("/it/coverage", "Coverage"),
        ("/it/leavers", "Leavers"),
        ("/it/users", "Users"),
        ("/it/golive", "Going live"),
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
