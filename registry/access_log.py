"""What came of each try to sign in, and each page that was denied; and from it, how often somebody may try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from records.errors import Throttled
from registry.models import NAME_LENGTH, AccessRow

WINDOW = timedelta(minutes=15)
TRIES_PER_LOGIN, TRIES_PER_ADDRESS = 10, 50
"""Failed tries within the window; a whole school may stand behind one address."""

PASSWORD, KNOWN_BROWSER, CODE = "password", "password in a known browser", "code"
"""The ways in that are counted apart. Who only fails at passwords shuts nobody out of a browser that has signed in as
the same user before, nor of the second step: https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies
"""

SIGN_IN, DENIED = "sign-in", "denied"
UNDER_WAY = "under way"


@dataclass(frozen=True, slots=True)
class Access:
    """One entry. ``kind`` is sign-in or denied; ``what`` the way in, or the page."""

    at: datetime
    kind: str
    login: str
    user_id: int | None
    address: str
    allowed: bool
    what: str
    reason: str


def begin(session: Session, login: str, address: str, what: str, at: datetime) -> int:
    """Note a try before it is judged, so that many at once cannot pass the limit; its number, for :func:`end`.

    Raises
    ------
    Throttled : too many have failed for this login in this way, or (of strangers) from this address.
    """
    login, address = login[:NAME_LENGTH], address[:NAME_LENGTH]
    if login:
        _check(session, and_(AccessRow.login == login, AccessRow.what == what), TRIES_PER_LOGIN, at)
    if what not in (KNOWN_BROWSER, CODE):
        _check(session, AccessRow.address == address, TRIES_PER_ADDRESS, at)
    return _noted(session, _entry(SIGN_IN, login, None, address, False, what, UNDER_WAY, at))


def came_in(session: Session, login: str, user_id: int, address: str, what: str, at: datetime) -> None:
    """Keep that somebody else has vouched for a user."""
    _noted(session, _entry(SIGN_IN, login, user_id, address, True, what, "signed in", at))


def _noted(session: Session, row: AccessRow) -> int:
    session.add(row)
    session.flush()
    return row.id


def end(session: Session, number: int, allowed: bool, reason: str, user_id: int | None = None) -> None:
    """How the try ended, and why."""
    row = session.get_one(AccessRow, number)
    row.allowed, row.reason, row.user_id = allowed, reason, user_id


def denied(session: Session, access: Access) -> None:
    """Keep one denial."""
    entry = _entry(
        DENIED, access.login, access.user_id, access.address, False, access.what[:2000], access.reason, access.at
    )
    session.add(entry)


def newest(session: Session, limit: int) -> list[Access]:
    """The last entries, newest first."""
    rows = session.scalars(select(AccessRow).order_by(AccessRow.id.desc()).limit(limit))
    return [Access(r.at, r.kind, r.login, r.user_id, r.address, r.allowed, r.what, r.reason) for r in rows]


def _entry(
    kind: str, login: str, user_id: int | None, address: str, allowed: bool, what: str, reason: str, at: datetime
) -> AccessRow:
    return AccessRow(
        at=at, kind=kind, login=login, user_id=user_id, address=address, allowed=allowed, what=what, reason=reason
    )


def _check(session: Session, whose: ColumnElement[bool], tries: int, at: datetime) -> None:
    failed = select(func.count(), func.min(AccessRow.at)).where(
        AccessRow.kind == SIGN_IN, whose, AccessRow.allowed.is_(False), AccessRow.at > at - WINDOW
    )
    count, first = session.execute(failed).one()
    if count >= tries:
        again = (first + WINDOW) if first else at + WINDOW
        minutes = max(1, round((again - at).total_seconds() / 60))
        raise Throttled("Too many tries to sign in have failed", again, f"Try again in {minutes} minutes")
