"""The answer to a public records request: the records that were chosen for it, as a bag in one zip file."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors import parse
from hallpass.pipeline.archive import archive, public_key
from hallpass.pipeline.export import MANIFEST
from hallpass.pipeline.office import Office, opened
from hallpass.settings import Settings
from records.errors import BadInput, EvidenceError, Refused
from registry.public_items import UNDECIDED, PublicItem
from registry.public_requests import PublicRequest
from reports.document import Document, Paragraph, Section, Table, Tone
from reports.pdf import printed
from warehouse.export import Wanted, export
from warehouse.release import Release, Term

FOLDER = "exports"
"""Where answers lie in the data folder."""

Row = Mapping[str, Any]


def answer(settings: Settings, request_id: str, by: str, why: str) -> str:
    """Sign for all that is landed, write the answer to ``request_id``, and note it; returns its file's name.

    Raises
    ------
    BadInput : nothing was chosen, or the archive no longer has something of it.
    Refused : something was not decided on.
    TokenDead : the ledger's key is not there: nothing would prove what is handed out.
    Busy : a load is under way.
    EvidenceError : a full disk or the like.
    """
    with opened(settings) as office:
        items = _decided(office, request_id)
        office.signer()
        archive(settings)
        request = office.registry.public_requests.get(request_id)
        folder = settings.folder / FOLDER
        name = f"{request_id}-{len(office.registry.exports.of(request_id)) + 1}.zip"
        with _whole_or_not_at_all(folder) as place:
            manifest = _write(office, request, items, place / "bag", place / name)
            counts = Counter(item.ruling.kind for item in items)
            (place / name).rename(folder / name)
            office.registry.exports.answered(request_id, name, manifest, counts, by, settings.now(), why)
    return name


def _decided(office: Office, request_id: str) -> list[PublicItem]:
    items = office.registry.public_requests.items.of(request_id)
    if not items:
        raise BadInput(f"No records were chosen for {request_id}", "Search the archive and choose some")
    waiting = [item.number for item in items if item.ruling.kind == UNDECIDED]
    if waiting:
        what = f"{len(waiting)} of the records of {request_id} are not decided, the first is record {waiting[0]}"
        raise Refused(what, "Release, redact or withhold each of them")
    return items


@contextmanager
def _whole_or_not_at_all(folder: Path) -> Iterator[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as place:
            yield Path(place)
    except OSError as error:
        what = f"The answer could not be written to {folder} ({os.strerror(error.errno or 0)})"
        raise EvidenceError(what, "Free some space, then try again") from error


def _write(office: Office, request: PublicRequest, items: Sequence[PublicItem], bag: Path, target: Path) -> str:
    """The bag and its zip; the SHA-256 (hex) of the bag's manifest."""
    settings = office.settings
    release = Release(request.request_id, {item.record_id: _term(item) for item in items}, parse)
    info = {
        "Source-Organization": settings.district,
        "Bagging-Date": f"{settings.now().astimezone(settings.timezone):%Y-%m-%d}",
        "External-Identifier": request.request_id,
    }
    with office.published() as published:
        if published is None:
            raise BadInput("Nothing is archived yet", "Run `hallpass collect` first")
        export(
            settings.folder,
            published,
            Wanted(records=tuple(release.terms)),
            bag,
            public_key(settings).read_text(),
            info,
            release,
            _Paper(settings, request, release),
        )
    _zip(bag, target, target.stem)
    return hashlib.sha256((bag / MANIFEST).read_bytes()).hexdigest()


def _term(item: PublicItem) -> Term:
    ruling = item.ruling
    return Term(item.number, ruling.kind, ruling.words, ruling.author, ruling.pictures, ruling.exemption, ruling.reason)


def _zip(bag: Path, target: Path, name: str) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive_file:
        for path in sorted(bag.rglob("*")):
            if path.is_file():
                archive_file.write(path, f"{name}/{path.relative_to(bag).as_posix()}")


@dataclass(frozen=True)
class _Paper:
    """The same records to be read by people: ``records.pdf``, tagged, with the list of what was kept back."""

    settings: Settings
    request: PublicRequest
    release: Release

    def __call__(self, posts: Sequence[Row], comments: Sequence[Row]) -> Mapping[str, bytes]:
        now = self.settings.now()
        document = Document(
            over=self.settings.district,
            title=f"Answer to public records request {self.request.request_id}",
            lead="Every archived version of each record; the files beside this one hold the same as data.",
            facts=(f"Received on {self.request.received:%-d %B %Y}", f"Written on {self._day(now)}"),
            sections=(
                *self._sections("Posts", posts),
                *self._sections("Comments", comments),
                _kept_back(self.release.log()),
            ),
        )
        return {"records.pdf": printed(document, now)}

    def _sections(self, title: str, rows: Sequence[Row]) -> Iterator[Section]:
        if rows:
            by_record: dict[str, list[Row]] = {}
            for row in rows:
                by_record.setdefault(row["record_id"], []).append(row)
            yield Section(title, sections=tuple(self._record(*each) for each in by_record.items()))

    def _record(self, name: str, versions: Iterable[Row]) -> Section:
        blocks = []
        for row in versions:
            author = row.get("author_name") or row.get("author_handle") or row["account_id"] or "author not known"
            seen = f"{author}, {self._day(row['created_at'])}; first archived on {self._day(row['first_seen_at'])}"
            blocks += [Paragraph(row["text"] or "(no words)"), Paragraph(seen, Tone.NOTE)]
        return Section(name, tuple(blocks))

    def _day(self, at: datetime | None) -> str:
        return f"{at.astimezone(self.settings.timezone):%-d %B %Y}" if at else "not dated"


def _kept_back(log: Sequence[Row]) -> Section:
    if not log:
        return Section("What was kept back", (Paragraph("Nothing: every record is here whole."),))
    rows = tuple((r["record"], r["kind"], r["kept_back"], r["exemption"], r["reason"]) for r in log)
    caption = "Each record that is not here whole, and why"
    return Section(
        "What was kept back", (Table(caption, ("Record", "Kind", "Kept back", "Exemption", "Reason"), rows),)
    )
