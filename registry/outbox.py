"""Who decided what, when and why: one event a decision, in the same transaction, until the ledger has it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from records.errors import BadInput
from records.model import Decision
from registry.models import NAME_LENGTH, OutboxEvent


@dataclass(frozen=True, slots=True)
class Decided:
    """Who decides, when (aware) and why."""

    by: str
    at: datetime
    why: str = ""


def note(session: Session, decided: Decided, action: str, subject: str, **data: str) -> None:
    """Add an event; ``data`` carries ids and counts, never a person's name.

    Raises
    ------
    BadInput : when nobody is named as the one who decided.
    """
    by = decided.by.strip()
    if not 0 < len(by) <= NAME_LENGTH:
        raise BadInput("Nobody is named as the one who decides", "Say who decides")
    session.add(
        OutboxEvent(
            event_id=uuid.uuid4().hex,
            at=decided.at,
            by=by,
            action=action,
            subject=subject,
            reason=decided.why.strip(),
            data=data,
            landed=False,
        )
    )


@dataclass(frozen=True, slots=True)
class Event:
    """That something was decided about ``subject``; ``seq`` grows from event to event."""

    seq: int
    action: str
    subject: str


def after(session: Session, seq: int) -> list[Event]:
    """The events after ``seq``, landed or not, oldest first: what a reader that keeps a copy has to read again."""
    query = select(OutboxEvent.seq, OutboxEvent.action, OutboxEvent.subject).where(OutboxEvent.seq > seq)
    return [Event(*row) for row in session.execute(query.order_by(OutboxEvent.seq))]


def newest(session: Session) -> int:
    """The ``seq`` of the newest event, 0 where there is none."""
    return session.scalar(select(func.max(OutboxEvent.seq))) or 0


def waiting(session: Session) -> list[Decision]:
    """The events that are not in landing yet, oldest first."""
    rows = session.scalars(select(OutboxEvent).where(OutboxEvent.landed.is_(False)).order_by(OutboxEvent.seq))
    return [Decision(r.event_id, r.at, r.by, r.action, r.subject, r.reason, r.data) for r in rows]


def landed(session: Session, event_ids: Iterable[str]) -> None:
    """Mark events as durable in landing; unknown ids change nothing."""
    for event_id in event_ids:
        session.execute(update(OutboxEvent).where(OutboxEvent.event_id == event_id).values(landed=True))
