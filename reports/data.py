"""The report as data: the whole model as JSON, and its tables as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from records.canonical import iso
from reports.model import LogoUse, WeeklyReport
from reports.week import Week

FORMAT = 1
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_json(report: WeeklyReport) -> bytes:
    """The model, field by field; times are ISO 8601 in UTC, pictures stand by their SHA-256."""
    return json.dumps({"format": FORMAT, **_plain(report)}, ensure_ascii=False, indent=1).encode()


def to_csv(report: WeeklyReport) -> dict[str, bytes]:
    """The tables by file name, whole, UTF-8 with a byte order mark so that spreadsheets read every script."""
    return {
        "coverage.csv": _table(
            ("account", "platform", "school", "state", "since", "why", "todo", "gap_hours"),
            (
                (r.account.handle, r.account.platform, r.account.school, r.sight, r.since, r.why, r.todo, r.gap_hours)
                for r in report.coverage.accounts
            ),
        ),
        "not_observable.csv": _table(
            ("platform", "check", "outcome", "completeness", "accounts"),
            ((s.platform, s.check, s.outcome, s.completeness, s.accounts) for s in report.coverage.blind_spots),
        ),
        "observations.csv": _observations(report),
        "changes.csv": _changes(report),
        "weeks.csv": _table(
            ("week", "posts", "comments", "to_look_at", "covered", "due_hours", "seen_hours"),
            (
                (p.week.name, p.posts, p.comments, p.to_look_at, p.covered, p.due_hours, p.seen_hours)
                for p in report.trend
            ),
        ),
    }


def _observations(report: WeeklyReport) -> bytes:
    columns = ("id", "clause", "rule", "version", "account", "platform", "school", "subject", "confidence", "registry")
    rows = (
        (
            *(seen.observation_id, seen.clause, seen.rule, seen.rule_version),
            *(seen.account.handle, seen.account.platform, seen.account.school),
            seen.mark_id if isinstance(seen, LogoUse) else seen.counterpart,
            seen.confidence,
            seen.judged.outcome if seen.judged else "",
            seen.posted_at if isinstance(seen, LogoUse) else seen.first_seen_at,
            seen.observed_at,
            seen.evidence,
        )
        for seen in report.observations()
    )
    return _table((*columns, "at", "observed_at", "evidence"), rows)


def _changes(report: WeeklyReport) -> bytes:
    edits = (
        (e.kind, "edited", e.account.handle if e.account else "", e.posted_at, e.found_at, e.before, e.after)
        for e in report.changes.edits
    )
    gone = (
        (r.kind, r.state, r.account.handle if r.account else "", r.posted_at, r.gone_at, r.text, "")
        for r in report.changes.removals
    )
    return _table(("kind", "change", "account", "posted_at", "found_at", "before", "after"), (*edits, *gone))


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _cell(value: object) -> object:
    """A value as a spreadsheet may read it: text that would be taken for a formula gets an apostrophe."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _plain(value: Any) -> Any:
    """``value`` as JSON types; files are left out, they are local to this machine."""
    if isinstance(value, Week):
        return {"name": value.name, "start": iso(value.start), "end": iso(value.end), "zone": str(value.zone)}
    if is_dataclass(value):
        return {f.name: _plain(v) for f in fields(value) if not isinstance(v := getattr(value, f.name), Path)}
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value
