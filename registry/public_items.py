"""The records that answer a public records request, and the ruling on each: whole, redacted, or withheld.

Whatever is kept back cites an exemption: a letter of M.G.L. c. 4, section 7(26).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from records.errors import BadInput, Conflict, Refused
from registry.database import Database
from registry.models import PublicItemRow, PublicRequestRow
from registry.outbox import Decided, note
from registry.slices import slices
from registry.texts import needed, within

UNDECIDED, WHOLE, REDACTED, WITHHELD = RULINGS = ("undecided", "whole", "redacted", "withheld")
EXEMPTIONS = tuple("abcdefghijklmnopqrstu")
"""The letters of section 7(26) that can be cited: the law's own text says what each of them means."""

HINTS = {
    "a": "a statute exempts it",
    "b": "internal personnel rules and practices",
    "c": "personnel or medical files, or somebody's privacy",
    "d": "memoranda on policy that is being developed",
    "e": "an employee's own notes",
    "f": "investigations",
}
"""A few words of ours to find a letter by, for those that a school's records may need. For the others we have no text
of the law at hand, so they stand alone."""

MOST = 5_000
"""Records that one request can be answered with."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of a record. ``words`` are blacked out wherever they stand in its text.

    ``author`` and ``pictures`` say whether these are kept back; both, and the words, matter for ``redacted`` only.
    """

    kind: str
    words: tuple[str, ...] = ()
    author: bool = False
    pictures: bool = False
    exemption: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PublicItem:
    """One record of a request; ``number`` names it in what is handed out."""

    number: int
    record_id: str
    created_at: datetime | None
    ruling: Ruling
    ruled_by: str | None
    ruled_at: datetime | None
    version: int


