"""A post or comment as it stands in the archive: every version, what replaced what, its thread and its pictures.

The archive has no index (they slow loading by several times), so a record is looked for among those dated close to
it, which takes a few milliseconds of ten million; where nobody knows when it was made, its newest version says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from console.reading.differences import Piece, differences
from console.texts import N_
from warehouse.read import latest

COMMENTS = 200
"""Comments of a thread that are shown; the rest are counted."""

REPLYING = timedelta(days=60)
"""How long after a post the account's own replies are looked for."""

_DAY = timedelta(days=1)
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a record shows. ``sha256`` is None where the bytes were not fetched; ``missing`` says why."""

    media_id: str
    kind: str
    sha256: str | None
    alt_text: str
    missing: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a record: its text beside the one before, and the evidence of its first sighting."""

    version_id: str
    text: str
    changes: tuple[Piece, ...]
    first_seen_at: datetime
    last_seen_at: datetime
    batch_id: str
    line: int
    media_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A record with its versions, the first one first.

    ``kind`` is ``comment``, or a post's kind. ``author`` and ``author_handle`` are a commenter's own and not
    to be shown unasked; ``account_id`` is set where a registered account wrote it. ``state`` is as in the archive.
    """

    record_id: str
    kind: str
    account_id: str | None
    author_id: str | None
    author: str | None
    author_handle: str | None
    created_at: datetime | None
    permalink: str | None
    parent_id: str | None
    hidden: bool
    state: str
    gone_at: datetime | None
    versions: tuple[Version, ...]

    @property
    def current(self) -> Version:
        return self.versions[-1]

    @property
    def edited(self) -> bool:
        return len(self.versions) > 1


@dataclass(frozen=True, slots=True)
class Thread:
    """A post, the post that it answers where that is archived, and what others wrote under it, oldest first."""

    post: Told
    answers: Told | None
    comments: tuple[Told, ...]
    more: int
    """Comments that are not among ``comments``."""
    pictures: Mapping[str, Picture]
    """By media id, what the post's versions show."""


def thread(published: duckdb.DuckDBPyConnection, record_id: str, near: datetime | None = None) -> Thread | None:
    """The thread of the post ``record_id``, or of the post that the comment ``record_id`` stands under.

    None where the archive has no such record. ``near`` is about when it was made, which makes it quick to find.
    """
    if ":comment:" in record_id or not (rows := _versions(published, "post", record_id, near)):
        comment = _versions(published, "comment", record_id, near)
        if not comment:
            return None
        record_id = comment[0]["post_id"]
        rows = _versions(published, "post", record_id, None)
    if not rows:
        return None
    post = _told(rows, _states(published, rows))
    comments, more = _comments(published, post)
    return Thread(post, _answered(published, rows[0]), comments, more, _pictures(published, rows))


def record(
    published: duckdb.DuckDBPyConnection, record_id: str, near: datetime | None = None
) -> tuple[Told, Mapping[str, Picture]] | None:
    """The post or comment ``record_id`` alone, and by media id what it shows; otherwise as :func:`thread`."""
    kind = "comment" if ":comment:" in record_id else "post"
    rows = _versions(published, kind, record_id, near)
    return (_told(rows, _states(published, rows)), _pictures(published, rows)) if rows else None


def _versions(
    published: duckdb.DuckDBPyConnection, kind: str, record_id: str, near: datetime | None
) -> list[dict[str, Any]]:
    """The rows of one record. All versions of a record are dated within a day of each other."""
    statement = f"SELECT * FROM {kind}_version WHERE record_id = $record"  # noqa: S608 - one of two words of ours
    close = f"{statement} AND created_at BETWEEN $a AND $b"
    if near is not None and (rows := _rows(published, close, record=record_id, a=near - _DAY, b=near + _DAY)):
        return rows
    newest = latest(published, record_id)
    if newest is None:
        return []
    if (made := newest.get("created_at")) is None:
        return _rows(published, statement, record=record_id)
    return _rows(published, close, record=record_id, a=made - _DAY, b=made + _DAY)


def _comments(published: duckdb.DuckDBPyConnection, post: Told) -> tuple[tuple[Told, ...], int]:
    rows = _rows(
        published,
        """
        SELECT *, dense_rank() OVER (ORDER BY began, record_id) AS place FROM (
            SELECT *, min(created_at) OVER (PARTITION BY record_id) AS began FROM comment_version
            WHERE post_id = $post AND ($since IS NULL OR created_at IS NULL OR created_at >= $since))
        ORDER BY place""",
        post=post.record_id,
        since=post.created_at,
    )
    shown = [row for row in rows if row["place"] <= COMMENTS]
    more = max((row["place"] for row in rows), default=0) - COMMENTS
    shown += _replies(published, post)
    states = _states(published, shown)
    by_record: dict[str, list[dict[str, Any]]] = {}
    for row in shown:
        by_record.setdefault(row["record_id"], []).append(row)
    told = [_told(each, states) for each in by_record.values()]
    return tuple(sorted(told, key=lambda each: each.created_at or _LAST)), max(0, more)


def _replies(published: duckdb.DuckDBPyConnection, post: Told) -> list[dict[str, Any]]:
    """What the account itself wrote under its post: replies of its own are posts, in the same conversation."""
    if post.created_at is None:
        return []
    return _rows(
        published,
        "SELECT * FROM post_version WHERE conversation_id = $conversation AND record_id <> $post"
        " AND created_at BETWEEN $a AND $b",
        conversation=post.record_id.rpartition(":")[2],
        post=post.record_id,
        a=post.created_at,
        b=post.created_at + REPLYING,
    )


