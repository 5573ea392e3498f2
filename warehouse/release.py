"""What of chosen records leaves the house in answer to a request: whole, with parts blacked out, or not at all.

What is kept back is not in the copy that is handed out, in no column and no file; ``exemptions.csv`` says so of each
record and why. A record that is not handed out whole loses every name that leads to its original (ids, links, digests)
and is called by its number in the request. A landed line goes with its proof only where all that it shows is
handed out whole; otherwise its commitment stands for it, which is salted and tells nothing of what it covers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from records.errors import BadInput
from records.model import Comment, MediaFile, MediaItem, Post
from warehouse.envelopes import from_line, is_stub
from warehouse.prepare import Parse

WHOLE, REDACTED, WITHHELD = "whole", "redacted", "withheld"
CITATION = "M.G.L. c. 4, s. 7(26)"

_OPEN = ("kind", "post_id", "text", "created_at", "media_ids", "hidden", "state", "gone_at", "current")
_OF_THE_ARCHIVE = ("platform", "first_seen_at", "last_seen_at", "batch_id", "line")
_AUTHOR = ("author_id", "author_handle", "author_name")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Term:
    """How one record leaves; ``number`` is its own in the request, ``exemption`` a letter of section 7(26)."""

    number: int
    kind: str
    words: tuple[str, ...] = ()
    author: bool = False
    pictures: bool = False
    exemption: str = ""
    reason: str = ""

    def blacked(self, text: str | None) -> str | None:
        """``text`` without the words that are kept back, whatever their capitals."""
        if not text or not self.words:
            return text
        longest_first = sorted(self.words, key=len, reverse=True)
        return re.sub("|".join(map(re.escape, longest_first)), self.mark, text, flags=re.IGNORECASE)

    @property
    def mark(self) -> str:
        """What stands where something was taken out."""
        return f"[redacted ({self.exemption})]"

    @property
    def kept_back(self) -> str:
        """What is not in the copy, in words."""
        if self.kind == WITHHELD:
            return "all of it"
        parts = (("words of its text", self.words), ("its author", self.author), ("its pictures", self.pictures))
        return ", ".join(name for name, is_so in parts if is_so)


class Release:
    """The terms of one release, by record id; ``name`` is the request that it answers."""

    def __init__(self, name: str, terms: Mapping[str, Term], parse: Parse) -> None:
        self.name = name
        self.terms = terms
        self._parse = parse
        self._whole_media: set[str] = set()
        self._media_terms: dict[str, Term] = {}

    def applied(self, rows: Sequence[Row]) -> list[Row]:
        """Versions of posts or comments as they leave; those that are withheld are not among them."""
        return [self._shown(row) for row in rows if self.terms[row["record_id"]].kind != WITHHELD]

    def require_all(self, rows: Iterable[Row]) -> None:
        """BadInput where the archive no longer has a record that was chosen."""
        there = {row["record_id"] for row in rows}
        lost = sorted(term.number for record, term in self.terms.items() if record not in there)
        if lost:
            what = f"The archive no longer has record {lost[0]} of {self.name}"
            raise BadInput(what, "Leave it out of the answer, and say so in it")

    def media_applied(self, media: Sequence[Row]) -> None:
        """Take what is kept back out of what is said of pictures, in place."""
        for item in media:
            term = self._media_terms.get(item["media_id"])
            if term and item["media_id"] not in self._whole_media:
                item["alt_text"], item["url"] = term.blacked(item["alt_text"]), None

    def shows(self, line: bytes) -> bool:
        """Whether a landed line may be handed out verbatim: everything in it is handed out whole."""
        if is_stub(line):
            return True
        envelope, _ = from_line(line, "a line of the evidence")
        try:
            return all(self._is_whole(record) for record in self._parse(envelope))
        except Exception:  # whatever a hostile body provokes: what cannot be read is not handed out
            return False

    def log(self) -> list[Row]:
        """What is kept back and why, record by record."""
        return [
            {
                "record": self._name(term),
                "kind": record.split(":")[1],
                "kept_back": term.kept_back,
                "exemption": f"{CITATION}({term.exemption})",
                "reason": term.reason,
            }
            for record, term in sorted(self.terms.items(), key=lambda pair: pair[1].number)
            if term.kind != WHOLE
        ]

    def _is_whole(self, record: object) -> bool:
        if isinstance(record, Post | Comment):
            term = self.terms.get(record.record_id)
            return term is not None and term.kind == WHOLE
        if isinstance(record, MediaItem):
            return record.record_id in self._whole_media
        return isinstance(record, MediaFile) and record.media_id in self._whole_media

    def _shown(self, row: Row) -> Row:
        term = self.terms[row["record_id"]]
        if term.kind == WHOLE:
            self._whole_media.update(row["media_ids"] or ())
            return row
        kept = {*_OPEN, *_OF_THE_ARCHIVE, *(() if term.author else (*_AUTHOR, "account_id"))}
        shown = {name: value if name in kept else None for name, value in row.items()}
        shown["record_id"] = self._name(term)
        shown["text"] = term.blacked(row["text"])
        shown["media_ids"] = [] if term.pictures else row["media_ids"]
        self._media_terms.update(dict.fromkeys(shown["media_ids"] or (), term))
        if "post_id" in row:
            shown["post_id"] = self._called(row["post_id"])
        shown.update({name: term.mark if term.author else term.blacked(row[name]) for name in _AUTHOR if name in row})
        return shown

    def _called(self, record_id: str | None) -> str | None:
        """How another record is called in this copy: by its id where it is in it whole."""
        term = self.terms.get(record_id or "")
        return None if term is None else record_id if term.kind == WHOLE else self._name(term)

    def _name(self, term: Term) -> str:
        return f"{self.name}-{term.number}"
