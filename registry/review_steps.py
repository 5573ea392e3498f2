"""The steps of reviews within a transaction: what may follow what, and nobody's step upon another's unseen."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import takewhile

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from records.errors import BadInput, Conflict, Refused
from registry.models import OutboxEvent, ReviewRow, ReviewStepRow
from registry.outbox import Decided, note
from registry.review_values import DISMISSALS, DISMISSED, NEW, NEXT, STATES, Change
from registry.slices import slices

MOVED, UNDONE = "review.moved", "review.undone"


def move(session: Session, changes: Sequence[Change], to_state: str, reason: str, decided: Decided) -> None:
    """Move these observations to ``to_state``; see :meth:`registry.reviews.Reviews.move`."""
    check_move(to_state, reason)
    known, together = _rows(session, [change.observation_id for change in changes]), uuid.uuid4().hex
    for change in changes:
        row = known.get(change.observation_id)
        _check_seen(row, change)
        _check_follows(row.state if row else NEW, to_state)
        step(session, row or _first(change), to_state, reason, decided, together=together)


def undo(session: Session, observation_ids: Sequence[str], decided: Decided) -> None:
    """Take back the last step of each; see :meth:`registry.reviews.Reviews.undo`."""
    known = _rows(session, observation_ids)
    for observation_id in observation_ids:
        row = known.get(observation_id)
        if row is None:
            raise BadInput(f"Observation {observation_id[:12]} is new", "There is nothing to take back")
        if row.by != decided.by:
            raise _changed(row)
        before = session.get(ReviewStepRow, (observation_id, row.version - 1))
        state, reason, words = (before.state, before.reason, before.note) if before else (NEW, "", "")
        step(session, row, state, reason, Decided(decided.by, decided.at, words), undone=True)


def last_moved(session: Session, by: str) -> list[str]:
    """The observations that ``by`` moved last, all that were moved at once; none where that was taken back."""
    mine = OutboxEvent.by == by, OutboxEvent.action.in_((MOVED, UNDONE))
    query = select(OutboxEvent.subject, OutboxEvent.data).where(*mine).order_by(OutboxEvent.seq.desc()).limit(1)
    last = session.execute(query).first()
    together = last.data.get("together") if last else None
    if not together:
        return []
    query = select(OutboxEvent.subject, OutboxEvent.data).where(*mine).order_by(OutboxEvent.seq.desc())
    rows = takewhile(lambda row: row.data.get("together") == together, session.execute(query))
    return [row.subject for row in rows][::-1]


def steps_of(observation_id: str) -> Select[ReviewStepRow]:
    """The steps of one review, the first one first."""
    query = select(ReviewStepRow).where(ReviewStepRow.observation_id == observation_id)
    return query.order_by(ReviewStepRow.version)


def step(
    session: Session,
    row: ReviewRow,
    state: str,
    reason: str,
    decided: Decided,
    undone: bool = False,
    together: str = "",
) -> None:
    """Make the next step of ``row``, with its line in the history and its event.

    ``together`` names what several observations are moved by at once, so that it can be taken back at once.
    """
    words = decided.why.strip()
    row.state, row.reason, row.note, row.by, row.at = state, reason, words, decided.by, decided.at
    row.version += 1
    session.add(row)
    session.flush()
    session.add(
        ReviewStepRow(
            observation_id=row.observation_id,
            version=row.version,
            state=state,
            reason=reason,
            note=words,
            by=decided.by,
            at=decided.at,
            undo=undone,
        )
    )
    data = {"state": state, "reason": reason, "rule": row.rule, "account_id": row.account_id}
    data |= {"together": together} if together else {}
    note(session, decided, UNDONE if undone else MOVED, row.observation_id, **data)


def check_move(to_state: str, reason: str) -> None:
    """BadInput unless this is a state to move to, with a reason where it is a dismissal and only there."""
    if to_state not in STATES or to_state == NEW:
        raise BadInput(f"'{to_state}' is no state to move to", f"Use one of {', '.join(list(STATES)[1:])}")
    if to_state == DISMISSED and reason not in DISMISSALS:
        raise BadInput("A dismissal needs its reason", f"Use one of {', '.join(DISMISSALS)}")
    if to_state != DISMISSED and reason:
        raise BadInput(f"'{reason}' is a reason to dismiss only", "Leave it out, or put it into the note")


def _check_seen(row: ReviewRow | None, change: Change) -> None:
    if row is not None and row.version != change.version:
        raise _changed(row)
    if row is None and change.version:
        raise BadInput(f"Observation {change.observation_id[:12]} has no review", "Open it again")


def _check_follows(state: str, to_state: str) -> None:
    if to_state not in NEXT[state]:
        allowed = " or ".join(STATES[name].lower() for name in NEXT[state])
        raise Refused(
            f"'{STATES[state]}' cannot be followed by '{STATES[to_state]}'", f"From here it can go to: {allowed}"
        )


def _changed(row: ReviewRow) -> Conflict:
    words = (
        f"Observation {row.observation_id[:12]} is '{STATES[row.state]}' since {row.at:%Y-%m-%d %H:%M} UTC, by {row.by}"
    )
    return Conflict(words, "Open it again and decide on what is there now")


def _first(change: Change) -> ReviewRow:
    return ReviewRow(
        observation_id=change.observation_id,
        rule=change.rule,
        account_id=change.account_id,
        subject=change.subject,
        group_key=change.group,
        version=0,
    )


def _rows(session: Session, observation_ids: Sequence[str]) -> dict[str, ReviewRow]:
    rows: dict[str, ReviewRow] = {}
    for some in slices(observation_ids):
        query = select(ReviewRow).where(ReviewRow.observation_id.in_(some))
        rows |= {row.observation_id: row for row in session.scalars(query)}
    return rows