class PublicItems:
    """The records that were chosen for each request. While a request is open they may change."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, request_id: str) -> list[PublicItem]:
        """What was chosen for a request, in the order in which it was."""
        with self._database.read() as session:
            return [_value(row) for row in _rows(session, _key(request_id))]

    def get(self, request_id: str, number: int) -> PublicItem:
        """One of them; BadInput where there is none of that number."""
        with self._database.read() as session:
            return _value(_row(session, _key(request_id), number))

    def choose(self, request_id: str, records: Mapping[str, datetime | None], by: str, at: datetime) -> int:
        """Add records (id to when each was made) that are not among the chosen ones yet; returns how many were.

        Raises
        ------
        BadInput : there is no such request, or it would have more than :data:`MOST`.
        Refused : it is answered.
        """
        with self._database.write() as session:
            key = _open_key(session, request_id)
            known = {row.record_id for row in _rows(session, key)}
            new = [record for record in records if record not in known]
            if len(known) + len(new) > MOST:
                raise BadInput(f"{request_id} would have more than {MOST:,} records", "Narrow it, or answer in parts")
            last = session.scalar(select(func.max(PublicItemRow.number)).where(PublicItemRow.request_id == key)) or 0
            session.add_all(_new(key, n, record, records[record]) for n, record in enumerate(new, last + 1))
            if new:
                note(session, Decided(by, at), "public_request.chosen", request_id, records=str(len(new)))
            return len(new)

    def leave_out(self, request_id: str, numbers: Iterable[int], by: str, at: datetime) -> int:
        """Take records out again, because they do not answer the request; returns how many were there.

        Raises
        ------
        Refused : the request is answered.
        """
        with self._database.write() as session:
            rows = _numbered(session, _open_key(session, request_id), numbers)
            for row in rows:
                session.delete(row)
            if rows:
                note(session, Decided(by, at), "public_request.left_out", request_id, records=str(len(rows)))
            return len(rows)

    def rule(self, request_id: str, versions: Mapping[int, int], ruling: Ruling, by: str, at: datetime) -> None:
        """Decide on records, each by its number with the version that was read; on all of them or none.

        Raises
        ------
        BadInput : something is kept back without an exemption or a reason, or nothing is that should be.
        Conflict : one was decided on meanwhile.
        Refused : the request is answered.
        """
        _check(ruling)
        with self._database.write() as session:
            rows = _numbered(session, _open_key(session, request_id), versions)
            for row in rows:
                if row.version != versions[row.number]:
                    what = f"{row.ruled_by} decided on record {row.number} of {request_id} meanwhile"
                    raise Conflict(what, "See what was decided, then decide again")
                _rule(row, ruling, by, at)
            data = {
                "ruling": ruling.kind,
                "exemption": ruling.exemption,
                "numbers": _spoken(row.number for row in rows),
            }
            note(session, Decided(by, at, ruling.reason), "public_request.ruled", request_id, **data)


def _check(ruling: Ruling) -> None:
    if ruling.kind not in RULINGS:
        raise BadInput(f"'{ruling.kind}' is no ruling", f"Use one of {', '.join(RULINGS)}")
    if ruling.kind in (UNDECIDED, WHOLE):
        return
    if ruling.exemption not in EXEMPTIONS:
        raise BadInput("Nothing is kept back without an exemption", "Choose the letter that allows it")
    needed(ruling.reason, "There is no reason for keeping it back", "Say in words why the exemption applies")
    if ruling.kind == REDACTED and not (ruling.words or ruling.author or ruling.pictures):
        raise BadInput("Nothing is blacked out", "Give the words, the author or the pictures, or release it whole")


def _rule(row: PublicItemRow, ruling: Ruling, by: str, at: datetime) -> None:
    kept_back = ruling.kind in (REDACTED, WITHHELD)
    row.ruling, row.words = ruling.kind, within("\n".join(ruling.words))
    row.author, row.pictures = ruling.author, ruling.pictures
    row.exemption, row.reason = (ruling.exemption, within(ruling.reason)) if kept_back else ("", "")
    row.ruled_by, row.ruled_at, row.version = by, at, row.version + 1


def _key(request_id: str) -> int:
    number = request_id.removeprefix("R")
    if not (number.isascii() and number.isdigit()):
        raise BadInput(f"There is no public records request '{request_id}'", "See the list of requests")
    return int(number)


def _open_key(session: Session, request_id: str) -> int:
    request = session.get(PublicRequestRow, _key(request_id))
    if request is None:
        raise BadInput(f"There is no public records request '{request_id}'", "See the list of requests")
    if request.answered_at is not None:
        raise Refused(f"{request_id} is answered", "Note a new request for what is still missing")
    return request.id


def _rows(session: Session, key: int) -> Sequence[PublicItemRow]:
    query = select(PublicItemRow).where(PublicItemRow.request_id == key).order_by(PublicItemRow.number)
    return session.scalars(query).all()


def _numbered(session: Session, key: int, numbers: Iterable[int]) -> list[PublicItemRow]:
    query = select(PublicItemRow).where(PublicItemRow.request_id == key)
    found = [
        row for part in slices(list(numbers)) for row in session.scalars(query.where(PublicItemRow.number.in_(part)))
    ]
    return sorted(found, key=lambda row: row.number)


def _row(session: Session, key: int, number: int) -> PublicItemRow:
    found = _numbered(session, key, [number])
    if not found:
        raise BadInput(f"The request has no record {number}", "See the records that were chosen")
    return found[0]


def _new(key: int, number: int, record_id: str, created_at: datetime | None) -> PublicItemRow:
    return PublicItemRow(
        request_id=key,
        number=number,
        record_id=record_id,
        created_at=created_at,
        ruling=UNDECIDED,
        words="",
        author=False,
        pictures=False,
        exemption="",
        reason="",
        version=1,
    )


def _spoken(numbers: Iterable[int]) -> str:
    return " ".join(map(str, numbers))


def _value(row: PublicItemRow) -> PublicItem:
    words = tuple(row.words.split("\n")) if row.words else ()
    ruling = Ruling(row.ruling, words, row.author, row.pictures, row.exemption, row.reason)
    return PublicItem(row.number, row.record_id, row.created_at, ruling, row.ruled_by, row.ruled_at, row.version)
