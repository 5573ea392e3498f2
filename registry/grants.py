"""Permissions to use a mark (policy clause 4.9): given for a time, revoked from a moment on, never rewritten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from records.canonical import iso
from records.errors import BadInput, Conflict
from registry.accounts import find
from registry.csvfile import Row
from registry.models import NAME_LENGTH, Asset, Authorisation, RegisteredRow
from registry.moments import day, last_day, read_moment
from registry.outbox import Decided, note
from registry.texts import within
from registry.values import Grant, GrantAnswer

COLUMNS = ("asset", "account", "platform", "purpose", "starts", "ends", "decided_by", "why")
EVERY_ACCOUNT = "all"


@dataclass(frozen=True, slots=True)
class GrantDraft:
    """A permission as somebody gives it; ``account`` None means all, ``ends`` None until revoked."""

    asset: str
    account: str | None
    platform: str
    purpose: str
    starts: datetime
    ends: datetime | None
    decided_by: str
    conditions: str = ""


def add(session: Session, draft: GrantDraft, decided: Decided) -> Grant:
    """Record a permission.

    Raises
    ------
    BadInput : for an unknown asset or account, an end that is not after the start, or a field that is empty.
    """
    return _given(session, _row(session, draft, decided), decided)


def add_row(session: Session, row: Row, decided: Decided, zone: tzinfo) -> bool:
    """Record what a row of ``grants.csv`` says; False where exactly this was recorded before."""
    draft = _draft(row, zone)
    asked = _row(session, draft, decided)
    same = select(Authorisation.id).where(
        Authorisation.asset_id == asked.asset_id,
        Authorisation.account_id.is_not_distinct_from(asked.account_id),
        Authorisation.purpose == asked.purpose,
        Authorisation.starts == asked.starts,
        Authorisation.ends.is_not_distinct_from(asked.ends),
        Authorisation.decided_by == asked.decided_by,
    )
    if session.scalars(same).first() is not None:
        return False
    with session.begin_nested():
        add(session, draft, Decided(decided.by, decided.at, row.cells["why"]))
    return True


def revoke(session: Session, grant_id: str, decided: Decided) -> Grant:
    """End a permission from now on; what was posted before stays permitted.

    Raises
    ------
    BadInput : when there is no such permission, or it was revoked before.
    """
    row = _find(session, grant_id)
    if row.revoked_at is not None:
        raise BadInput(f"{grant_id} was revoked already, by {row.revoked_by}", "See the list of permissions")
    row.revoked_at, row.revoked_by, row.revoked_why = decided.at, decided.by, decided.why
    note(session, decided, "grant.revoked", grant_id)
    return as_grant(row)


def renew(session: Session, grant_id: str, ends: datetime | None, decided: Decided) -> Grant:
    """A permission that goes on where ``grant_id`` ends, or from now on where that has ended, with its conditions.

    Raises
    ------
    BadInput : when there is no such permission, it has no end, was revoked, or would end before it begins.
    Conflict : when it was renewed already.
    """
    row = _find(session, grant_id)
    if row.revoked_at is not None:
        raise BadInput(f"{grant_id} was revoked by {row.revoked_by}", "Give a new permission instead")
    if row.ends is None:
        raise BadInput(f"{grant_id} holds until it is revoked", "There is nothing to renew")
    next_one = session.scalar(select(Authorisation).where(Authorisation.renews == row.id))
    if next_one is not None:
        when = f"{next_one.decided_at:%Y-%m-%d %H:%M} UTC"
        raise Conflict(f"{grant_id} was renewed by {next_one.decided_by}, {when}, as G{next_one.id}", "See that one")
    starts = max(row.ends, decided.at)
    conditions = row.conditions or ""
    draft = GrantDraft(row.asset_id, row.account_id, "", row.purpose, starts, ends, decided.by, conditions)
    renewed = _row(session, draft, decided)
    renewed.renews = row.id
    return _given(session, renewed, decided)


def check(session: Session, draft: GrantDraft) -> str | None:
    """The id of the account that ``draft`` names, None for all, where such a permission could be given.

    Raises
    ------
    BadInput : for an unknown asset or account, an end that is not after the start, or a field that is empty.
    """
    if session.get(Asset, draft.asset) is None:
        raise BadInput(f"There is no mark or photograph '{draft.asset}'", "See the list of marks")
    if draft.ends is not None and draft.ends <= draft.starts:
        raise BadInput("The permission would end before it begins", "Correct one of the two dates")
    for what, text in (("purpose", draft.purpose), ("decided_by", draft.decided_by)):
        if not 0 < len(text.strip()) <= NAME_LENGTH:
            raise BadInput(f"The permission has no {what}", "Say what it is for and who decided it")
    return find(session, draft.account, draft.platform).account_id if draft.account else None


def every(session: Session) -> list[Grant]:
    """All permissions, ended and revoked ones too, in the order in which they were recorded."""
    return [as_grant(row) for row in session.scalars(select(Authorisation).order_by(Authorisation.id))]


def permission(session: Session, asset: str, account_id: str, at: datetime, zone: tzinfo) -> GrantAnswer:
    """Whether ``account_id`` had leave to use ``asset`` at the moment ``at``; its basis names days in ``zone``."""
    mine = or_(Authorisation.account_id == account_id, Authorisation.account_id.is_(None))
    rows = session.scalars(
        select(Authorisation).where(Authorisation.asset_id == asset, mine).order_by(Authorisation.id)
    )
    account = session.get(RegisteredRow, account_id)
    named = f"@{account.handle}" if account else account_id
    return judge([as_grant(row) for row in rows], at, named, zone)


def judge(grants: Iterable[Grant], at: datetime, account: str, zone: tzinfo) -> GrantAnswer:
    """The answer that ``grants``, all of them for one asset and account, give for the moment ``at``.

    The basis calls the account ``account`` and names days in ``zone``.

    One in force decides; else the one that ended last before ``at``; else the one that begins first
    after it. A grant that was revoked before it began never was in force.
    """
    spans = [(grant, _end(grant)) for grant in grants]
    spans = [(grant, end) for grant, end in spans if end is None or grant.starts < end]
    in_force = [grant for grant, end in spans if grant.starts <= at and (end is None or at < end)]
    if in_force:
        grant = min(in_force, key=lambda g: g.account_id is None)
        words = f"allowed this from {day(grant.starts, zone)} {_up_to(grant, zone)}"
        return GrantAnswer("permitted", grant, _sentence(grant, words, account))
    past = [(end, grant) for grant, end in spans if end is not None and end <= at]
    if past:
        grant = max(past, key=lambda pair: pair[0])[1]
        words = f"allowed this {_up_to(grant, zone)}"
        return GrantAnswer("expired", grant, _sentence(grant, words, account))
    if spans:
        grant = min((g for g, _ in spans), key=lambda g: g.starts)
        words = f"allows this from {day(grant.starts, zone)} on, not before"
        return GrantAnswer("not_yet", grant, _sentence(grant, words, account))
    return GrantAnswer("no_permission", None, "No permission is on record for this account")


def as_grant(row: Authorisation) -> Grant:
    """The row as a value."""
    return Grant(
        grant_id=f"G{row.id}",
        asset=row.asset_id,
        account_id=row.account_id,
        purpose=row.purpose,
        starts=row.starts,
        ends=row.ends,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        why=row.why,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
        revoked_why=row.revoked_why,
        conditions=row.conditions,
        renews=f"G{row.renews}" if row.renews else None,
    )


def _row(session: Session, draft: GrantDraft, decided: Decided) -> Authorisation:
    return Authorisation(
        asset_id=draft.asset,
        account_id=check(session, draft),
        purpose=draft.purpose.strip(),
        starts=draft.starts,
        ends=draft.ends,
        decided_by=draft.decided_by.strip(),
        decided_at=decided.at,
        why=decided.why.strip(),
        conditions=within(draft.conditions) or None,
    )


def _find(session: Session, grant_id: str) -> Authorisation:
    number = grant_id.removeprefix("G")
    row = session.get(Authorisation, int(number)) if number.isascii() and number.isdigit() else None
    if row is None:
        raise BadInput(f"There is no permission '{grant_id}'", "See the list of permissions")
    return row


def _given(session: Session, row: Authorisation, decided: Decided) -> Grant:
    session.add(row)
    session.flush()
    grant = as_grant(row)
    note(session, decided, "grant.given", grant.grant_id, **_event_data(grant))
    return grant


def _draft(row: Row, zone: tzinfo) -> GrantDraft:
    cells = row.cells
    starts = read_moment(cells["starts"], zone)
    if starts is None:
        raise BadInput("column 'starts' is empty", "Say from when the permission holds")
    if not cells["account"]:
        raise BadInput("column 'account' is empty", f"Give a handle, or '{EVERY_ACCOUNT}'")
    return GrantDraft(
        asset=cells["asset"],
        account=None if cells["account"].lower() == EVERY_ACCOUNT else cells["account"],
        platform=cells["platform"],
        purpose=cells["purpose"],
        starts=starts,
        ends=read_moment(cells["ends"], zone, whole_day=True),
        decided_by=cells["decided_by"],
    )


def _event_data(grant: Grant) -> dict[str, str]:
    extra = {"conditions": grant.conditions, "renews": grant.renews}
    return {
        "asset": grant.asset,
        "account_id": grant.account_id or EVERY_ACCOUNT,
        "purpose": grant.purpose,
        "starts": iso(grant.starts),
        "ends": iso(grant.ends) if grant.ends else "",
        "decided_by": grant.decided_by,
    } | {name: value for name, value in extra.items() if value}


def _end(grant: Grant) -> datetime | None:
    """When it stopped or will stop: its own end or its revocation, whichever is earlier."""
    return min((end for end in (grant.ends, grant.revoked_at) if end is not None), default=None)


def _up_to(grant: Grant, zone: tzinfo) -> str:
    end = _end(grant)
    if end is None:
        return "on"
    return f"until it was revoked on {day(end, zone)}" if end == grant.revoked_at else f"until {last_day(end, zone)}"


def _sentence(grant: Grant, words: str, account: str) -> str:
    who = account if grant.account_id else "all accounts"
    terms = f", on the condition: {grant.conditions}" if grant.conditions else ""
    return f"{grant.grant_id} {words} ({who}, {grant.purpose}, by {grant.decided_by}{terms})"
