"""What an account published in a time, as a bag (BagIt, RFC 8493) that anybody can validate and prove offline.

``data/`` of the bag holds ``posts`` and ``comments`` as JSON and CSV, every version with its evidence; ``media/``
and ``media.csv``; ``evidence/``, the landed lines verbatim; ``proofs/``, each line's way to the signed checkpoint;
``keys``, the ledger's public keys. ``verify.py`` beside it needs none of ours. Nothing in it is redacted, unless it
is a release (:mod:`warehouse.release`): then ``exemptions.csv`` lists what was kept back.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import bagit
import duckdb

from records.canonical import canonical, iso, plain
from records.errors import BadInput, EvidenceError
from records.model import Evidence
from warehouse.landing import Landing
from warehouse.ledger import Ledger
from warehouse.release import Release

_TYPES = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "video/mp4": ".mp4"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_README = """Every version of what was asked for is in data/posts and data/comments. JSON is exact; in CSV, which is for
spreadsheets, text that looks like a formula has an apostrophe before it. Pictures are in data/media, listed in
data/media.csv. data/evidence has the platform's own answers as they were landed; they may show other records too.

To check that the files are whole:       pip install bagit && bagit.py --validate .
To check that they stand in the ledger:  python3 verify.py PUBLIC-KEY-FILE   (from the district, by another way)

"""
_UNREDACTED = "Nothing in this export is redacted.\n"
_REDACTED = """data/exemptions.csv lists what was kept back, with the exemption and the reason. An answer of a platform
that shows more than is handed out is not in data/evidence: its proof holds its commitment.
"""


Papers = Callable[[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is exported: one account's or all, created from ``starts`` up to but not including ``ends``.

    ``records``, where it is given, are the ids of the only records that are.
    """

    account_id: str | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    records: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """What a bag holds: versions of posts and of comments, pictures, pictures that are not there, and proofs."""

    posts: int
    comments: int
    media: int
    missing: int
    proofs: int


def export(
    folder: Path,
    published: duckdb.DuckDBPyConnection,
    wanted: Wanted,
    target: Path,
    keys: str,
    info: Mapping[str, str],
    release: Release | None = None,
    papers: Papers | None = None,
) -> Exported:
    """Write the bag ``target``, which must not exist; it is there whole or not at all.

    Parameters
    ----------
    published : the published copy, whose loads are all in the signed ledger.
    keys : the ledger's public keys, one a line.
    info : more lines of ``bag-info.txt``, such as ``Source-Organization`` and ``Bagging-Date``.
    release : what leaves the house of which record; all of everything if not given.
    papers : makes further files of the bag from the posts and comments that are in it.

    Raises
    ------
    BadInput : ``target`` exists, or nothing fits; or something that fits is not in the signed ledger yet.
    EvidenceError : a full disk or the like.
    """
    if target.exists():
        raise BadInput(f"{target} exists", "Give a folder that does not")
    posts, comments = _rows(published, _POSTS, wanted), _rows(published, _COMMENTS, wanted)
    if not posts and not comments:
        raise BadInput("Nothing fits what is to be exported", "Check the account and the dates")
    if release:
        release.require_all([*posts, *comments])
        posts, comments = release.applied(posts), release.applied(comments)
    media = _media(published, [*posts, *comments])
    if release:
        release.media_applied(media)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as temporary:
            bag = Path(temporary) / "bag"
            (bag / "media").mkdir(parents=True)
            _tables(bag, posts=posts, comments=comments)
            missing = _copy_media(Landing(folder), bag, media)
            proofs = _prove(Ledger(folder), bag, _evidence([*posts, *comments, *media]), release)
            (bag / "keys").write_text(keys)
            if release:
                (bag / "exemptions.csv").write_bytes(_csv(release.log()))
            for name, content in (papers(posts, comments) if papers else {}).items():
                (bag / name).write_bytes(content)
            bagit.make_bag(str(bag), dict(info), checksums=["sha256"])
            (bag / "README.txt").write_text(_README + (_REDACTED if release else _UNREDACTED))
            (bag / "verify.py").write_text(files("warehouse").joinpath("bag_verifier.py").read_text())
            bagit.Bag(str(bag)).save()
            bag.rename(target)
    except OSError as error:
        todo = "Free some space, then run again"
        raise EvidenceError(f"{target} could not be written ({error.strerror})", todo) from error
    return Exported(len(posts), len(comments), len(media) - missing, missing, proofs)


