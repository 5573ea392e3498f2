"""What people make of observations: each step by a person, kept for good, and never two at once on the same thing.

An observation that nobody has touched is new. From a step ``contacted`` on it is confirmed: the account's owner
sees it, may reply, and may appeal to somebody else than its reviewers. It is referred only after that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, func, or_, select

from registry import appeals, review_steps
from registry.database import Database
from registry.models import ReviewRow, ReviewStepRow
from registry.outbox import Decided
from registry.review_values import (
    APPEAL,
    CONFIRMED,
    DISMISSALS,
    NEXT,
    REPLY,
    STATES,
    Change,
    Dismissal,
    Message,
    Precision,
    Review,
    Step,
)

__all__ = [
    "CONFIRMED",
    "DISMISSALS",
    "NEXT",
    "STATES",
    "Change",
    "Dismissal",
    "Message",
    "Precision",
    "Review",
    "Reviews",
    "Step",
]


class Reviews:
    """The reviews of one registry. Everybody is named by their login, except an owner (the roster's sourcedId)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, Review]:
        """The reviews of everything that is not new, by observation id."""
        with self._database.read() as session:
            return {row.observation_id: _review(row) for row in session.scalars(select(ReviewRow))}

    def get(self, observation_id: str) -> Review | None:
        """The review of one observation; None where nobody has touched it."""
        with self._database.read() as session:
            row = session.get(ReviewRow, observation_id)
            return _review(row) if row else None

    def of_account(self, account_id: str) -> list[Review]:
        """The reviews of an account's observations, the latest step first."""
        with self._database.read() as session:
            rows = select(ReviewRow).where(ReviewRow.account_id == account_id).order_by(ReviewRow.at.desc())
            return [_review(row) for row in session.scalars(rows)]

    def history(self, observation_id: str) -> list[Step]:
        """The steps of one review, the first one first."""
        with self._database.read() as session:
            return [_step(row) for row in session.scalars(review_steps.steps_of(observation_id))]

    def move(
        self, changes: Sequence[Change], to_state: str, by: str, at: datetime, reason: str = "", note: str = ""
    ) -> None:
        """Move these observations to ``to_state``, all of them or none; a dismissal has a ``reason``.

        Raises
        ------
        BadInput : for an unknown state or reason, a dismissal without one, or a reason for anything else.
        Refused : when a state may not follow the one that an observation is in.
        Conflict : naming who moved one of them, when and whereto, since it was seen.
        """
        with self._database.write() as session:
            review_steps.move(session, changes, to_state, reason, Decided(by, at, note))

    def undo(self, observation_ids: Sequence[str], by: str, at: datetime) -> None:
        """Take back the last step of each, all of them or none; that is a step too, and can be taken back.

        Raises
        ------
        BadInput : when one of them has no step.
        Conflict : when somebody else took the last step.
        """
        with self._database.write() as session:
            review_steps.undo(session, observation_ids, Decided(by, at))

    def last_moved(self, by: str) -> list[str]:
        """The observations that ``by`` moved last, all that were moved at once; none where that was taken back."""
        with self._database.read() as session:
            return review_steps.last_moved(session, by)

    def precision(self) -> dict[str, Precision]:
        """How often people agreed with each rule; dismissals for another reason than its error do not count."""
        wrong = [code for code, dismissal in DISMISSALS.items() if dismissal.error]
        judged = or_(ReviewRow.state.in_(CONFIRMED), ReviewRow.reason.in_(wrong))
        right = func.sum(case((ReviewRow.state.in_(CONFIRMED), 1), else_=0))
        query = select(ReviewRow.rule, right, func.count()).where(judged).group_by(ReviewRow.rule)
        with self._database.read() as session:
            counts = session.execute(query.order_by(ReviewRow.rule)).all()
        return {rule: Precision(int(right), int(all_of_them - right)) for rule, right, all_of_them in counts}

    def messages(self, observation_id: str) -> list[Message]:
        """Replies, appeals and their answers, the first one first."""
        with self._database.read() as session:
            return [appeals.as_message(row) for row in session.scalars(appeals.messages_of(observation_id))]

    def open_appeals(self) -> dict[str, Message]:
        """The appeals that nobody has answered, by observation id."""
        with self._database.read() as session:
            return appeals.waiting(session)

    def reply(self, observation_id: str, owner: str, by: str, at: datetime, text: str) -> Message:
        """What the account's owner (sourcedId) says to a confirmed observation.

        Raises
        ------
        BadInput : without words.
        Refused : when it is not confirmed, or not an observation of this owner's account.
        """
        with self._database.write() as session:
            return appeals.write(session, observation_id, owner, REPLY, Decided(by, at, text))

    def appeal(self, observation_id: str, owner: str, by: str, at: datetime, text: str) -> Message:
        """The owner asks somebody else than the reviewers to look again.

        Raises
        ------
        BadInput : without words.
        Refused : as for a reply, or while an appeal waits.
        """
        with self._database.write() as session:
            return appeals.write(session, observation_id, owner, APPEAL, Decided(by, at, text))

    def answer_appeal(self, observation_id: str, by: str, at: datetime, text: str, dismiss_as: str = "") -> Message:
        """Answer the appeal that waits; with ``dismiss_as`` (a reason code) it is upheld and the observation dismissed.

        Raises
        ------
        BadInput : without words, for an unknown reason, or where no appeal waits.
        Refused : when ``by`` confirmed the observation, or wrote the appeal.
        """
        with self._database.write() as session:
            return appeals.answer(session, observation_id, dismiss_as, Decided(by, at, text))


def _review(row: ReviewRow) -> Review:
    return Review(
        observation_id=row.observation_id,
        rule=row.rule,
        account_id=row.account_id,
        subject=row.subject,
        group=row.group_key,
        state=row.state,
        reason=row.reason,
        note=row.note,
        by=row.by,
        at=row.at,
        version=row.version,
    )


def _step(row: ReviewStepRow) -> Step:
    return Step(row.version, row.state, row.reason, row.note, row.by, row.at, row.undo)
