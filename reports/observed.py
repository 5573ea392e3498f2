"""The new observations of a report, by clause, and what a permission in force already covers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from reports.labels import Labels
from reports.model import ClauseSection, Judged, LogoUse, OutsideRelationship, PermittedUses
from reports.queries import Row

PERMITTED, WITHDRAWN = "permitted", "withdrawn"
BATCH = 12
"""Characters of a batch's id that are shown: enough to find it in a landing tree."""


def clause_sections(
    rows: Iterable[Row], labels: Labels, media_path: Callable[[str], Path]
) -> tuple[ClauseSection, ...]:
    """What a person has to look at, by clause number; within one, in the order of ``rows``."""
    clauses: dict[str, list[LogoUse | OutsideRelationship]] = {}
    for row in rows:
        if row.outcome not in (PERMITTED, WITHDRAWN):
            clauses.setdefault(row.clause, []).append(_observation(row, labels, media_path))
    return tuple(ClauseSection(clause, tuple(seen)) for clause, seen in sorted(clauses.items(), key=_by_number))


def permitted_uses(rows: Iterable[Row], labels: Labels) -> tuple[PermittedUses, ...]:
    """Uses that were permitted when they were posted, counted by mark."""
    uses = Counter(labels.mark(row.subject) for row in rows if row.outcome == PERMITTED)
    return tuple(PermittedUses(title, count) for title, count in sorted(uses.items()))


def withdrawn(rows: Iterable[Row]) -> int:
    """Observations whose relationship or reason is over."""
    return sum(row.outcome == WITHDRAWN for row in rows)


def _by_number(entry: tuple[str, Any]) -> list[int]:
    return [int(part) if part.isdigit() else 0 for part in entry[0].split(".")]


def _observation(row: Row, labels: Labels, media_path: Callable[[str], Path]) -> LogoUse | OutsideRelationship:
    base: dict[str, Any] = {
        "observation_id": row.observation_id,
        "rule": row.rule,
        "rule_version": row.rule_version,
        "clause": row.clause,
        "account": labels.account(row.account_id),
        "confidence": row.confidence,
        "strong": row.strong,
        "observed_at": row.observed_at,
        "judged": Judged(row.outcome, row.basis, row.judged_at) if row.outcome else None,
        "evidence": f"batch {row.evidence_batch[:BATCH]}, line {row.evidence_line}" if row.evidence_batch else "",
    }
    details = json.loads(row.details or "{}")
    if row.media_sha256 is None:
        return _relationship(row, base, details)
    return _logo_use(row, base, labels, media_path(row.media_sha256))


def _logo_use(row: Row, base: dict[str, Any], labels: Labels, picture: Path) -> LogoUse:
    return LogoUse(
        **base,
        mark_id=row.subject,
        mark_title=labels.mark(row.subject),
        media_sha256=row.media_sha256,
        picture=picture if picture.is_file() else None,
        mark_picture=labels.mark_picture(row.subject),
        box=tuple(row.box) if row.box else None,
        text=row.text or "",
        posted_at=row.posted_at,
        permalink=row.permalink,
    )


def _relationship(row: Row, base: dict[str, Any], details: dict[str, str]) -> OutsideRelationship:
    return OutsideRelationship(
        **base,
        counterpart=_counterpart(row, details),
        direction=row.direction or details.get("direction", "outbound"),
        kind=row.relationship_kind or details.get("kind", "follow"),
        first_seen_at=row.related_since,
        roster_date=details.get("roster_date", ""),
    )


def _counterpart(row: Row, details: dict[str, str]) -> str:
    """The other side as a person would write it: its handle, its name, else the platform's own id."""
    handle = None if row.minimised else row.handle_key or details.get("handle")
    name = row.name or details.get("name")
    if handle:
        return f"@{handle} ({name})" if name and name.lower() != handle.lower() else f"@{handle}"
    return name or str(row.subject)
