"""How long each series is kept, by whose authority. Empty at first: what no rule names is kept for good."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.errors import BadInput
from records.retention import RetentionRule, Series, Trigger
from registry.database import Database
from registry.models import NAME_LENGTH, RetentionRow
from registry.outbox import Decided, note
from registry.texts import needed

MOST_MONTHS = 1200


class Retention:
    """The retention table: one rule in force a series, former ones kept beside it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rules(self) -> list[RetentionRule]:
        """The rules in force, by series."""
        query = select(RetentionRow).where(RetentionRow.ended_at.is_(None)).order_by(RetentionRow.series)
        with self._database.read() as session:
            return [_rule(row) for row in session.scalars(query)]

    def set_rule(self, rule: RetentionRule, by: str, at: datetime) -> None:
        """Put ``rule`` in force; an earlier one for its series ends.

        Raises
        ------
        BadInput : no citation, nobody who approved it, or a period that is not 1 to 1,200 months.
        """
        if not 0 < rule.months <= MOST_MONTHS:
            todo = f"Give it as months or years, up to {MOST_MONTHS // 12} years"
            raise BadInput(f"{rule.months} months are no retention period", todo)
        citation = needed(rule.citation, "The rule has no citation", "Say which schedule and item it comes from")
        approved = needed(rule.approved_by, "Nobody has approved the rule", "Say who did", NAME_LENGTH)
        decided = Decided(by, at, citation)
        with self._database.write() as session:
            _end(session, rule.series, decided)
            session.add(
                RetentionRow(
                    series=rule.series.value,
                    months=rule.months,
                    trigger=rule.trigger.value,
                    citation=citation,
                    approved_by=approved,
                    set_by=by,
                    set_at=at,
                )
            )
            data = {"months": str(rule.months), "trigger": rule.trigger.value, "approved_by": approved}
            note(session, decided, "retention.set", rule.series.value, **data)

    def end_rule(self, series: Series, by: str, at: datetime, why: str) -> None:
        """Take the series' rule out of force: from now on it is kept for good.

        Raises
        ------
        BadInput : there is no such rule.
        """
        decided = Decided(by, at, why)
        with self._database.write() as session:
            if not _end(session, series, decided):
                raise BadInput(f"There is no retention rule for {series.value}", "See the retention rules")
            note(session, decided, "retention.ended", series.value)


def _end(session: Session, series: Series, decided: Decided) -> bool:
    query = select(RetentionRow).where(RetentionRow.series == series.value, RetentionRow.ended_at.is_(None))
    row = session.scalars(query).one_or_none()
    if row is not None:
        row.ended_by, row.ended_at = decided.by, decided.at
    return row is not None


def _rule(row: RetentionRow) -> RetentionRule:
    return RetentionRule(Series(row.series), row.months, Trigger(row.trigger), row.citation, row.approved_by)
