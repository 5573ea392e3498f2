"""What an account's owner says to a confirmed observation, and who answers an appeal: nobody who confirmed it."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from records.errors import BadInput, Refused
from registry.duties import same_person
from registry.models import RegisteredRow, ReviewMessageRow, ReviewRow
from registry.outbox import Decided, note
from registry.review_steps import check_move, step, steps_of
from registry.review_values import ANSWER, APPEAL, CONFIRMED, DISMISSED, REPLY, Message
from registry.texts import needed


def write(session: Session, observation_id: str, owner: str, kind: str, decided: Decided) -> Message:
    """A reply or an appeal; see :class:`registry.reviews.Reviews`."""
    row = session.get(ReviewRow, observation_id)
    account = session.get(RegisteredRow, row.account_id) if row else None
    if row is None or row.state not in CONFIRMED or account is None or account.owner_id != owner:
        raise Refused("This observation is not for you to answer", "Open it from your own page")
    if kind == APPEAL and _waiting(session, observation_id):
        raise Refused("An appeal waits already", "Add a reply, or wait for the answer")
    return _add(session, observation_id, kind, decided)


def answer(session: Session, observation_id: str, dismiss_as: str, decided: Decided) -> Message:
    """The answer to the appeal that waits; see :meth:`registry.reviews.Reviews.answer_appeal`."""
    row = session.get(ReviewRow, observation_id)
    appeal = _waiting(session, observation_id)
    if row is None or appeal is None:
        raise BadInput(f"No appeal waits for observation {observation_id[:12]}", "See what was answered")
    reviewers = {s.by for s in session.scalars(steps_of(observation_id)) if s.state in CONFIRMED}
    if any(same_person(session, decided.by, other) for other in reviewers | {appeal.by}):
        raise Refused(f"{decided.by} took part in this, so somebody else answers the appeal", "Ask a colleague")
    message = _add(session, observation_id, ANSWER, decided)
    if dismiss_as:
        check_move(DISMISSED, dismiss_as)
        step(session, row, DISMISSED, dismiss_as, decided)
    return message


def messages_of(observation_id: str) -> Select[ReviewMessageRow]:
    """What was written about one observation, the first message first."""
    query = select(ReviewMessageRow).where(ReviewMessageRow.observation_id == observation_id)
    return query.order_by(ReviewMessageRow.id)


def waiting(session: Session) -> dict[str, Message]:
    """The appeals that nobody has answered, by observation id."""
    rows = select(ReviewMessageRow).where(ReviewMessageRow.kind != REPLY).order_by(ReviewMessageRow.id)
    last = {row.observation_id: as_message(row) for row in session.scalars(rows)}
    return {key: message for key, message in last.items() if message.kind == APPEAL}


def as_message(row: ReviewMessageRow) -> Message:
    """The row as a value."""
    return Message(row.observation_id, row.kind, row.by, row.at, row.text)


def _waiting(session: Session, observation_id: str) -> ReviewMessageRow | None:
    last = session.scalars(messages_of(observation_id).where(ReviewMessageRow.kind != REPLY)).all()[-1:]
    return last[0] if last and last[0].kind == APPEAL else None


def _add(session: Session, observation_id: str, kind: str, decided: Decided) -> Message:
    text = needed(decided.why, f"The {kind} has no words", "Say what you want to say")
    row = ReviewMessageRow(observation_id=observation_id, kind=kind, by=decided.by, at=decided.at, text=text)
    session.add(row)
    note(session, decided, f"review.{kind}", observation_id)
    return as_message(row)
