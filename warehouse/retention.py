"""Lawful disposition: which payloads may go by the district's rules, and dropping them without losing a proof.

A landed line is what goes or stays, because its bytes are verbatim: it may go when every record in it is past
its period, none is held, and nothing that stays rests on it. A record that another line shows too is there
until that line goes; as posts are asked again for some weeks only, that is soon. Pictures, and what was found
in them, follow the posts and comments that show them.

Before anything is dropped, a :class:`records.model.Disposal` of each line and picture is landed and signed for.
Then a line becomes a stub (:mod:`warehouse.envelopes`), its file is replaced whole, and pictures are unlinked.
Killed anywhere, the same call goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec

from records.canonical import canonical
from records.errors import BadInput, EvidenceDamaged, EvidenceError
from records.model import (
    Comment,
    Coverage,
    Disposal,
    Envelope,
    Evidence,
    ImageVerdict,
    Judgement,
    MediaFile,
    MediaItem,
    Observation,
    Post,
    ProfileSnapshot,
    Record,
    Relationship,
    Tombstone,
)
from records.retention import LegalHold, RetentionRule, Series, Trigger
from warehouse import database, durable, merkle
from warehouse.envelopes import RESTORE, Line, commitment, from_line, is_stub, stub
from warehouse.landed import own_records
from warehouse.landing import Batch, Landing, all_lines_of, header_of, lines_of, packed
from warehouse.ledger import Entry, Ledger
from warehouse.parallel import ahead
from warehouse.prepare import Parse

SOURCE = "disposals"
"""The landing source of disposals."""

_SERIES: Mapping[type, Series] = {
    Post: Series.POSTS,
    Comment: Series.COMMENTS,
    ProfileSnapshot: Series.PROFILES,
    Relationship: Series.RELATIONSHIPS,
    Observation: Series.OBSERVATIONS,
    Judgement: Series.OBSERVATIONS,
    Coverage: Series.COVERAGE,
}
_ANSWERED = {"post": Series.POSTS, "comment": Series.COMMENTS}
"""The series of an answer that a record is gone, by the second part of the record's id."""
_FOLLOW = (MediaItem, MediaFile, ImageVerdict)
"""Records without a period of their own: an item goes with its line, the others with the posts that show them."""
_NAMES = ("record_id", "post_id", "parent_id", "in_reply_to", "conversation_id", "media_id")


class PlannedLine(msgspec.Struct, frozen=True):
    """A line that would be dropped; ``commitment`` (hex) is what the ledger keeps of it."""

    batch_id: str
    line: int
    commitment: str


class Plan(msgspec.Struct, frozen=True):
    """What may be disposed of: lines, pictures by SHA-256, and how many records of which series they hold.

    ``kept`` counts the lines that stay by the reason why; ``earliest`` and ``latest`` are the oldest and the
    newest moment that a record to be dropped was created or, where nobody knows that, captured.
    """

    lines: tuple[PlannedLine, ...]
    media: tuple[str, ...]
    records: dict[str, int]
    earliest: datetime | None
    latest: datetime | None
    kept: dict[str, int]

    def content(self) -> bytes:
        """The plan as canonical JSON."""
        return canonical(msgspec.to_builtins(self))


