"""Every observation in the order in which people look at them: read once from each published copy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

import duckdb

SETTLED = ("permitted", "withdrawn")
"""What the registry answers where nobody has to look: a permission was in force, or the reason is over."""

Key = tuple[str, str, str]
"""The same evidence: rule, picture (its SHA-256, empty for none) and subject."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation and what the registry last answered, as the queue needs it.

    ``outcome`` is None where the registry has not been asked. Of a relationship, ``named`` is the other side
    and ``link`` its kind (``follow``, ``like``); both are empty for what was seen in a record.
    """

    observation_id: str
    rule: str
    clause: str
    account_id: str
    record_id: str | None
    subject: str
    confidence: float
    strong: bool
    observed_at: datetime
    posted_at: datetime | None
    media_sha256: str | None
    box: tuple[int, int, int, int] | None
    outcome: str | None
    basis: str
    named: str
    link: str

    @property
    def key(self) -> Key:
        return (self.rule, self.media_sha256 or "", self.subject)

    @property
    def settled(self) -> bool:
        """Whether nobody has to look: permitted when it was posted, or over."""
        return self.outcome in SETTLED


@dataclass(frozen=True, slots=True)
class Desk:
    """All observations of one published copy, the surest first; each by its id; and those of the same evidence."""

    seen: Sequence[Seen]
    by_id: Mapping[str, Seen]
    by_key: Mapping[Key, Sequence[Seen]]

    @classmethod
    def of(cls, seen: Iterable[Seen]) -> Self:
        """The desk with these observations, in their order."""
        seen, by_key = tuple(seen), dict[Key, list[Seen]]()
        for each in seen:
            by_key.setdefault(each.key, []).append(each)
        return cls(seen, {each.observation_id: each for each in seen}, by_key)


def desk(published: duckdb.DuckDBPyConnection) -> Desk:
    """Read the observations: constant in a published copy, so that it is asked once for each."""
    rows = published.execute(_OBSERVATIONS).fetchall()
    return Desk.of(_seen(*row) for row in rows)


# Moments as integers: fetching them as times costs twenty times as much.
_OBSERVATIONS = """
    SELECT o.observation_id, o.rule, o.clause, o.account_id, o.record_id, o.subject, o.confidence, o.strong,
        epoch_us(o.observed_at), epoch_us(o.posted_at), o.media_sha256, o.box, j.outcome, coalesce(j.basis, ''),
        CASE WHEN o.record_id IS NULL THEN o.details END
    FROM observation o LEFT JOIN judgement_current j ON j.observation_id = o.observation_id
    ORDER BY o.strong DESC, o.confidence DESC, o.posted_at DESC NULLS LAST, o.observed_at, o.observation_id"""


def _seen(
    observation_id: str,
    rule: str,
    clause: str,
    account_id: str,
    record_id: str | None,
    subject: str,
    confidence: float,
    strong: bool,
    observed_us: int,
    posted_us: int | None,
    media_sha256: str | None,
    box: list[int] | None,
    outcome: str | None,
    basis: str,
    details: str | None,
) -> Seen:
    related: dict[str, str] = json.loads(details) if details else {}
    return Seen(
        observation_id,
        rule,
        clause,
        account_id,
        record_id,
        subject,
        confidence,
        strong,
        _moment(observed_us),
        None if posted_us is None else _moment(posted_us),
        media_sha256,
        (box[0], box[1], box[2], box[3]) if box else None,
        outcome,
        basis,
        counterpart(subject, related) if record_id is None else "",
        related.get("kind", "follow") if record_id is None else "",
    )


def counterpart(subject: str, details: Mapping[str, str]) -> str:
    """The other side of a relationship as a person would write it: its handle and name, else the platform's id."""
    handle, name = details.get("handle"), details.get("name")
    if handle and not handle.startswith("hmac:"):
        return f"@{handle} ({name})" if name and name.lower() != handle.lower() else f"@{handle}"
    return name or subject


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
