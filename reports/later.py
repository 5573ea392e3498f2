"""Correct after the fact: what a later report of the same week knows that the first one did not.

The first report stays as it was; it is read back from its own JSON (:func:`reports.data.to_json`).
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from records.errors import BadInput
from reports.data import FORMAT
from reports.model import Since, WeeklyReport


def since(first: bytes, report: WeeklyReport, decided: Collection[str] = ()) -> WeeklyReport:
    """``report`` with what changed since ``first``, the JSON of an earlier report of the same week.

    ``decided`` are the ids of the observations that a person has decided on by now.

    Raises
    ------
    BadInput : ``first`` is no report of this week in a format that is known.
    """
    before = _read(first, report)
    earlier = {seen["observation_id"]: seen for section in before["clauses"] for seen in section["observations"]}
    now = {seen.observation_id: seen for seen in report.observations()}
    kept, gone = earlier.keys() & now.keys(), earlier.keys() - now.keys()
    made_at = datetime.fromisoformat(before["made_at"])
    edits, removals = report.found_later
    return replace(
        report,
        since=Since(
            first_made_at=made_at,
            gap_hours_then=sum(row["gap_hours"] for row in before["coverage"]["accounts"]),
            posts_then=before["archived"]["posts_in_week"],
            comments_then=before["archived"]["comments_in_week"],
            added=len(now.keys() - earlier.keys()),
            decided=len(gone & set(decided)),
            settled=len(gone - set(decided)),
            judged_anew=sum(_outcome(earlier[key]) != _judged(now[key]) for key in kept),
            edits=tuple(e for e in (*edits, *report.changes.edits) if e.found_at > made_at),
            removals=tuple(r for r in (*removals, *report.changes.removals) if r.gone_at and r.gone_at > made_at),
        ),
    )


def changed(report: WeeklyReport, since: Since) -> bool:
    """Whether ``report`` says anything that its week's first one did not."""
    then = (since.gap_hours_then, since.posts_then, since.comments_then)
    now = (report.coverage.gap_hours, report.archived.posts_in_week, report.archived.comments_in_week)
    observations = since.added or since.decided or since.settled or since.judged_anew
    return then != now or bool(observations or since.edits or since.removals)


def _read(first: bytes, report: WeeklyReport) -> dict[str, Any]:
    try:
        before: dict[str, Any] = json.loads(first)
        fits = before["format"] == FORMAT and before["week"]["name"] == report.week.name
    except (ValueError, KeyError, TypeError):
        fits = False
    if not fits:
        raise BadInput(
            f"The earlier report of {report.week.name} cannot be compared", "Give the JSON of that week's report"
        )
    return before


def _outcome(seen: dict[str, Any]) -> str | None:
    return seen["judged"]["outcome"] if seen["judged"] else None


def _judged(seen: Any) -> str | None:
    return seen.judged.outcome if seen.judged else None
