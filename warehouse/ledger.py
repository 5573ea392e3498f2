"""The ledger: what was landed and in which order, so that nobody can change it unseen, ourselves included.

Each batch is an RFC 6962 tree over its lines; each line's leaf holds the line's SHA-256, a commitment that
its salt keeps unguessable. The batches are the leaves of a second tree, whose state is signed after each
load as a checkpoint (:mod:`warehouse.note`). ``ledger/NNNNNN.json`` holds what one such step added and the
signed note; the files are immutable and follow each other without a gap.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from records.canonical import canonical
from records.errors import BadInput, EvidenceDamaged, LandingFailed
from records.model import Evidence
from warehouse import database, durable, merkle
from warehouse.envelopes import commitment, is_stub
from warehouse.landing import Batch, Landing, all_lines_of, header_of
from warehouse.note import Checkpoint, Signer, checkpoint_in

_NAME = re.compile(r"(\d{6,})\.json")
_RESTORE = "Restore the ledger folder from a backup"


@dataclass(frozen=True, slots=True)
class Entry:
    """One batch in the ledger: its root (hex) over ``lines`` lines, the header being the first."""

    batch_id: str
    lines: int
    root: str

    def leaf(self) -> bytes:
        """Its leaf's hash in the ledger's tree."""
        return merkle.leaf(canonical(self))


@dataclass(frozen=True, slots=True)
class Step:
    """What one signing added: the new entries, and the note over the whole ledger with them."""

    number: int
    entries: tuple[Entry, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Proof:
    """That a line stands in the ledger as a checkpoint has it. Hashes in hex; paths from the bottom up.

    ``commitment`` is the line's SHA-256: where its payload was lawfully dropped, the proof still holds.
    """

    commitment: str
    line: int
    line_path: tuple[str, ...]
    entry: Entry
    index: int
    entry_path: tuple[str, ...]
    note: str


def line_leaves(batch: Batch, dropped: list[int] | None = None) -> list[bytes]:
    """The leaf hashes of the lines of ``batch``, its header first.

    ``dropped``, where it is given, gets the numbers of the lines whose payload is no longer there.

    Raises
    ------
    EvidenceDamaged : the file is not what was landed.
    """
    leaves: list[bytes] = []
    for line in all_lines_of(batch):
        if dropped is not None and is_stub(line):
            dropped.append(len(leaves))
        leaves.append(merkle.leaf(commitment(line)))
    return leaves


def entry_of(batch: Batch, dropped: list[int] | None = None) -> Entry:
    """The entry of ``batch`` as its file stands; ``dropped`` as in :func:`line_leaves`.

    Raises
    ------
    EvidenceDamaged : the file is not what was landed.
    """
    leaves = line_leaves(batch, dropped)
    return Entry(batch.batch_id, len(leaves), merkle.root(leaves).hex())


class Ledger:
    """The ledger of one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "ledger"

    def steps(self) -> list[Step]:
        """Every step in its order.

        Raises
        ------
        EvidenceDamaged : one is missing or cannot be read.
        """
        named = ((path, _NAME.fullmatch(path.name)) for path in self.root.glob("*.json"))
        numbered = sorted((int(match[1]), path) for path, match in named if match)
        for expected, (number, _) in enumerate(numbered, start=1):
            if number != expected:
                raise EvidenceDamaged(f"step {expected} of the ledger in {self.root} is missing", _RESTORE)
        return [_step(number, path) for number, path in numbered]

    def newest(self) -> Checkpoint | None:
        """The checkpoint that was signed last, without reading the steps before it; None where nothing was signed.

        Raises
        ------
        EvidenceDamaged : it cannot be read.
        """
        numbers = [int(match[1]) for path in self.root.glob("*.json") if (match := _NAME.fullmatch(path.name))]
        if not numbers:
            return None
        number = max(numbers)
        return checkpoint_in(_step(number, self.root / f"{number:06d}.json").note)

    def entries(self) -> list[Entry]:
        """Every batch that is in the ledger, in its order."""
        return [entry for step in self.steps() for entry in step.entries]

    def record(self, signer: Signer) -> Checkpoint | None:
        """Add every loaded batch that is not in the ledger yet and sign its new state; None where there is none.

        Only loaded ones: so a batch that the ledger has and the archive lacks is one that the archive lost.

        Raises
        ------
        Busy : another process holds the warehouse.
        EvidenceDamaged : a new batch or the ledger is not what it was.
        LandingFailed : a full disk or the like; the ledger is as it was.
        """
        with database.only_loader(self.folder):
            steps = self.steps()
            old = [entry for step in steps for entry in step.entries]
            new = self._new({entry.batch_id for entry in old})
            if not new:
                return None
            leaves = [entry.leaf() for entry in (*old, *new)]
            checkpoint = Checkpoint(signer.name, len(leaves), merkle.root(leaves))
            self._write(Step(len(steps) + 1, tuple(new), signer.sign(checkpoint.text())))
            return checkpoint

    def prove(self, evidence: Evidence) -> Proof:
        """The proof that this line stands under the newest checkpoint.

        Raises
        ------
        BadInput : the ledger has no such line.
        """
        ((proof, _),) = self.proofs([evidence])
        return proof

    def proofs(self, wanted: Iterable[Evidence]) -> Iterator[tuple[Proof, bytes]]:
        """:meth:`prove` of many lines, each with the line itself, batch by batch."""
        steps = self.steps()
        entries = [entry for step in steps for entry in step.entries]
        leaves = [entry.leaf() for entry in entries]
        places = {entry.batch_id: index for index, entry in enumerate(entries)}
        paths = Landing(self.folder).paths()
        for batch_id, lines in groupby(sorted(wanted, key=_place), key=lambda evidence: evidence.batch_id):
            known = batch_id in places and batch_id in paths
            content = list(all_lines_of(header_of(paths[batch_id]))) if known else []
            hashed = [merkle.leaf(commitment(line)) for line in content]
            for evidence in lines:
                if not 0 <= evidence.line < len(content):
                    what = f"the ledger has no line {evidence.line} of {batch_id}"
                    raise BadInput(what, "Take both from the archive")
                index = places[batch_id]
                proof = Proof(
                    commitment=commitment(content[evidence.line]).hex(),
                    line=evidence.line,
                    line_path=_hex(merkle.inclusion_proof(hashed, evidence.line)),
                    entry=entries[index],
                    index=index,
                    entry_path=_hex(merkle.inclusion_proof(leaves, index)),
                    note=steps[-1].note,
                )
                yield proof, bytes(content[evidence.line])

    def consistency(self, old_size: int) -> list[bytes]:
        """Proof that the ledger only adds to what it was with ``old_size`` batches.

        Raises
        ------
        BadInput : it never had so many.
        """
        leaves = [entry.leaf() for entry in self.entries()]
        if not 0 < old_size <= len(leaves):
            raise BadInput(f"the ledger has {len(leaves)} batches and never had {old_size}", "Ask for an earlier size")
        return merkle.consistency_proof(leaves, old_size)

    def _new(self, known: set[str]) -> list[Entry]:
        with database.open_archive(database.archive_path(self.folder)) as connection:
            wanted = database.held_batches(connection) - known
        paths = [path for batch_id, path in Landing(self.folder).paths().items() if batch_id in wanted]
        batches = sorted((header_of(path) for path in paths), key=lambda b: (b.created_at, b.batch_id))
        return [entry_of(batch) for batch in batches]

    def _write(self, step: Step) -> None:
        path = self.root / f"{step.number:06d}.json"
        try:
            durable.write(path, [canonical({"entries": step.entries, "note": step.note})], mode=0o444)
        except OSError as error:
            todo = "Free some space, then run again"
            raise LandingFailed(f"the ledger's {path} could not be written ({error.strerror})", todo) from error


def proven(proof: Proof, text: str) -> bool:
    """Whether ``proof`` holds under the checkpoint in ``text``, the opened text of its note. Needs no archive."""
    line = merkle.leaf(bytes.fromhex(proof.commitment))
    batch_root = bytes.fromhex(proof.entry.root)
    checkpoint = checkpoint_in(text)
    return merkle.included(
        line, proof.line, proof.entry.lines, _bytes(proof.line_path), batch_root
    ) and merkle.included(proof.entry.leaf(), proof.index, checkpoint.size, _bytes(proof.entry_path), checkpoint.root)


def _step(number: int, path: Path) -> Step:
    try:
        fields = json.loads(path.read_bytes())
        return Step(number, tuple(Entry(**entry) for entry in fields["entries"]), str(fields["note"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvidenceDamaged(f"the ledger's {path} cannot be read", _RESTORE) from error


def _place(evidence: Evidence) -> tuple[str, int]:
    return evidence.batch_id, evidence.line


def _hex(hashes: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(h.hex() for h in hashes)


def _bytes(hashes: Sequence[str]) -> list[bytes]:
    return [bytes.fromhex(h) for h in hashes]
