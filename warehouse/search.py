"""Full-text search over every version of every post and comment: a Tantivy index beside the published copy.

What matches
    Words are runs of letters and digits; case and accents do not count. ``"science fair"`` is a phrase: both
    words next to each other in this order, whatever stands between them that is neither letter nor digit, so
    it finds "Science-Fair!". ``AND``, ``OR``, ``NOT`` and parentheses combine; two words without an operator
    must both occur. ``scien*`` matches beginnings of words. ``author:melrose`` looks at a handle instead of
    the text. Words of more than 100 letters are not indexed.
What is shown
    The index only finds. Every hit is read anew from the published copy, and one that is no longer there is
    left out; ``literally`` asks besides that these very characters occur.
What it is made from
    The published copy alone: deleted, it is made anew. An account that is learnt only by a later sighting of
    the same version is known to the index after the next rebuild of it.
How it is laid out
    As shards that are searched at the same time. Each knows how rare a word is among its own documents alone,
    so the scores of two shards are as near to each other as their halves of the archive are alike.
"""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import tantivy
from tantivy import Filter, Occur, Query

from records.canonical import canonical
from records.errors import BadInput, EvidenceError
from warehouse import database, durable
from warehouse.parallel import side_by_side
from warehouse.parts import OPEN, in_years

SHARDS = 2
"""A search takes a processor for each; more shards than processors gain nothing."""
_LONGEST_WORD = 100
_HEAP = 128_000_000
_ROWS = 10_000
_ANALYZER = "words"
_KEY_BYTES = 8
"""So much of a version's content names its document: indexing all of it was half of the index and of the work."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PREFIX = re.compile(r"(?<!\w)(?:(\w+):)?(\w+)\*")
_FINDS = 10_000
"""So many finds at most, the best by score, are looked through for a literal text."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One version that matches. ``snippet`` is HTML with the words in ``<b>``; everything else is escaped."""

    record_id: str
    version_id: str
    kind: str
    account_id: str | None
    author: str | None
    created_at: datetime | None
    current: bool
    text: str
    snippet: str
    score: float


@dataclass(frozen=True, slots=True)
class _Find:
    """What a shard found: the version that ``content`` names; times are in microseconds since 1970.

    ``row`` and ``seen`` tell where and when the open file had it at the time of indexing: where to look first.
    """

    content: str
    kind: str
    created: int | None
    seen: int | None
    row: int | None
    score: float
    snippets: tantivy.SnippetGenerator


@dataclass(frozen=True, slots=True)
class Narrow:
    """What a search is narrowed to. ``kind`` is ``post`` or ``comment``; times are of creation, the end excluded."""

    account_id: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    literally: str | None = None