def _answered(published: duckdb.DuckDBPyConnection, row: Mapping[str, Any]) -> Told | None:
    """The post that a reply of a registered account answers, where it is archived."""
    if not row["in_reply_to"] or row["in_reply_to"] == row["record_id"]:
        return None
    kind = "comment" if ":comment:" in row["in_reply_to"] else "post"
    rows = _versions(published, kind, row["in_reply_to"], row["created_at"])
    if not rows and kind == "post":
        rows = _versions(published, "comment", row["in_reply_to"].replace(":post:", ":comment:"), row["created_at"])
    return _told(rows, _states(published, rows)) if rows else None


def _states(
    published: duckdb.DuckDBPyConnection, rows: Sequence[Mapping[str, Any]]
) -> dict[str, tuple[str, datetime | None]]:
    """By record id, whether it is still to be seen; a record's row begins with its first version."""
    if not rows:
        return {}
    first = [row["first_seen_at"] for row in rows]
    found = _rows(
        published,
        "SELECT record_id, state, gone_at FROM record_current"
        " WHERE first_seen_at BETWEEN $a AND $b AND record_id IN (SELECT unnest($records))",
        records=sorted({row["record_id"] for row in rows}),
        a=min(first),
        b=max(first),
    )
    return {row["record_id"]: (row["state"], row["gone_at"]) for row in found}


def _told(rows: Iterable[Mapping[str, Any]], states: Mapping[str, tuple[str, datetime | None]]) -> Told:
    ordered = sorted(rows, key=_order)
    last = ordered[-1]
    state, gone_at = states.get(last["record_id"], ("present", None))
    return Told(
        record_id=last["record_id"],
        kind=last.get("kind", "comment"),
        account_id=next((row["account_id"] for row in ordered if row.get("kind") and row["account_id"]), None),
        author_id=last["author_id"],
        author=last.get("author_name"),
        author_handle=last.get("author_handle"),
        created_at=min((row["created_at"] for row in ordered if row["created_at"]), default=None),
        permalink=next((row["permalink"] for row in reversed(ordered) if row["permalink"]), None),
        parent_id=last.get("parent_id"),
        hidden=bool(last["hidden"]),
        state=state,
        gone_at=gone_at,
        versions=tuple(_compared(ordered)),
    )


def _order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """X gives each edit a greater id; a version of Facebook's stands where it was first seen."""
    if row["platform"] == "x":
        return (len(row["version_id"]), row["version_id"], row["first_seen_at"])
    return (row["first_seen_at"], row["batch_id"], row["line"])


def _compared(ordered: Sequence[Mapping[str, Any]]) -> Iterable[Version]:
    """Versions in their order; sightings of one version that differ in nothing that is read are one."""
    before: Mapping[str, Any] | None = None
    for row in ordered:
        media = tuple(row["media_ids"] or ())
        if before is not None and (row["text"], media) == (before["text"], tuple(before["media_ids"] or ())):
            continue
        changes = differences(before["text"], row["text"]) if before is not None else ()
        seen = (row["first_seen_at"], row["last_seen_at"], row["batch_id"], row["line"])
        yield Version(row["version_id"], row["text"], changes, *seen, media)
        before = row


def _pictures(published: duckdb.DuckDBPyConnection, versions: Sequence[Mapping[str, Any]]) -> dict[str, Picture]:
    wanted = list(dict.fromkeys(media_id for row in versions for media_id in row["media_ids"] or ()))
    if not wanted:
        return {}
    since = min(row["first_seen_at"] for row in versions)
    files = _files(published, wanted, since)
    items = {
        row["record_id"]: row for row in _near(published, "media_item", "record_id", "first_seen_at", wanted, since)
    }
    return {media_id: _picture(media_id, files.get(media_id), items.get(media_id)) for media_id in wanted}


def _picture(media_id: str, file: Mapping[str, Any] | None, item: Mapping[str, Any] | None) -> Picture:
    sha256 = file["sha256"] if file else None
    missing = "" if sha256 else (file["error"] if file else "") or N_("It has not been fetched yet")
    kind, alt = (item["kind"], item["alt_text"] or "") if item else ("photo", "")
    return Picture(media_id, kind, sha256, alt, missing)


def _files(published: duckdb.DuckDBPyConnection, wanted: list[str], since: datetime) -> dict[str, dict[str, Any]]:
    """The newest successful fetch of each, else the newest try."""
    rows = _near(published, "media_file", "media_id", "fetched_at", wanted, since)
    rows.sort(key=lambda row: (row["sha256"] is not None, row["fetched_at"]))
    return {row["media_id"]: row for row in rows}


def _near(
    published: duckdb.DuckDBPyConnection, table: str, column: str, moment: str, wanted: list[str], since: datetime
) -> list[dict[str, Any]]:
    """Rows of media, looked for among those of the month after ``since`` first."""
    statement = f"SELECT * FROM {table} WHERE {column} IN (SELECT unnest($wanted))"  # noqa: S608 - names of ours
    close = f"{statement} AND {moment} BETWEEN $a AND $b"
    rows = _rows(published, close, wanted=wanted, a=since - _DAY, b=since + 30 * _DAY)
    if {row[column] for row in rows} == set(wanted):
        return rows
    return _rows(published, statement, wanted=wanted)


def _rows(published: duckdb.DuckDBPyConnection, statement: str, **values: object) -> list[dict[str, Any]]:
    result = published.execute(statement, values)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
