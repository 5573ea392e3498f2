"""Asking for leave to use a mark or a photograph (policy clause 4.9), and deciding it. Who asks does not decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.canonical import iso
from records.errors import BadInput, Conflict, Refused
from registry import grants
from registry.database import Database
from registry.duties import same_person
from registry.models import NAME_LENGTH, PermissionRequest
from registry.outbox import Decided, note
from registry.pictures import Picture, check_photograph
from registry.texts import needed
from registry.values import Grant

WAITING, APPROVED, DENIED, WITHDRAWN = "waiting", "approved", "denied", "withdrawn"


@dataclass(frozen=True, slots=True)
class RequestDraft:
    """A permission as somebody asks for it; ``account`` None means all accounts, ``ends`` None until revoked."""

    asset: str
    account: str | None
    purpose: str
    starts: datetime
    ends: datetime | None
    sample_name: str = ""
    sample: bytes | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A request and what became of it; ``asked_by`` and ``decided_by`` are logins."""

    request_id: str
    asset: str
    account_id: str | None
    purpose: str
    starts: datetime
    ends: datetime | None
    sample_sha256: str | None
    asked_by: str
    asked_name: str
    asked_at: datetime
    state: str
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    conditions: str | None
    grant_id: str | None
    version: int


class Requests:
    """The requests of one registry. Each decision names the version that was decided on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, draft: RequestDraft, by: str, name: str, at: datetime) -> Request:
        """Ask for a permission, with a sample picture where there is one.

        Raises
        ------
        BadInput : for an asset or account that is not known, a picture that cannot be read, or times that cannot be.
        """
        picture = check_photograph(draft.sample_name, draft.sample) if draft.sample else None
        with self._database.write() as session:
            row = _row(session, draft, picture, Decided(by, at))
            row.asked_name = needed(name, "Nobody is named as the one who asks", "Say who asks", NAME_LENGTH)
            session.add(row)
            session.flush()
            request = _value(row)
            note(session, Decided(by, at, request.purpose), "request.asked", request.request_id, **_event_data(request))
            return request

    def waiting(self) -> list[Request]:
        """The requests that nobody has decided, the oldest first."""
        return [request for request in self.all() if request.state == WAITING]

    def all(self) -> list[Request]:
        """All requests, in the order in which they were asked."""
        with self._database.read() as session:
            return [_value(row) for row in session.scalars(select(PermissionRequest).order_by(PermissionRequest.id))]

    def get(self, request_id: str) -> Request:
        """One request; BadInput where there is none."""
        with self._database.read() as session:
            return _value(_find(session, request_id))

    def sample(self, request_id: str) -> Picture | None:
        """The sample picture of a request, if one was given."""
        with self._database.read() as session:
            row = _find(session, request_id)
            if row.sample is None or row.sample_type is None or row.sample_sha256 is None:
                return None
            return Picture(row.sample, row.sample_type, row.sample_sha256)

    def approve(
        self, request_id: str, by: str, at: datetime, version: int, conditions: str = "", why: str = ""
    ) -> Grant:
        """Give what was asked for, with conditions where there are any.

        Raises
        ------
        BadInput : when there is no such request, or what it asks for has ended.
        Refused : when ``by`` asked for it, under whatever login; that is noted.
        Conflict : naming who decided it meanwhile.
        """
        decided = Decided(by, at, why)
        with self._database.write() as session:
            row = _to_decide(session, request_id, version, decided)
            if row.ends is not None and row.ends <= at:
                raise BadInput(f"{request_id} asks for a time that is over", "Deny it, and say so")
            grant = grants.add(session, _grant_draft(row, by, conditions), decided)
            row.grant_id, row.conditions = int(grant.grant_id.removeprefix("G")), grant.conditions
            _close(session, row, APPROVED, decided, grant_id=grant.grant_id)
            return grant

    def deny(self, request_id: str, by: str, at: datetime, version: int, reason: str) -> Request:
        """Refuse what was asked for, with a reason that the asker reads. Raises as :meth:`approve`."""
        reason = needed(reason, "A denial needs its reason", "Say why, in words that the asker can use")
        decided = Decided(by, at, reason)
        with self._database.write() as session:
            return _close(session, _to_decide(session, request_id, version, decided), DENIED, decided)

    def withdraw(self, request_id: str, by: str, at: datetime, version: int) -> Request:
        """Take a request back; Refused unless ``by`` asked for it, Conflict where it was decided meanwhile."""
        with self._database.write() as session:
            row = _find(session, request_id)
            if row.asked_by != by:
                raise Refused(f"{request_id} was asked for by {row.asked_name}", "Only they can take it back")
            _check_waiting(row, version)
            return _close(session, row, WITHDRAWN, Decided(by, at))


def _to_decide(session: Session, request_id: str, version: int, decided: Decided) -> PermissionRequest:
    """The request that ``decided.by`` may decide; that somebody tried who may not is noted."""
    row = _find(session, request_id)
    _check_waiting(row, version)
    if same_person(session, row.asked_by, decided.by):
        rule = "Who asks does not decide"
        note(session, Decided(decided.by, decided.at, rule), "request.refused", request_id)
        session.commit()
        raise Refused(f"{request_id} was asked for by {row.asked_by}", f"{rule}: ask somebody else who may")
    return row


def _check_waiting(row: PermissionRequest, version: int) -> None:
    if row.state != WAITING or row.version != version:
        when = f"{row.decided_at:%Y-%m-%d %H:%M} UTC" if row.decided_at else "meanwhile"
        raise Conflict(f"R{row.id} was {row.state} by {row.decided_by}, {when}", "Open it again to see the decision")


def _close(session: Session, row: PermissionRequest, state: str, decided: Decided, **data: str) -> Request:
    row.state, row.decided_by, row.decided_at, row.reason = state, decided.by, decided.at, decided.why.strip() or None
    row.version += 1
    session.flush()
    note(session, decided, f"request.{state}", f"R{row.id}", **data)
    return _value(row)


def _find(session: Session, request_id: str) -> PermissionRequest:
    number = request_id.removeprefix("R")
    row = session.get(PermissionRequest, int(number)) if number.isascii() and number.isdigit() else None
    if row is None:
        raise BadInput(f"There is no request '{request_id}'", "See the list of requests")
    return row


def _row(session: Session, draft: RequestDraft, picture: Picture | None, decided: Decided) -> PermissionRequest:
    purpose = needed(draft.purpose, "The request does not say what it is for", "Say it in a sentence", NAME_LENGTH)
    wanted = grants.GrantDraft(draft.asset, draft.account, "", purpose, draft.starts, draft.ends, decided.by)
    account_id = grants.check(session, wanted)
    if draft.ends is not None and draft.ends <= decided.at:
        raise BadInput("The time that is asked for is over", "Choose a later last day")
    return PermissionRequest(
        asset_id=draft.asset,
        account_id=account_id,
        purpose=purpose,
        starts=draft.starts,
        ends=draft.ends,
        sample=picture.content if picture else None,
        sample_type=picture.media_type if picture else None,
        sample_sha256=picture.sha256 if picture else None,
        asked_by=decided.by,
        asked_at=decided.at,
        state=WAITING,
        version=1,
    )


def _grant_draft(row: PermissionRequest, by: str, conditions: str) -> grants.GrantDraft:
    return grants.GrantDraft(row.asset_id, row.account_id, "", row.purpose, row.starts, row.ends, by, conditions)


def _event_data(request: Request) -> dict[str, str]:
    return {
        "asset": request.asset,
        "account_id": request.account_id or grants.EVERY_ACCOUNT,
        "starts": iso(request.starts),
        "ends": iso(request.ends) if request.ends else "",
        "sample_sha256": request.sample_sha256 or "",
    }


def _value(row: PermissionRequest) -> Request:
    return Request(
        request_id=f"R{row.id}",
        asset=row.asset_id,
        account_id=row.account_id,
        purpose=row.purpose,
        starts=row.starts,
        ends=row.ends,
        sample_sha256=row.sample_sha256,
        asked_by=row.asked_by,
        asked_name=row.asked_name,
        asked_at=row.asked_at,
        state=row.state,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
        conditions=row.conditions,
        grant_id=f"G{row.grant_id}" if row.grant_id else None,
        version=row.version,
    )
