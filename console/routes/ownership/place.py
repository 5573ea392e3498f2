"""From which page a proof is given, and of which account."""

from __future__ import annotations

from console.gate import Room
from console.routes.staff.room import my_account
from console.visit import Visit
from records.model import Account

room = Room()
FROM_IT, FROM_OWNER = "/it/accounts/", "/staff/accounts/"


def account_of(visit: Visit, page: str) -> Account:
    """The account of a page: for IT any that is registered, for its owner their own; BadInput or 404 for others."""
    if page.startswith(FROM_OWNER):
        return my_account(visit, page.removeprefix(FROM_OWNER)).account
    return visit.console.registry.registered_account(page.removeprefix(FROM_IT)).account
