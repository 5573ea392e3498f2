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
"""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import tantivy
from tantivy import Filter, Occur, Query

from records.canonical import canonical
from records.errors import BadInput, EvidenceError
from warehouse import database, durable
from warehouse.parts import OPEN

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
        index = self._open()
        wanted = _query(index, words, narrow)
        searcher = index.searcher()
        snippets = tantivy.SnippetGenerator.create(searcher, wanted, index.schema, "text")
        found = searcher.search(wanted, _FINDS if narrow.literally else limit).hits
        documents = [searcher.doc(address) for _, address in found]
        scores = {_content(document): score for document, (score, _) in zip(documents, found, strict=True)}
        rows = self._read(documents, narrow)
        rows.sort(key=lambda row: (-scores[row["content"]], row["record_id"], row["version_id"]))
        hits = []
        for row in rows[:limit]:
            shown = tantivy.Document.from_dict({"text": row["text"]}, index.schema)
            snippet = snippets.snippet_from_doc(shown).to_html()
            hits.append(Hit(score=scores[row.pop("content")], snippet=snippet, **row))
        return hits

    def _open(self) -> tantivy.Index:
        if not (self.root / "indexed.json").exists():
            raise BadInput(f"nothing is indexed in {self.root}", "Run `hallpass collect` first")
        try:
            return _index(self.root / "tantivy")
        except ValueError as error:  # an earlier version's
            raise BadInput(
                f"the index in {self.root} cannot be read", "Run `hallpass collect`: it is made anew"
            ) from error

    def _indexed(self) -> set[str]:
        try:
            done = set(json.loads((self.root / "indexed.json").read_bytes()))
            _index(self.root / "tantivy")  # one with other fields, of an earlier version, is made anew too
            return done
        except (FileNotFoundError, ValueError):
            shutil.rmtree(self.root / "tantivy", ignore_errors=True)
            return set()

    def _add(self, batches: list[str], *, fresh: bool) -> int:
        index = _index(self.root / "tantivy")
        count = 0
        with index.writer(_HEAP) as writer:
            for row in _versions(self._published, batches):
                count += 1
                key = int.from_bytes(row["content"][:_KEY_BYTES], signed=True)
                if not fresh:
                    writer.delete_documents_by_term("key", key)
                writer.add_document(tantivy.Document.from_dict({**row, "key": key}, index.schema))
        return count

    def _read(self, found: list[tantivy.Document], narrow: Narrow) -> list[dict[str, Any]]:
        """The rows behind the finds, as the archive has them now; where all are dated, only those times are read."""
        if not found:
            return []
        contents = [_content(document) for document in found]
        created = [document.get_first("created") for document in found]
        asked: dict[str, object] = {"contents": contents, "literally": narrow.literally}
        if None not in created:
            asked["created"] = created
        when = _THEN if "created" in asked else "true"
        kinds = sorted({str(document.get_first("kind")) for document in found})
        statement = " UNION ALL ".join(_READ[kind].format(when=when) for kind in kinds)
        versions = list(_rows(self._published.execute(statement, asked)))
        records = {"records": [version["record_id"] for version in versions]}
        current = {content for (content,) in self._published.execute(_CURRENT, records).fetchall()}
        return [{**version, "current": version["content"] in current} for version in versions]


_VERSIONS = """
    SELECT unhex(replace(v.content::VARCHAR, '-', '')) AS content, v.kind, r.account_id, v.author, v.text,
           epoch_us(v.created_at) AS created
    FROM (SELECT content, record_id, 'post' AS kind, author_id AS author, text, created_at, batch_id FROM post_version
          UNION ALL
          SELECT content, record_id, 'comment', author_handle, text, created_at, batch_id FROM comment_version) v
    JOIN record_current r USING (record_id) WHERE v.batch_id IN (SELECT unnest($batches))"""

# Two questions over narrow columns of fixed width: a join by record id was measured five times slower.
_READ = {
    kind: f"""
    SELECT content::VARCHAR AS content, record_id, version_id, '{kind}' AS kind, account_id, {author} AS author,
           created_at, text
    FROM {kind}_version
    WHERE {{when}} AND content IN (SELECT unnest($contents)::UUID)
      AND ($literally IS NULL OR contains(text, $literally))"""  # noqa: S608 - words of ours
    for kind, author in {"post": "author_id", "comment": "author_handle"}.items()
}
_THEN = "created_at IN (SELECT make_timestamptz(unnest($created)))"
_CURRENT = f"""
    SELECT content::VARCHAR FROM record_current WHERE key IN (SELECT {OPEN}.record_key(unnest($records)))"""  # noqa: S608


def _versions(published: duckdb.DuckDBPyConnection, batches: list[str]) -> Iterator[dict[str, Any]]:
    for row in _rows(published.execute(_VERSIONS, {"batches": batches})):
        yield {name: value for name, value in row.items() if value is not None}


def _rows(result: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    names = [column[0] for column in result.description or ()]
    while rows := result.fetchmany(_ROWS):
        yield from (dict(zip(names, row, strict=True)) for row in rows)


def _content(document: tantivy.Document) -> str:
    """What names a version, as the archive writes it."""
    return str(UUID(bytes=document.get_first("content")))


def _index(path: Path) -> tantivy.Index:
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
