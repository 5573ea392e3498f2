"""The records officer's part of the menu, who may come in, and dates as forms bring them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from console.access import only
from console.gate import Room
from console.texts import N_, _
from console.visit import Visit
from records.errors import BadInput
from registry.users import Role

HOME = "/records"
OFFICERS = only(Role.RECORDS)
APPROVERS = only(Role.RECORDS, Role.SUPERINTENDENT)
"""Who proposes a disposition does not approve it: in a district with one records officer, the superintendent does."""

room = Room(
    N_("Records"),
    (
        (HOME, N_("Requests")),
        (f"{HOME}/exports", N_("Handed out")),
        (f"{HOME}/holds", N_("Legal holds")),
        (f"{HOME}/retention", N_("Retention")),
        (f"{HOME}/ledger", N_("Proof")),
        (f"{HOME}/receipts", N_("Handed in")),
    ),
)


def typed_day(visit: Visit, name: str) -> date:
    """The day in a field; BadInput for none."""
    try:
        return date.fromisoformat(visit.text(name))
    except ValueError:
        what = _("'%(text)s' is not a day", text=visit.text(name))
        raise BadInput(what, _("Write it as 2026-10-19")) from None


def today(visit: Visit) -> date:
    """The day by the district's calendar."""
    return visit.now.astimezone(visit.console.zone).date()


def noon_of(visit: Visit) -> Callable[[date], datetime]:
    """Makes a moment of a day, for the filters that show moments."""
    return lambda day: datetime.combine(day, time(12), visit.console.zone)
