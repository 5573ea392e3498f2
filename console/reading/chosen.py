"""The records chosen to answer a request, as a list shows them, and what in them often has to be kept back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from console.reading.records import Told

_DAY = timedelta(days=1)
_PROMPTS = re.compile(
    r"(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<handle>(?<!\w)@\w{2,50})"
    r"|(?P<phone>(?<!\w)\+?\(?\d{1,4}\)?(?:[ .()/-]{0,2}\d{2,4}){2,4}(?!\w))"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One record in a list: its newest text, and how many versions there are. ``account_id`` is whose post it is."""

    record_id: str
    kind: str
    account_id: str | None
    text: str
    versions: int
    pictures: int


def lines(published: duckdb.DuckDBPyConnection, records: Mapping[str, datetime | None]) -> dict[str, Line]:
    """What the archive has of ``records`` (id to about when each was made); one that it lacks is not in it."""
    if not records:
        return {}
    statement = """
        SELECT record_id, arg_max(kind, last_seen_at), arg_max(account_id, last_seen_at),
               arg_max(text, last_seen_at), count(DISTINCT version_id), max(len(media_ids))
        FROM (SELECT record_id, 'post' AS kind, account_id, text, version_id, media_ids, last_seen_at, created_at
              FROM post_version
              UNION ALL
              SELECT record_id, 'comment', NULL, text, version_id, media_ids, last_seen_at, created_at
              FROM comment_version)
        WHERE record_id IN (SELECT unnest($records)) AND ($a IS NULL OR created_at BETWEEN $a AND $b)
        GROUP BY record_id"""
    known = [at for at in records.values() if at is not None]
    dated = len(known) == len(records)
    span = {"a": min(known) - _DAY, "b": max(known) + _DAY} if dated else {"a": None, "b": None}
    rows = published.execute(statement, {"records": list(records), **span}).fetchall()
    return {row[0]: Line(row[0], row[1], row[2], row[3] or "", row[4], row[5] or 0) for row in rows}


def prompts(told: Told) -> list[str]:
    """Addresses, telephone numbers and handles in any version of a record, each once, in their order."""
    found = [match[0].strip() for version in told.versions for match in _PROMPTS.finditer(version.text)]
    return list(dict.fromkeys(found))


def not_there(told: Told, words: Sequence[str]) -> list[str]:
    """Which of ``words`` stand in no version of the record, so that blacking them out would do nothing."""
    texts = [version.text.lower() for version in told.versions]
    return [word for word in words if not any(word.lower() in text for text in texts)]
