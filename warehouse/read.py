"""What the pipeline asks of a published copy: plain functions over a connection, value types back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from records.model import (
    Direction,
    Evidence,
    Judgement,
    MediaItem,
    Observation,
    Platform,
    Relationship,
)
from warehouse import parts

Published = duckdb.DuckDBPyConnection
MEDIA_TRIES = 5
"""After so many failed fetches, on as many visits, a picture is given up; its coverage says so."""


@dataclass(frozen=True, slots=True)
class ImageUse:
    """A picture in a post of a registered account, and the landed sighting that shows it there."""

    media_sha256: str
    record_id: str
    account_id: str
    posted_at: datetime | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Related:
    """A relationship that stood when its account was last looked at, and the sighting that showed it first."""

    relationship: Relationship
    evidence: Evidence
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """An observation and what the registry last said about it."""

    observation: Observation
    judgement: Judgement | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the archive holds. ``observations`` is by rule; ``images`` are fetched, each once."""

    posts: int
    comments: int
    edited: int
    gone: int
    images: int
    relationships: int
    parse_problems: int
    observations: Mapping[str, int]


def known_records(published: Published, account_id: str, newer_than: datetime) -> list[str]:
    """Record ids of the account's posts and of comments on them, created after ``newer_than``, to be looked at again.

    Present and missing ones; what was found deleted or hidden twice is not asked for any more.
    """
    statement = """
        SELECT record_id FROM post
        WHERE account_id = $account AND created_at > $newer AND state IN ('present', 'missing')
        UNION ALL
        SELECT c.record_id FROM comment c LEFT JOIN post p ON p.record_id = c.post_id
        WHERE coalesce(p.account_id, c.account_id) = $account AND c.created_at > $newer
          AND c.state IN ('present', 'missing')
        ORDER BY record_id"""
    rows = published.execute(statement, {"account": account_id, "newer": newer_than}).fetchall()
    return [record_id for (record_id,) in rows]


def known_threads(published: Published, account_id: str, newer_than: datetime) -> list[str]:
    """Record ids of the account's posts, created after ``newer_than``, under which others may comment.

    An account's own reply stands in a thread; it opens none.
    """
    statement = """
        SELECT record_id FROM post
        WHERE account_id = $account AND created_at > $newer AND state IN ('present', 'missing') AND kind <> 'reply'
        ORDER BY record_id"""
    rows = published.execute(statement, {"account": account_id, "newer": newer_than}).fetchall()
    return [record_id for (record_id,) in rows]


def latest(published: Published, record_id: str) -> dict[str, Any] | None:
    """A post, comment or profile as the view of its kind has it, or None; as quick with ten years as with one.

    The newest part that has the record has its state, the newest that has the version has all sightings of it.
    """
    there = [part for (part,) in published.execute(_PLACES, {"id": record_id}).fetchall()]
    there, current = _newest(published, there, "record_current", f"key = {_KEY} AND record_id = $id", id=record_id)
    if current is None:
        return None
    _, version = _newest(  # where a part has a version, it has the record
        published,
        there,
        f"{current['kind']}_version",
        "content = $content AND first_seen_at BETWEEN $first AND $last",
        content=current["content"],
        first=current["first_seen_at"],
        last=current["last_seen_at"],
    )
    return {**(version or {}), **{name: value for name, value in current.items() if name not in ("key", "kind")}}


_KEY = f"{parts.OPEN}.record_key($id)"
_PLACES = f"SELECT part FROM place WHERE key = {_KEY} ORDER BY part = '{parts.OPEN}' DESC, part DESC"  # noqa: S608 - ours


def _newest(
    published: Published, there: list[str], table: str, where: str, **values: object
) -> tuple[list[str], dict[str, Any] | None]:
    """The row of ``table`` in the newest of these parts that has one; that part, and the older ones."""
    for n, part in enumerate(there):
        for row in _rows(published, f"FROM {part}.{table} WHERE {where}", **values):
            return there[n:], row
    return [], None


def media_wanted(published: Published, account_id: str, seen: Sequence[MediaItem] = ()) -> list[MediaItem]:
    """The account's media whose bytes nobody has yet, those of ``seen`` among them with their newer URLs."""
    newest = {item.record_id: item for item in [*_media_items(published, account_id), *seen] if item.url}
    tried = published.execute(
        "SELECT media_id, count(*), count(sha256) FROM media_file SEMI JOIN (SELECT unnest($ids) AS media_id)"
        " USING (media_id) GROUP BY media_id",
        {"ids": list(newest)},
    ).fetchall()
    done = {media_id for media_id, tries, fetched in tried if fetched or tries >= MEDIA_TRIES}
    return [item for record_id, item in newest.items() if record_id not in done]


