"""The evidence: immutable batches of envelopes, and media by their content. Nothing here is ever changed.

``landing/<source>/<date>/<batch>.jsonl.zst`` holds one header line, then one envelope a line
(:mod:`warehouse.envelopes`); ``media/<first two hex>/<sha256>`` holds the bytes of a picture. A batch is
named by its content, so landing the same envelopes again finds the batch that is there.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import zstandard

from records.canonical import iso
from records.errors import EvidenceDamaged, LandingFailed
from records.model import Envelope
from warehouse import durable
from warehouse.envelopes import RESTORE, SALT_BYTES, SALT_CHARS, Line, content_of, from_line, is_stub, salted

FORMAT = "hallpass landing 1"
SUFFIX = ".jsonl.zst"
_ID_CHARS = 32
_IMMUTABLE = 0o444
_HEADER = 1 << 12
"""More bytes than a header has."""
_SOURCE = re.compile(r"[a-z][a-z0-9_-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Batch:
    """One landed file. ``sha256`` is over its source and its envelopes; ``batch_id`` is the first half of it."""

    batch_id: str
    source: str
    created_at: datetime
    records: int
    sha256: str
    path: Path


class Landing:
    """The landing tree and the media of one data folder."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "landing"
        self.media = folder / "media"

    def land(self, source: str, envelopes: Sequence[Envelope], now: datetime) -> Batch:
        """Make ``envelopes`` durable as one batch; the same ones again give the batch that is there.

        Raises
        ------
        LandingFailed : a full disk or the like; nothing half-written stays.
        ValueError : no envelopes, or a source that is not a plain lower-case word.
        """
        if not envelopes or not _SOURCE.fullmatch(source):
            raise ValueError("a batch has a source of lower-case letters and at least one envelope")
        contents = [content_of(e) for e in envelopes]
        sha256 = _digest(source, contents)
        path = self._path(source, envelopes[0].fetched_at, sha256[:_ID_CHARS])
        if not path.exists():
            header = {"source": source, "created_at": iso(now), "records": len(contents), "sha256": sha256}
            _durably(path, _compressed(header, contents))
        return header_of(path)

    def batches(self) -> list[Batch]:
        """Every batch, by source, date and name.

        Raises
        ------
        EvidenceDamaged : a file's header cannot be read.
        """
        return [header_of(path) for path in self.paths().values()]

    def paths(self, source: str = "*") -> dict[str, Path]:
        """The file of each batch id, of one source or of all, without opening any."""
        return {path.name.removesuffix(SUFFIX): path for path in sorted(self.root.glob(f"{source}/*/[!.]*{SUFFIX}"))}

    def read(self, batch: Batch) -> Iterator[tuple[int, Envelope]]:
        """Each envelope with its line number, from 1; what was lawfully dropped is passed over.

        Raises
        ------
        EvidenceDamaged : a line is not what was landed, or (after the last one) lines are missing.
        """
        for number, line in enumerate(lines_of(batch), start=1):
            if not is_stub(line):
                yield number, from_line(line, f"line {number} of {batch.path}")[0]

    def land_media(self, content: bytes) -> str:
        """Make ``content`` durable and return its SHA-256 (hex), which is its name.

        Raises
        ------
        LandingFailed : a full disk or the like; nothing half-written stays.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.media_path(sha256)
        if not path.exists():
            _durably(path, content)
        return sha256

    def media_path(self, sha256: str) -> Path:
        """Where the media with this digest lies, whether or not it is there."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is not a SHA-256 in hex")
        return self.media / sha256[:2] / sha256

    def _path(self, source: str, fetched_at: datetime, batch_id: str) -> Path:
        """The date is the first envelope's, not today's, so that the path too comes from the content alone."""
        return self.root / source / fetched_at.astimezone(UTC).date().isoformat() / f"{batch_id}{SUFFIX}"


