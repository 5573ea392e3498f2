"""The staff's part of the menu, and what is theirs. Nobody else opens these pages, not even an auditor."""

from __future__ import annotations

from starlette.exceptions import HTTPException

from console.access import only
from console.gate import Room
from console.texts import N_
from console.visit import Visit
from registry.review_values import CONFIRMED, Review
from registry.users import Role
from registry.values import RegisteredAccount

HOME = "/staff"
STAFF = only(Role.STAFF, audited=False)

room = Room(
    N_("Mine"),
    (
        (HOME, N_("My accounts")),
        (f"{HOME}/check", N_("Check a picture")),
        (f"{HOME}/requests", N_("Ask for a permission")),
        (f"{HOME}/policy", N_("The policy")),
        (f"{HOME}/deposits", N_("Hand in a file")),
    ),
)


def my_accounts(visit: Visit) -> list[RegisteredAccount]:
    """The accounts that who asks answers for; none where the login is not tied to the roster."""
    person_id = visit.me.person_id
    return visit.console.registry.owned(person_id) if person_id else []


def my_account(visit: Visit, account_id: str) -> RegisteredAccount:
    """One of mine; 404 for anybody else's."""
    for each in my_accounts(visit):
        if each.account.account_id == account_id:
            return each
    raise HTTPException(404)


def my_reviews(visit: Visit, accounts: list[RegisteredAccount]) -> list[Review]:
    """What a reviewer confirmed about my accounts, and what was dismissed after I had answered to it."""
    reviews = visit.console.registry.reviews
    every = [review for each in accounts for review in reviews.of_account(each.account.account_id)]
    return [each for each in every if each.state in CONFIRMED or reviews.messages(each.observation_id)]
