"""The room itself, and what its pages share."""

from __future__ import annotations

from console.access import only
from console.gate import Room
from console.reading import register
from console.reading.register import NOTHING_SEEN, Board, Sight
from console.routes.communications.work import kept
from console.texts import N_
from console.visit import Visit
from registry.users import Role

room = Room(
    N_("IT"),
    (
        ("/it", N_("Accounts")),
        ("/it/coverage", N_("Coverage")),
        ("/it/leavers", N_("Leavers")),
        ("/it/users", N_("Users")),
        ("/it/budget", N_("Budget")),
        ("/it/golive", N_("Going live")),
    ),
)
OURS = only(Role.IT)
FORMS = only(Role.IT, audited=False)
"""An empty form holds nothing that an auditor could read."""

PLATFORMS = [("x", "X"), ("facebook", "Facebook")]


def sight(visit: Visit, account_id: str | None = None) -> Sight:
    """How all accounts, or the one that is given, are being seen; nothing before the first load."""
    archive = visit.console.archive
    if not archive.there:
        return NOTHING_SEEN
    if account_id is None:
        return archive.once("sight", register.sight)
    with archive.cursor() as cursor:
        return register.sight(cursor, account_id)


def board(visit: Visit) -> Board:
    """Every registered account with where it stands, deactivated ones too; made once a minute."""
    keeping, seen, minute = kept(visit), sight(visit), register.minute_of(visit.now)
    accounts, known = keeping.office.accounts(), keeping.board
    if known is None or known.accounts is not accounts or known.sight is not seen or known.minute != minute:
        known = keeping.board = register.board(accounts, seen, visit.now)
    return known