@dataclass(frozen=True, slots=True)
class Law:
    """What decides whether a record may go: the rules and holds in force, and the moment at which it is asked."""

    rules: Mapping[Series, RetentionRule]
    holds: tuple[LegalHold, ...]
    now: datetime

    def keeps(self, record: Record, envelope: Envelope) -> str | None:
        """Why ``record`` must stay, or None where it may go."""
        captured = envelope.fetched_at
        created = getattr(record, "created_at", None) or captured
        accounts = frozenset(filter(None, (envelope.account_id, getattr(record, "account_id", None))))
        for hold in self.holds:
            if hold.covers(accounts, _ids(record), frozenset((created, captured))):
                return f"held by {hold.hold_id}"
        if isinstance(record, _FOLLOW):
            return None
        series = _series(record)
        if series is None:
            return "always kept"
        if series not in self.rules:
            return f"no retention rule for {series.value}"
        rule = self.rules[series]
        moment = created if rule.trigger is Trigger.CREATED else captured
        return None if rule.over(moment, self.now) else f"the period for {series.value} is not over"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as the plan needs it. ``why`` it stays is None where it may go as far as itself is concerned."""

    planned: PlannedLine
    why: str | None
    records: tuple[tuple[str, str, datetime], ...] = ()  # series, record, moment
    shows: frozenset[str] = frozenset()
    pictures: frozenset[str] = frozenset()
    rests_on: frozenset[Evidence] = frozenset()
    file: MediaFile | None = None
    looked_at: str | None = None


def plan(folder: Path, parse: Parse, law: Law, processes: int | None = None) -> Plan:
    """What may be disposed of now. Reads all of landing; one entry a line is held in memory.

    Raises
    ------
    EvidenceDamaged : a landed file is not what was landed.
    """
    paths = list(Landing(folder).paths().values()) if law.rules else []
    lines = [line for found in ahead(partial(_read, parse, law), paths, processes) for line in found]
    going = _going(lines)
    staying = [line for line in lines if line not in going and line.file is None and line.looked_at is None]
    files, media = _files_going(lines, going, staying)
    going |= files
    going |= {line for line in lines if line.looked_at in media and line.why is None}
    records = {(series, record): moment for line in going for series, record, moment in line.records}
    return Plan(
        lines=tuple(sorted((line.planned for line in going), key=lambda p: (p.batch_id, p.line))),
        media=tuple(sorted(media)),
        records=dict(sorted(Counter(series for series, _ in records).items())),
        earliest=min(records.values(), default=None),
        latest=max(records.values(), default=None),
        kept=dict(sorted(Counter(line.why or "something that stays rests on it" for line in staying).items())),
    )


def planned(content: bytes) -> Plan:
    """The plan in :meth:`Plan.content`."""
    return msgspec.json.decode(content, type=Plan)


def disposals(folder: Path, among: Container[str] | None = None) -> list[Disposal]:
    """Every landed disposal; with ``among``, those of these batches only.

    Raises
    ------
    EvidenceDamaged : a file of disposals is not what was landed.
    """
    return [record for record in own_records(folder, SOURCE, among) if isinstance(record, Disposal)]


def drop(folder: Path, of: Sequence[Disposal]) -> None:
    """Drop the payloads that these landed disposals name; what is dropped already is passed over.

    Raises
    ------
    Busy : another process holds the warehouse.
    BadInput : a disposal is not in the signed ledger, or a line's batch is not; nothing was dropped.
    EvidenceDamaged : a line is not the one that was planned; its file stays as it is.
    EvidenceError : a full disk or the like; the call can be made again.
    """
    landing = Landing(folder)
    with database.only_loader(folder):
        entries = {entry.batch_id: entry for entry in Ledger(folder).entries()}
        _require_landed(folder, of, entries)
        paths = landing.paths()
        try:
            for disposal in of:  # pictures first: as long as one is there, the lines still say why it may go
                if disposal.media_sha256:
                    _unlink(landing.media_path(disposal.media_sha256))
            for batch_id, lines in by_batch(of).items():
                _drop_lines(header_of(paths[batch_id]), lines, entries[batch_id])
        except OSError as error:
            todo = "Free some space, then run it again: it goes on where it stopped"
            raise EvidenceError(f"the disposition could not go on ({error.strerror})", todo) from error


def by_batch(of: Iterable[Disposal]) -> dict[str, dict[int, Disposal]]:
    """The disposals of lines, by batch and line."""
    sorted_out: dict[str, dict[int, Disposal]] = {}
    for disposal in of:
        if disposal.evidence:
            sorted_out.setdefault(disposal.evidence.batch_id, {})[disposal.evidence.line] = disposal
    return sorted_out


def _read(parse: Parse, law: Law, path: Path) -> list[_Line]:
    batch = header_of(path)
    lines = [(n, line) for n, line in enumerate(lines_of(batch), start=1) if not is_stub(line)]
    return [_line(parse, law, PlannedLine(batch.batch_id, n, commitment(line).hex()), line, path) for n, line in lines]


def _line(parse: Parse, law: Law, where: PlannedLine, line: Line, path: Path) -> _Line:
    envelope, _ = from_line(line, f"line {where.line} of {path}")
    try:
        records = list(parse(envelope))
    except Exception:  # whatever a hostile body provokes: what cannot be read has no period
        return _Line(where, "cannot be read")
    observed = [r for r in records if isinstance(r, Observation)]
    if all(isinstance(r, MediaItem) for r in records):
        whys = ["nothing in it has a period"]
    else:
        whys = [why for record in records if (why := law.keeps(record, envelope))]
    return _Line(
        planned=where,
        why=min(whys, default=None),
        records=tuple(_counted(r, series, envelope) for r in records if (series := _series(r))),
        shows=frozenset(m for r in records if isinstance(r, Post | Comment) for m in r.media_ids),
        pictures=frozenset(sha256 for r in records if (sha256 := _picture(r))),
        rests_on=frozenset(r.evidence for r in observed if r.evidence),
        file=next((r for r in records if isinstance(r, MediaFile)), None),
        looked_at=next((r.media_sha256 for r in records if isinstance(r, ImageVerdict)), None),
    )


def _picture(record: Record) -> str | None:
    """The picture or file in ``media/`` that the record cannot be without."""
    if isinstance(record, _FOLLOW):
        return None
    return getattr(record, "media_sha256", None) or getattr(record, "sha256", None)


def _ids(record: Record) -> frozenset[str]:
    named = {getattr(record, name, None) for name in _NAMES} | set(getattr(record, "media_ids", ()))
    return frozenset(name for name in named if name)


def _series(record: Record) -> Series | None:
    if isinstance(record, Tombstone):
        return _ANSWERED.get(record.record_id.split(":")[1])
    return _SERIES.get(type(record))


def _counted(record: Record, series: Series, envelope: Envelope) -> tuple[str, str, datetime]:
    name = getattr(record, "record_id", None) or getattr(record, "observation_id", None) or canonical(record).decode()
    return series.value, name, getattr(record, "created_at", None) or envelope.fetched_at


def _going(lines: Sequence[_Line]) -> set[_Line]:
    """The lines that go for themselves, without those that an observation rests on which stays."""
    free = {line for line in lines if line.why is None and line.file is None and line.looked_at is None}
    needed = {evidence for line in lines if line not in free for evidence in line.rests_on}
    return {line for line in free if Evidence(line.planned.batch_id, line.planned.line) not in needed}


def _files_going(lines: Sequence[_Line], going: set[_Line], staying: Sequence[_Line]) -> tuple[set[_Line], set[str]]:
    """The lines that say where a picture lies which no line shows any more, and the pictures that none needs."""
    gone = frozenset().union(*(line.shows for line in going)) - frozenset().union(*(line.shows for line in staying))
    files = {line for line in lines if line.file and line.why is None and line.file.media_id in gone}
    needed = {sha256 for line in staying for sha256 in line.pictures}
    needed |= {line.file.sha256 for line in lines if line.file and line.file.sha256 and line not in files}
    media = {line.file.sha256 for line in files if line.file and line.file.sha256}
    return files, media - needed


def _require_landed(folder: Path, of: Sequence[Disposal], entries: Mapping[str, Entry]) -> None:
    signed = set(disposals(folder, entries))
    unsigned = [batch_id for batch_id in by_batch(of) if batch_id not in entries]
    if unsigned or not signed.issuperset(of):
        what = f"batch {unsigned[0]}" if unsigned else "a disposal"
        raise BadInput(f"the signed ledger does not have {what}", "Run `hallpass collect` with the ledger's key first")


def _drop_lines(batch: Batch, doomed: Mapping[int, Disposal], entry: Entry) -> None:
    """Replace the file by one with stubs, of which the same root comes; or leave it as it is."""
    before = list(all_lines_of(batch))
    after = [stub(line, doomed[n].disposition_id) if n in doomed else line for n, line in enumerate(before)]
    if after == before:
        return
    leaves = [commitment(line) for line in after]
    wrong = merkle.root([merkle.leaf(each) for each in leaves]).hex() != entry.root
    if wrong or any(leaves[n].hex() != disposal.commitment for n, disposal in doomed.items()):
        raise EvidenceDamaged(f"{batch.path} is not the batch that the ledger has", RESTORE)
    durable.write(batch.path, [packed(after)], overwrite=True, mode=0o444)


def _unlink(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()
        durable.sync_folder(path.parent)


def dropped(batch: Batch) -> Iterator[int]:
    """The numbers of the lines of ``batch`` that are stubs."""
    return (number for number, line in enumerate(all_lines_of(batch)) if is_stub(line))