def images_to_judge(published: Published, detector: str, references: str) -> list[ImageUse]:
    """Uses of pictures that this detector with these references has not looked at, and new uses of marked ones."""
    statement = """
        WITH use AS (
            SELECT f.sha256, v.record_id, r.account_id, v.created_at, v.batch_id, v.line, v.first_seen_at
            FROM (SELECT *, unnest(media_ids) AS media_id FROM post_version) v
            JOIN (SELECT DISTINCT media_id, sha256 FROM media_file WHERE sha256 IS NOT NULL) f USING (media_id)
            JOIN record_current r ON r.record_id = v.record_id AND r.account_id IS NOT NULL
        ), verdict AS (
            SELECT media_sha256, outcome FROM image_verdict WHERE detector = $detector AND "references" = $references
        )
        SELECT sha256, record_id, account_id, created_at, batch_id, line FROM use
        LEFT JOIN verdict ON media_sha256 = sha256
        WHERE outcome IS NULL OR outcome = 'marked' AND NOT EXISTS (
            SELECT 1 FROM observation o WHERE o.media_sha256 = use.sha256 AND o.record_id = use.record_id)
        QUALIFY row_number() OVER (
            PARTITION BY sha256, record_id ORDER BY created_at, first_seen_at, batch_id, line) = 1
        ORDER BY created_at, record_id, sha256"""
    rows = published.execute(statement, {"detector": detector, "references": references}).fetchall()
    return [
        ImageUse(sha256, record_id, account_id, at, Evidence(*at_line))
        for sha256, record_id, account_id, at, *at_line in rows
    ]


def current_relationships(published: Published, account_id: str | None = None) -> list[Related]:
    """Relationships that the last complete scan still saw, of one account or of all.

    Where no scan was ever complete, nobody can say that one has ended: all that were seen are current.
    """
    statement = """
        WITH complete AS (
            SELECT account_id, CASE "check" WHEN 'followers' THEN 'inbound' ELSE 'outbound' END AS direction,
                   max(started_at) AS started_at
            FROM coverage
            WHERE "check" IN ('followers', 'following') AND outcome = 'ok' AND completeness = 'full' GROUP BY ALL
        )
        SELECT account_id, platform, direction, kind, counterpart_key, handle_key, name, minimised,
               batch_id, line, first_seen_at, last_seen_at
        FROM relationship LEFT JOIN complete USING (account_id, direction)
        WHERE (started_at IS NULL OR kind <> 'follow' OR last_seen_at >= started_at)
          AND ($account IS NULL OR account_id = $account)
        ORDER BY account_id, direction, kind, counterpart_key"""
    rows = published.execute(statement, {"account": account_id}).fetchall()
    return [_related(row) for row in rows]


def judged_observations(published: Published) -> list[Judged]:
    """Every observation with its newest judgement, if it has one."""
    judgements = {
        row["observation_id"]: Judgement(
            row["observation_id"], row["outcome"], row["grant_id"], row["judged_at"], row["basis"]
        )
        for row in _rows(published, "SELECT * FROM judgement_current")
    }
    rows = _rows(published, "SELECT * FROM observation ORDER BY observation_id")
    return [Judged(o, judgements.get(o.observation_id)) for o in map(as_observation, rows)]


def counts(published: Published) -> Counts:
    """What the archive holds, for a summary."""
    statement = """
        SELECT (SELECT count(*) FROM record_current WHERE kind = 'post' AND account_id IS NOT NULL) AS posts,
               (SELECT count(*) FROM record_current WHERE kind = 'comment') AS comments,
               (SELECT count(*) FROM record_current WHERE kind <> 'profile' AND versions > 1) AS edited,
               (SELECT count(*) FROM record_current WHERE kind <> 'profile' AND state <> 'present') AS gone,
               (SELECT count(DISTINCT sha256) FROM media_file) AS images,
               (SELECT count(*) FROM relationship) AS relationships,
               (SELECT count(*) FROM parse_problem) AS parse_problems"""
    by_rule = published.execute("SELECT rule, count(*) FROM observation GROUP BY rule ORDER BY rule").fetchall()
    return Counts(**next(_rows(published, statement)), observations=dict(by_rule))


def _media_items(published: Published, account_id: str) -> Iterator[MediaItem]:
    statement = "SELECT * FROM media_item WHERE account_id = $account ORDER BY first_seen_at, record_id"
    for row in _rows(published, statement, account=account_id):
        yield MediaItem(
            row["record_id"],
            Platform(row["platform"]),
            row["account_id"],
            row["kind"],
            row["url"],
            row["alt_text"],
            row["width"],
            row["height"],
        )


def _related(row: tuple[Any, ...]) -> Related:
    account_id, platform, direction, kind, counterpart_key, handle_key, name, minimised, *seen = row
    relationship = Relationship(
        account_id, Platform(platform), Direction(direction), kind, counterpart_key, handle_key, name, minimised
    )
    batch_id, line, first_seen_at, last_seen_at = seen
    return Related(relationship, Evidence(batch_id, line), first_seen_at, last_seen_at)


def as_observation(row: Mapping[str, Any]) -> Observation:
    """A row of the table ``observation`` as the value that was landed."""
    evidence = Evidence(row["evidence_batch"], row["evidence_line"]) if row["evidence_batch"] else None
    return Observation(
        observation_id=row["observation_id"],
        rule=row["rule"],
        rule_version=row["rule_version"],
        clause=row["clause"],
        account_id=row["account_id"],
        record_id=row["record_id"],
        subject=row["subject"],
        confidence=row["confidence"],
        strong=row["strong"],
        evidence=evidence,
        observed_at=row["observed_at"],
        posted_at=row["posted_at"],
        media_sha256=row["media_sha256"],
        box=tuple(row["box"]) if row["box"] else None,
        details=json.loads(row["details"]),
    )


def _rows(published: Published, statement: str, **values: object) -> Iterator[dict[str, Any]]:
    result = published.execute(statement, values or None)
    names = [column[0] for column in result.description or ()]
    return (dict(zip(names, row, strict=True)) for row in result.fetchall())
