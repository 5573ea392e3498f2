"""What a platform may cost in a calendar month (UTC), as IT decides. The connectors know what it has cost."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from records.errors import BadInput, Conflict
from records.model import Platform
from registry.database import Database
from registry.models import MonthlyLimitRow
from registry.outbox import Decided, note
from registry.texts import needed

PAID = (Platform.X,)
"""The platforms that charge for what is asked of them."""

MOST_USD = 1_000_000

_AMOUNT = re.compile(r"\$? ?([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class MonthlyLimit:
    """The most that a platform may cost in a month, with who set it so, when and why; ``version`` counts changes."""

    platform: Platform
    cents: int
    set_by: str
    set_at: datetime
    why: str
    version: int

    @property
    def usd(self) -> float:
        """The limit in US dollars."""
        return self.cents / 100


class Budgets:
    """The monthly limits of one registry. A platform without one goes by the district's settings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def limit(self, platform: Platform) -> MonthlyLimit | None:
        """What was decided last for ``platform``; None where nobody has."""
        with self._database.read() as session:
            row = session.get(MonthlyLimitRow, platform.value)
            return _value(row) if row else None

    def set_limit(self, platform: Platform, usd: str, version: int, by: str, at: datetime, why: str) -> MonthlyLimit:
        """Let ``platform`` cost at most ``usd`` (as typed: ``150``, ``$1,250.50``) in a month, from now on.

        ``version`` is that of the limit that whoever decides has seen, 0 where there was none.

        Raises
        ------
        BadInput : no amount, no reason, or a platform that costs nothing.
        Conflict : somebody set another limit since.
        """
        if platform not in PAID:
            raise BadInput(f"{platform.value.title()} costs nothing", f"Set a limit for {', '.join(PAID)}")
        cents, why = _cents(usd), needed(why, "The limit needs its reason", "Say why it is to be so")
        with self._database.write() as session:
            row = session.get(MonthlyLimitRow, platform.value)
            former = {"former": _dollars(row.cents)} if row else {}
            row = row or MonthlyLimitRow(platform=platform.value, version=0)
            if row.version != version:
                raise Conflict("The monthly limit was set by somebody else meanwhile", "Look at it as it is now")
            row.cents, row.set_by, row.set_at, row.why, row.version = cents, by, at, why, version + 1
            session.add(row)
            note(session, Decided(by, at, why), "budget.set", platform.value, **former, limit=_dollars(cents))
            return _value(row)


def _cents(usd: str) -> int:
    typed = _AMOUNT.fullmatch(usd.strip())
    if typed is None:
        raise BadInput(f"'{usd.strip()}' is no amount in US dollars", "Write it like 150 or 1,250.50")
    cents = int(typed[1].replace(",", "")) * 100 + int((typed[2] or "").ljust(2, "0"))
    if cents > MOST_USD * 100:
        raise BadInput(f"${cents / 100:,.2f} a month is more than can be set", f"Set ${MOST_USD:,} at most")
    return cents


def _dollars(cents: int) -> str:
    return f"{cents / 100:.2f}"


def _value(row: MonthlyLimitRow) -> MonthlyLimit:
    return MonthlyLimit(Platform(row.platform), row.cents, row.set_by, row.set_at, row.why, row.version)
