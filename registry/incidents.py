"""What IT is told of at once, and only once: when it begins, and when it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.database import Database
from registry.mailing import NewMail, queue
from registry.models import Incident


@dataclass(frozen=True, slots=True)
class Trouble:
    """One incident: what it is about (``account x:1845``, ``run collect``), what was said, and from when to when."""

    incident_id: int
    subject: str
    detail: str
    began_at: datetime
    over_at: datetime | None


Tell = Callable[[Sequence[Trouble], Sequence[Trouble]], Iterable[NewMail]]
"""The mails about what began and what is over."""


class Incidents:
    """The district's incidents; of one subject at most one is open at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self) -> list[Trouble]:
        """What is not over, the oldest first."""
        with self._database.read() as session:
            return [_value(row) for row in _open(session).values()]

    def note(self, began: Mapping[str, str], over: Iterable[str], at: datetime, tell: Tell) -> int:
        """Open an incident for each subject of ``began`` that has none, close those ``over``, and queue the mails.

        All in one transaction, so that none is told of twice or not at all. Returns how many mails were queued.
        """
        with self._database.write() as session:
            known = _open(session)
            ended = [known[subject] for subject in dict.fromkeys(over) if subject in known]
            new = [Incident(subject=s, detail=d, began_at=at) for s, d in began.items() if s not in known]
            for row in ended:
                row.over_at = at
            session.add_all(new)
            session.flush()
            mails = tell([_value(row) for row in new], [_value(row) for row in ended]) if new or ended else ()
            return sum(queue(session, mail, at) for mail in mails)


def _open(session: Session) -> dict[str, Incident]:
    rows = session.scalars(select(Incident).where(Incident.over_at.is_(None)).order_by(Incident.id))
    return {row.subject: row for row in rows}


def _value(row: Incident) -> Trouble:
    return Trouble(row.id, row.subject, row.detail, row.began_at, row.over_at)