_VERSION = """
    SELECT v.*, r.state, r.gone_at, v.content = r.content AS current
    FROM {table} v JOIN record_current r USING (record_id) {join}
    WHERE ($account IS NULL OR {account} = $account)
    AND ($starts IS NULL OR v.created_at >= $starts) AND ($ends IS NULL OR v.created_at < $ends)
    AND ($records IS NULL OR v.record_id IN (SELECT unnest($records)))
    ORDER BY v.created_at, v.record_id, v.first_seen_at, v.content"""
_POSTS = _VERSION.format(table="post_version", join="", account="r.account_id")
_COMMENTS = _VERSION.format(
    table="comment_version",
    join="LEFT JOIN record_current p ON p.record_id = v.post_id",
    account="coalesce(p.account_id, r.account_id)",
)
_MEDIA = """
    SELECT i.record_id AS media_id, i.kind, i.alt_text, i.url, f.sha256, f.content_type, f.error, f.batch_id, f.line
    FROM media_item i LEFT JOIN media_file f ON f.media_id = i.record_id
    WHERE i.record_id IN (SELECT unnest($media))
    QUALIFY row_number() OVER (PARTITION BY i.record_id ORDER BY f.sha256 IS NULL, f.fetched_at, f.batch_id) = 1
    ORDER BY i.record_id"""


def _rows(published: duckdb.DuckDBPyConnection, query: str, wanted: Wanted) -> list[dict[str, Any]]:
    records = list(wanted.records) if wanted.records is not None else None
    narrowed = {"account": wanted.account_id, "starts": wanted.starts, "ends": wanted.ends, "records": records}
    return _read(published, query, **narrowed)


def _media(published: duckdb.DuckDBPyConnection, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return _read(published, _MEDIA, media=sorted({media for row in rows for media in row["media_ids"] or ()}))


def _read(published: duckdb.DuckDBPyConnection, query: str, **values: object) -> list[dict[str, Any]]:
    result = published.execute(query, values)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _evidence(rows: Iterable[Mapping[str, Any]]) -> set[Evidence]:
    return {Evidence(row["batch_id"], row["line"]) for row in rows if row["batch_id"]}


def _tables(bag: Path, **tables: Sequence[Mapping[str, Any]]) -> None:
    for name, rows in tables.items():
        lines = [{key: _plain(value) for key, value in row.items()} for row in rows]
        (bag / f"{name}.json").write_text(json.dumps(lines, ensure_ascii=False, indent=1))
        (bag / f"{name}.csv").write_bytes(_csv(lines))


def _copy_media(landing: Landing, bag: Path, media: Sequence[dict[str, Any]]) -> int:
    """Copy the pictures, list them all, and return how many are not there."""
    for item in media:
        path = landing.media_path(item["sha256"]) if item["sha256"] else None
        there = path is not None and path.exists()
        item["file"] = f"media/{item['sha256']}{_TYPES.get(item['content_type'], '')}" if there else ""
        if path is not None and there:
            shutil.copyfile(path, bag / item["file"])
    (bag / "media.csv").write_bytes(_csv(media))
    return sum(not item["file"] for item in media)


def _prove(ledger: Ledger, bag: Path, evidence: Iterable[Evidence], release: Release | None) -> int:
    (bag / "evidence").mkdir()
    (bag / "proofs").mkdir()
    count = 0
    for proof, line in ledger.proofs(evidence):
        name = f"{proof.entry.batch_id}-{proof.line}.json"
        if release is None or release.shows(line):
            (bag / "evidence" / name).write_bytes(line)
        (bag / "proofs" / name).write_bytes(canonical(proof))
        count += 1
    return count


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """With a byte order mark, so that spreadsheets read every script."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(rows[0].keys() if rows else ())
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    return plain(value) if isinstance(value, str | int | float | bool | list | None) else str(value)