class Search:
    """The index of one data folder over a published copy of it."""

    def __init__(self, folder: Path, published: duckdb.DuckDBPyConnection) -> None:
        self.root = folder / "index"
        self._published = published

    def update(self) -> int:
        """Index the versions of batches that are new in the published copy; returns how many there were.

        A killed update is done again: a version is never in the index twice.

        Raises
        ------
        Busy : another process is indexing.
        EvidenceError : a full disk or the like; searches find what they found before.
        """
        with database.alone(self.root / "index.lock", f"indexing in {self.root}"):
            done = self._indexed()
            new = sorted(database.held_batches(self._published) - done)
            if not new:
                return 0
            try:
                count = self._add(new, fresh=not done)
                durable.write(self.root / "indexed.json", [canonical(sorted(done.union(new)))], overwrite=True)
            except (OSError, ValueError) as error:  # Tantivy says ValueError of a disk that is full
                what = f"the index in {self.root} could not be written ({str(error).splitlines()[0]})"
                raise EvidenceError(what, "Free some space, then run again") from error
            return count

    def rebuild(self) -> int:
        """Drop the index and make it anew; returns how many versions it holds."""
        with database.alone(self.root / "index.lock", f"indexing in {self.root}"):
            (self.root / "indexed.json").unlink(missing_ok=True)
            shutil.rmtree(self.root / "tantivy", ignore_errors=True)
        return self.update()

    def find(self, words: str, narrow: Narrow = Narrow(), limit: int = 20) -> list[Hit]:
        """The best matches of ``words``, read from the published copy.

        Raises
        ------
        BadInput : the words are not a query, or nothing is indexed yet.
        """
        shards = self._open()
        wanted = _query(shards[0], words, narrow)
        most = _FINDS if narrow.literally else limit
        of_shards = side_by_side(partial(_finds, wanted, most), shards, len(shards))
        best = sorted(chain.from_iterable(of_shards), key=attrgetter("score"), reverse=True)[:most]
        finds = {find.content: find for find in best}
        rows = [row for row in self._read(best) if (narrow.literally or "") in row["text"]]
        rows.sort(key=lambda row: (-finds[row["content"]].score, row["record_id"], row["version_id"]))
        hits = []
        for row in rows[:limit]:
            find = finds[row.pop("content")]
            shown = tantivy.Document.from_dict({"text": row["text"]}, shards[0].schema)
            hits.append(Hit(score=find.score, snippet=find.snippets.snippet_from_doc(shown).to_html(), **row))
        return hits

    def _open(self) -> tuple[tantivy.Index, ...]:
        try:
            made = (self.root / "indexed.json").stat()
        except FileNotFoundError as error:
            raise BadInput(f"nothing is indexed in {self.root}", "Run `hallpass collect` first") from error
        try:
            return _opened(self.root, (made.st_ino, made.st_mtime_ns))
        except ValueError as error:  # an earlier version's
            raise BadInput(
                f"the index in {self.root} cannot be read", "Run `hallpass collect`: it is made anew"
            ) from error

    def _indexed(self) -> set[str]:
        try:
            done = set(json.loads((self.root / "indexed.json").read_bytes()))
            _shards(self.root)  # those with other fields, of an earlier version, are made anew too
            return done
        except (FileNotFoundError, ValueError):
            shutil.rmtree(self.root / "tantivy", ignore_errors=True)
            return set()

    def _add(self, batches: list[str], *, fresh: bool) -> int:
        count = 0
        with ExitStack() as stack:
            shards = _shards(self.root, new=fresh)
            writers = [stack.enter_context(shard.writer(_HEAP // SHARDS, num_threads=1)) for shard in shards]
            for row in _versions(self._published, batches):
                count += 1
                key = int.from_bytes(row["content"][:_KEY_BYTES], signed=True)
                writer = writers[key % SHARDS]
                if not fresh:
                    writer.delete_documents_by_term("key", key)
                writer.add_document(tantivy.Document.from_dict({**row, "key": key}, shards[0].schema))
        return count

    def _read(self, finds: Sequence[_Find]) -> list[dict[str, Any]]:
        """The rows behind the finds, as the archive has them now."""
        if not finds:
            return []
        rows = self._ask(_HERE, finds)
        here = {row["content"] for row in rows}
        if elsewhere := [find for find in finds if find.content not in here]:
            dated = all(find.created is not None for find in elsewhere)
            rows += self._ask(_DATED if dated else _ANY, elsewhere)
        if unsure := [row["record_id"] for row in rows if not row["current"]]:
            found = self._published.execute(_CURRENT, {"records": unsure}).fetchall()
            current = {content for (content,) in found}
            rows = [{**row, "current": row["current"] or row["content"] in current} for row in rows]
        return rows

    def _ask(self, statements: Mapping[str, str], finds: Sequence[_Find]) -> list[dict[str, Any]]:
        """``statements`` of each kind among the finds."""
        rows: list[dict[str, Any]] = []
        for kind in sorted({find.kind for find in finds}):
            of_kind = [find for find in finds if find.kind == kind]
            used = (name for name in ("content", "created", "seen", "row") if f"${name}" in statements[kind])
            asked = {name: [getattr(find, name) for find in of_kind] for name in used}
            rows += _rows(self._published.execute(statements[kind], asked))
        return rows


_AUTHOR = {"post": "author_id", "comment": "author_handle"}
_VERSIONS = """
    SELECT unhex(replace(v.content::VARCHAR, '-', '')) AS content, '{kind}' AS kind, r.account_id,
           v.{author} AS author, v.text, epoch_us(v.created_at) AS created, epoch_us(v.first_seen_at) AS seen, v."row"
    FROM (SELECT *, rowid AS "row" FROM {open}.{kind}_version{in_years}) v
    JOIN record_current r USING (record_id) WHERE v.batch_id IN (SELECT unnest($batches))"""

# Questions over narrow columns of fixed width: a join by record id was measured five times slower.
_THESE = "list_contains($content::UUID[], content)"
_SELECT = {
    kind: f"""
    SELECT content::VARCHAR AS content, record_id, version_id, '{kind}' AS kind, account_id, {author} AS author,
           created_at, text"""
    for kind, author in _AUTHOR.items()
}
_ANY = {kind: f"{select}, false AS current FROM {kind}_version WHERE {_THESE}" for kind, select in _SELECT.items()}
_DATED = {kind: f"{any_} AND created_at IN (SELECT make_timestamptz(unnest($created)))" for kind, any_ in _ANY.items()}
_HERE = {
    kind: f"""
    SELECT v.*, now.content IS NOT NULL AS current
    FROM ({select} FROM {OPEN}.{kind}_version WHERE {_THESE} AND rowid IN (SELECT unnest($row))) v
    LEFT JOIN (
        SELECT content::VARCHAR AS content FROM record_current
        WHERE {_THESE} AND first_seen_at IN (SELECT make_timestamptz(unnest($seen)))
    ) now USING (content)"""  # noqa: S608 - words of ours
    for kind, select in _SELECT.items()
}
"""In one question, those that did not move since they were indexed and are the only version of their record."""
_CURRENT = f"""
    SELECT content::VARCHAR FROM record_current WHERE key IN (SELECT {OPEN}.record_key(unnest($records)))"""  # noqa: S608


def _versions(published: duckdb.DuckDBPyConnection, batches: list[str]) -> Iterator[dict[str, Any]]:
    for kind, author in _AUTHOR.items():
        sealed = in_years(published, f"{kind}_version")
        union = f" UNION ALL BY NAME {sealed}" if sealed else ""
        statement = _VERSIONS.format(kind=kind, author=author, open=OPEN, in_years=union)
        for row in _rows(published.execute(statement, {"batches": batches})):
            yield {name: value for name, value in row.items() if value is not None}


def _rows(result: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    names = [column[0] for column in result.description or ()]
    while rows := result.fetchmany(_ROWS):
        yield from (dict(zip(names, row, strict=True)) for row in rows)


def _finds(wanted: Query, most: int, index: tantivy.Index) -> list[_Find]:
    searcher = index.searcher()
    snippets = tantivy.SnippetGenerator.create(searcher, wanted, index.schema, "text")
    hits = ((score, searcher.doc(address)) for score, address in searcher.search(wanted, most, count=False).hits)
    return [
        _Find(
            content=str(UUID(bytes=document.get_first("content"))),
            kind=str(document.get_first("kind")),
            created=document.get_first("created"),
            seen=document.get_first("seen"),
            row=document.get_first("row"),
            score=score,
            snippets=snippets,
        )
        for score, document in hits
    ]


@lru_cache(maxsize=1)
def _opened(root: Path, made: tuple[int, int]) -> tuple[tantivy.Index, ...]:  # noqa: ARG001 - tells calls apart
    """The shards as they were when ``indexed.json`` was ``made``: opening them takes longer than a rare word."""
    return _shards(root)


def _shards(root: Path, *, new: bool = False) -> tuple[tantivy.Index, ...]:
    """The shards in ``root``.

    Raises
    ------
    ValueError : one is not there, unless they may be new, or it has other fields.
    """
    paths = [root / "tantivy" / str(number) for number in range(SHARDS)]
    if not new and not all(map(tantivy.Index.exists, map(str, paths))):
        raise ValueError(f"a shard is missing in {root}")
    return tuple(map(_shard, paths))


def _shard(path: Path) -> tantivy.Index:
    durable.make_folder(path)
    schema = (
        tantivy.SchemaBuilder()
        .add_bytes_field("content", stored=True, indexed=False)
        .add_integer_field("key", indexed=True)
        .add_text_field("text", tokenizer_name=_ANALYZER)
        .add_text_field("author", tokenizer_name=_ANALYZER)
        .add_text_field("kind", stored=True, tokenizer_name="raw", index_option="basic")
        .add_text_field("account_id", tokenizer_name="raw", index_option="basic")
        .add_integer_field("created", stored=True, indexed=True, fast=True)
        .add_integer_field("seen", stored=True)
        .add_integer_field("row", stored=True)
        .build()
    )
    index = tantivy.Index(schema, str(path))
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for each in (Filter.remove_long(_LONGEST_WORD), Filter.lowercase(), Filter.ascii_fold()):
        words = words.filter(each)
    index.register_tokenizer(_ANALYZER, words.build())
    return index


def _query(index: tantivy.Index, words: str, narrow: Narrow) -> Query:
    try:
        query = index.parse_query(_spelled(words), ["text"], conjunction_by_default=True, allow_regexes=True)
    except ValueError as error:
        todo = 'Put phrases between "quotation marks", and check parentheses and field names'
        raise BadInput(f"the search {words!r} cannot be read ({error})", todo) from error
    parts = [(Occur.Must, query)]
    for name, value in (("account_id", narrow.account_id), ("kind", narrow.kind)):
        if value is not None:
            parts.append((Occur.Must, Query.term_query(index.schema, name, value, "basic")))
    if narrow.since or narrow.until:
        parts.append((Occur.Must, _between(index.schema, narrow.since, narrow.until)))
    return Query.boolean_query(parts)


def _spelled(words: str) -> str:
    """``words`` as Tantivy spells them: it knows no ``scien*`` and reads ``AND NOT`` as two conditions."""
    parts = words.split('"')
    parts[::2] = [_spelled_outside_quotes(part) for part in parts[::2]]
    return '"'.join(parts)


def _spelled_outside_quotes(part: str) -> str:
    part = part.replace("/", " ").replace("AND NOT ", "NOT ")
    return _PREFIX.sub(lambda match: f"{match[1] or 'text'}:/{_folded(match[2])}.*/", part)


def _folded(word: str) -> str:
    """``word`` as the index folds it, for plain Latin letters with accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))


def _between(schema: tantivy.Schema, since: datetime | None, until: datetime | None) -> Query:
    return Query.range_query(
        schema,
        "created",
        tantivy.FieldType.Integer,
        lower_bound=_microseconds(since) if since else None,
        upper_bound=_microseconds(until) - 1 if until else None,
    )


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