def header_of(path: Path) -> Batch:
    """The batch in the file at ``path``, from its header alone.

    Raises
    ------
    EvidenceDamaged : there is no header of ours.
    """
    try:
        with zstandard.open(path) as content:
            header, end, _ = content.read(_HEADER).partition(b"\n")
        if not end:
            raise ValueError("cut short")
        return _batch(json.loads(header), path)
    except (OSError, ValueError, KeyError, TypeError, zstandard.ZstdError) as error:
        raise EvidenceDamaged(f"{path} has no readable header ({error})", RESTORE) from error


def lines_of(batch: Batch) -> Iterator[memoryview]:
    """The envelope lines of ``batch`` as they were landed, without their line feeds.

    Raises
    ------
    EvidenceDamaged : the file cannot be read, or (after the last line) its lines are not those of the header.
    """
    lines = all_lines_of(batch)
    next(lines)
    return lines


def all_lines_of(batch: Batch) -> Iterator[memoryview]:
    """The header and then what :func:`lines_of` gives. Where payloads were dropped, the ledger alone knows the rest."""
    hasher = _hasher(batch.source)
    count, all_there = -1, True
    try:
        for count, line in enumerate(_lines(batch.path)):
            if count:
                hasher.update(line[SALT_CHARS:])
                hasher.update(b"\n")
                all_there = all_there and not is_stub(line)
            yield line
    except (OSError, MemoryError, zstandard.ZstdError) as error:
        raise EvidenceDamaged(f"{batch.path} cannot be read ({error})", RESTORE) from error
    if count != batch.records or (all_there and hasher.hexdigest() != batch.sha256):
        raise EvidenceDamaged(f"the lines of {batch.path} are not the ones that were landed", RESTORE)


def _batch(header: dict[str, Any], path: Path) -> Batch:
    if header["format"] != FORMAT or not path.name.startswith(header["sha256"][:_ID_CHARS]):
        raise ValueError("another format, or another batch's name")
    return Batch(
        batch_id=header["sha256"][:_ID_CHARS],
        source=header["source"],
        created_at=datetime.fromisoformat(header["created_at"]),
        records=header["records"],
        sha256=header["sha256"],
        path=path,
    )


def _hasher(source: str) -> Any:
    return hashlib.sha256(f"{FORMAT}\n{source}\n".encode())


def _digest(source: str, contents: Sequence[bytes]) -> str:
    hasher = _hasher(source)
    for content in contents:
        hasher.update(content + b"\n")
    return str(hasher.hexdigest())


def _compressed(header: dict[str, Any], contents: Sequence[bytes]) -> bytes:
    salts = os.urandom(SALT_BYTES * len(contents))
    lines = [json.dumps({"format": FORMAT, **header}, separators=(",", ":")).encode()]
    lines += [salted(c, salts[i * SALT_BYTES : (i + 1) * SALT_BYTES]) for i, c in enumerate(contents)]
    return packed(lines)


def packed(lines: Sequence[Line]) -> bytes:
    """The content of a landing file: these lines, the header first, as one compressed frame."""
    return zstandard.ZstdCompressor(level=3, write_checksum=True).compress(b"\n".join(lines) + b"\n")


def _lines(path: Path) -> Iterator[memoryview]:
    """The lines of a compressed file; raises ``ZstdError`` where it is not exactly one whole frame.

    Decompressed in one piece and not copied into lines: joining and splitting is what threads do one after the other.
    """
    content = zstandard.ZstdDecompressor().decompress(path.read_bytes(), allow_extra_data=False)
    whole = memoryview(content)
    start = 0
    while (end := content.find(b"\n", start)) >= 0:
        yield whole[start:end]
        start = end + 1
    if start < len(content):
        raise zstandard.ZstdError("the last line has no end")


def _durably(path: Path, content: bytes) -> None:
    try:
        durable.write(path, [content], mode=_IMMUTABLE)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        todo = "Free some space, then run again" if full else "Mend the folder or its permissions, then run again"
        raise LandingFailed(f"{path} could not be written ({error.strerror})", todo) from error
