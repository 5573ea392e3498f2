"""The register of accounts: who answers for each, what it is for, and the consent to collect it."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from records.canonical import iso
from records.errors import BadInput, Conflict
from records.model import Account, Platform
from registry.books import ACTIVE, INACTIVE, Books
from registry.csvfile import Row
from registry.handles import clean_handle, platform_named
from registry.models import NAME_LENGTH, AccountHandle, Consent, KeptAccount, Org, Person, RegisteredRow
from registry.moments import read_moment
from registry.outbox import Decided, note
from registry.texts import needed
from registry.values import AccountChange, AccountDraft, DeactivationProposal, RegisteredAccount

COLUMNS = (
    "platform",
    "platform_id",
    "handle",
    "owner",
    "school",
    "purpose",
    "credential",
    "registered_at",
    "consent_verified_at",
    "consent_expires_at",
)
METHODS = ("code-in-bio", "oauth", "letter")
"""How somebody proves that an account is theirs."""

IMPORTED = "import"
"""The method of a consent that a spreadsheet states."""

CONSENT_HOLDS = timedelta(days=365)


def add(books: Books, draft: AccountDraft, decided: Decided) -> Account:
    """Register an account, or bring a deactivated one back under a new decision.

    Raises
    ------
    BadInput : for an unknown platform, owner or school, a field that cannot be, or an account or a handle that
        is registered.
    """
    platform = known_platform(draft.platform)
    handle = _checked(draft, platform)
    _check_owner_and_school(books, draft)
    account_id = f"{platform}:{draft.platform_id}"
    row = books.account(account_id)
    if row is not None and row.state == ACTIVE:
        raise BadInput(
            f"The account {account_id} is registered already, as @{row.handle}",
            "Open it in the list of accounts",
        )
    _check_handle_is_free(books, platform, handle, account_id)
    action = "account.registered" if row is None else "account.reactivated"
    row = row or RegisteredRow(account_id=account_id, platform=platform, platform_id=draft.platform_id)
    _fill(row, draft, handle, decided)
    books.add(row)
    note(books.session, decided, action, account_id, **_event_data(row))
    return as_account(row)


def add_row(books: Books, row: Row, decided: Decided, zone: tzinfo) -> bool:
    """Register what a row of ``accounts.csv`` says, or the newer consent that it states for a registered account.

    False where all of it stood there already. A row that raises has changed nothing.
    """
    draft = _draft(row, zone)
    platform = platform_named(draft.platform)
    known = books.account(f"{platform}:{draft.platform_id}")
    if known is not None and known.state == ACTIVE and _same(known, draft):
        return _renew(books.session, known, draft, decided)
    add(books, draft, decided)
    return True


def as_row(account: Account) -> list[str]:
    """The cells of a row of ``accounts.csv`` that says what is registered: importing it changes nothing."""
    moments = (account.registered_at, account.consent_verified_at, account.consent_expires_at)
    return [
        *(account.platform.value, account.platform_id, account.handle, account.owner_id, account.school),
        *(account.purpose, account.credential),
        *(iso(at) if at else "" for at in moments),
    ]


def verify(session: Session, named: str, method: str, decided: Decided, expires_at: datetime | None) -> Account:
    """Record a proof of ownership; it holds a year unless ``expires_at`` says otherwise.

    Raises
    ------
    BadInput : for an unknown method, an end that is past, or an account that is not registered and active.
    """
    if method not in METHODS:
        raise BadInput(f"'{method}' is not a way to prove ownership", f"Use one of {', '.join(METHODS)}")
    row = find(session, named)
    if row.state != ACTIVE:
        raise BadInput(f"The account {row.account_id} is deactivated", "Register it again")
    expires_at = expires_at or decided.at + CONSENT_HOLDS
    if expires_at <= decided.at:
        raise BadInput(f"The consent for @{row.handle} would end before it begins", "Give a later last day")
    row.consents.append(_consent(method, decided.at, expires_at, decided))
    session.flush()
    note(session, decided, "account.verified", row.account_id, method=method, expires_at=iso(expires_at))
    return as_account(row)


def change(session: Session, account_id: str, wanted: AccountChange, version: str, decided: Decided) -> Account:
    """Change what people decide of an active account. The proof of a former owner ends now: it was not the new one's.

    Raises
    ------
    Conflict : it was changed since it had this ``version`` (:attr:`registry.values.RegisteredAccount.version`).
    BadInput : as for :func:`add`; without a reason; or when there is no such active account.
    """
    needed(decided.why, "The change needs its reason", "Say it in a sentence")
    row = session.get(RegisteredRow, account_id)
    if row is None or row.state != ACTIVE:
        raise BadInput(f"No active account {account_id} is registered", "Look at the list of accounts")
    if _as_registered(row).version != version:
        raise Conflict(f"@{row.handle} was changed by somebody else meanwhile", "Look at it as it is now")
    draft = AccountDraft(row.platform, row.platform_id, row.handle, **asdict(wanted))
    _checked(draft, Platform(row.platform))
    _check_owner_and_school(Books(session), draft, owner=wanted.owner_id != row.owner_id)
    if wanted.owner_id != row.owner_id:
        _end_consents(row, decided.at)
    row.owner_id, row.school = wanted.owner_id, wanted.school
    row.purpose, row.credential = wanted.purpose.strip(), wanted.credential
    session.flush()
    note(session, decided, "account.changed", account_id, **_event_data(row))
    return as_account(row)


def observe_handle(session: Session, account_id: str, handle: str, decided: Decided) -> bool:
    """Keep that an active account's handle was seen to be another one; whether it was.

    The platform's number is what an account is known by, so nothing else changes; capitals make no other handle.
    """
    row, seen = session.get(RegisteredRow, account_id), clean_handle(handle)
    if row is None or row.state != ACTIVE or seen is None or seen.casefold() == row.handle.casefold():
        return False
    former, row.handle = row.handle, seen
    row.handles.append(AccountHandle(handle=seen, since=decided.at, by=decided.by))
    note(session, decided, "account.handle_seen", account_id, handle=seen, former=former)
    return True


def deactivate(session: Session, named: str, decided: Decided) -> Account:
    """Stop collecting an account. Its consent ends now; what was archived stays.

    Raises
    ------
    BadInput : when it is not registered, or is deactivated already.
    """
    row = find(session, named)
    if row.state != ACTIVE:
        raise BadInput(f"The account {row.account_id} is deactivated already", "There is nothing to do")
    row.state = INACTIVE
    _end_consents(row, decided.at)
    session.flush()
    note(session, decided, "account.deactivated", row.account_id)
    return as_account(row)


def every(session: Session, include_inactive: bool) -> list[Account]:
    """The registered accounts by platform and handle."""
    return [as_account(row) for row in session.scalars(_in_order(select(RegisteredRow), include_inactive))]


def described(
    session: Session, include_inactive: bool, owner: str | None = None, account_id: str | None = None
) -> list[RegisteredAccount]:
    """The same with names beside them; of one ``owner``, or the one ``account_id``, where that is given."""
    accounts = _in_order(_described(), include_inactive)
    accounts = accounts.where(RegisteredRow.owner_id == owner) if owner is not None else accounts
    accounts = accounts.where(RegisteredRow.account_id == account_id) if account_id is not None else accounts
    return [
        RegisteredAccount(Account(id_, Platform(platform), *rest), state, name or rest[2], title, email or "")
        for id_, platform, *rest, state, name, title, email in session.execute(accounts)
    ]


def _described() -> Select[*tuple[Any, ...]]:
    """An account's columns in :class:`records.model.Account`'s order, then its state and the names beside it.

    Plain columns: ten thousand accounts as objects take a second. As in :func:`as_account`, the consent that was
    recorded last counts.
    """
    row, any_consent = RegisteredRow, aliased(Consent)
    last = select(func.max(any_consent.id)).where(any_consent.account_id == row.account_id).scalar_subquery()
    return (
        select(
            *(row.account_id, row.platform, row.platform_id, row.handle, row.owner_id, row.school, row.purpose),
            *(row.credential, row.registered_at, Consent.verified_at, Consent.expires_at),
            *(row.state, Person.display_name, Org.title, Person.email),
        )
        .join(Person, Person.sourced_id == row.owner_id)
        .join(Org, Org.sourced_id == row.school)
        .outerjoin(Consent, Consent.id == last)
    )


def find(session: Session, named: str, platform: str | None = None) -> RegisteredRow:
    """The account with this id or handle (``@`` and case do not matter), on ``platform`` where one is given.

    An active account comes before a deactivated one that had the same handle.

    Raises
    ------
    BadInput : when there is none, or several.
    """
    handle = named.strip().removeprefix("@")
    query = select(RegisteredRow).where(
        or_(RegisteredRow.account_id == handle, func.lower(RegisteredRow.handle) == handle.lower())
    )
    if platform:
        query = query.where(RegisteredRow.platform == known_platform(platform))
    rows = list(session.scalars(query.order_by(RegisteredRow.account_id)))
    if not rows:
        raise BadInput(f"No account '{named}' is registered", "See the list of accounts")
    rows = [row for row in rows if row.account_id == handle] or rows
    rows = [row for row in rows if row.state == ACTIVE] or rows
    rows = [row for row in rows if row.handle == handle] or rows
    if len(rows) > 1:
        ids = ", ".join(row.account_id for row in rows)
        raise BadInput(f"'{named}' could be several accounts: {ids}", "Name one of these")
    return rows[0]


def as_account(row: RegisteredRow) -> Account:
    """What a collector needs of ``row``; the consent that was recorded last counts."""
    consent = row.consents[-1] if row.consents else None
    return Account(
        account_id=row.account_id,
        platform=Platform(row.platform),
        platform_id=row.platform_id,
        handle=row.handle,
        owner_id=row.owner_id,
        school=row.school,
        purpose=row.purpose,
        credential=row.credential,
        registered_at=row.registered_at,
        consent_verified_at=consent.verified_at if consent else None,
        consent_expires_at=consent.expires_at if consent else None,
    )


def proposals(session: Session) -> list[DeactivationProposal]:
    """Active accounts whose owner has left the roster and that nobody decided to keep, by account id."""
    kept = exists().where(KeptAccount.account_id == RegisteredRow.account_id, KeptAccount.left_at == Person.left_at)
    query = (
        select(RegisteredRow.account_id, RegisteredRow.handle, RegisteredRow.owner_id, Person.left_at)
        .join(Person, Person.sourced_id == RegisteredRow.owner_id)
        .where(RegisteredRow.state == ACTIVE, Person.left_at.is_not(None), ~kept)
        .order_by(RegisteredRow.account_id)
    )
    return [
        DeactivationProposal(account_id, handle, owner_id, left_at)
        for account_id, handle, owner_id, left_at in session.execute(query)
        if left_at is not None
    ]


def schools(session: Session) -> dict[str, str]:
    """The titles of the roster's organisations by sourcedId."""
    return {org.sourced_id: org.title for org in session.scalars(select(Org).order_by(Org.sourced_id))}


def known_platform(name: str) -> Platform:
    """The platform of that name; raises BadInput where it has no connector."""
    platform = platform_named(name)
    if platform is None:
        raise BadInput(f"'{name}' is not a platform that can be collected", f"Use one of {', '.join(Platform)}")
    return platform


def _in_order(accounts: Select[*tuple[Any, ...]], include_inactive: bool) -> Select[*tuple[Any, ...]]:
    accounts = accounts.order_by(RegisteredRow.platform, func.lower(RegisteredRow.handle))
    return accounts if include_inactive else accounts.where(RegisteredRow.state == ACTIVE)


def _checked(draft: AccountDraft, platform: Platform) -> str:
    """The handle of a draft whose own fields can all be used."""
    if not re.fullmatch(r"[0-9]{1,32}", draft.platform_id):
        todo = "Give the number that the platform knows it by, not its name"
        raise BadInput(f"'{draft.platform_id}' is not a platform id of {platform}", todo)
    handle = clean_handle(draft.handle)
    if handle is None:
        raise BadInput(f"'{draft.handle}' is not a handle", "Give it as the platform shows it, with or without @")
    if not draft.purpose.strip():
        raise BadInput(f"The account @{handle} has no purpose", "Say what it is for")
    if not 0 < len(draft.credential) <= NAME_LENGTH:
        raise BadInput(f"The account @{handle} has no credential", "Name the connection that holds its access")
    begins, ends = draft.consent_verified_at, draft.consent_expires_at
    if ends is not None and (begins is None or ends <= begins):
        raise BadInput(f"The consent for @{handle} ends before it begins", "Correct one of the two dates")
    return handle


def _check_handle_is_free(books: Books, platform: Platform, handle: str, account_id: str) -> None:
    """A platform gives a handle to one account at a time; who was deactivated may have given it up."""
    if taken := books.holder(platform, handle, but=account_id):
        todo = "Correct the handle, or deactivate the account that had it"
        raise BadInput(f"The handle @{handle} is registered already on {platform}, for {taken}", todo)


def _end_consents(row: RegisteredRow, at: datetime) -> None:
    for consent in row.consents:
        if consent.expires_at is None or consent.expires_at > at:
            consent.expires_at = at


def _as_registered(row: RegisteredRow) -> RegisteredAccount:
    owner = row.owner
    return RegisteredAccount(
        as_account(row), row.state, owner.display_name or row.owner_id, row.org.title, owner.email or ""
    )


def _check_owner_and_school(books: Books, draft: AccountDraft, owner: bool = True) -> None:
    """``owner`` False lets one who has left stay: a person decided to keep the account."""
    if owner:
        _check_owner(books, draft.owner_id)
    if books.school(draft.school) is None:
        todo = "Give the sourcedId of a school or of the district, or import a newer roster"
        raise BadInput(f"The school '{draft.school}' is not on the roster", todo)


def _check_owner(books: Books, owner_id: str) -> None:
    owner = books.person(owner_id)
    if owner is None or owner.left_at is not None or owner.kind != "staff":
        todo = "Give the sourcedId of somebody on the staff, or import a newer roster"
        if owner is None:
            raise BadInput(f"The owner '{owner_id}' is not on the roster", todo)
        if owner.left_at is not None:
            raise BadInput(f"The owner '{owner_id}' has left", todo)
        raise BadInput(f"The owner '{owner_id}' is a {owner.kind}", todo)


def _fill(row: RegisteredRow, draft: AccountDraft, handle: str, decided: Decided) -> None:
    row.registered_at = draft.registered_at or decided.at
    if not row.handles or row.handles[-1].handle != handle:
        row.handles.append(AccountHandle(handle=handle, since=row.registered_at, by=decided.by))
    row.handle, row.owner_id, row.school = handle, draft.owner_id, draft.school
    row.purpose, row.credential, row.state = draft.purpose.strip(), draft.credential, ACTIVE
    if draft.consent_verified_at is not None:
        row.consents.append(_consent(IMPORTED, draft.consent_verified_at, draft.consent_expires_at, decided))


def _consent(method: str, verified_at: datetime, expires_at: datetime | None, decided: Decided) -> Consent:
    return Consent(method=method, verified_at=verified_at, expires_at=expires_at, by=decided.by, recorded_at=decided.at)


def _event_data(row: RegisteredRow) -> dict[str, str]:
    names = ("handle", "owner_id", "school", "purpose", "credential")
    return {name: getattr(row, name) for name in names}


def _draft(row: Row, zone: tzinfo) -> AccountDraft:
    cells = row.cells
    return AccountDraft(
        platform=cells["platform"],
        platform_id=cells["platform_id"],
        handle=cells["handle"],
        owner_id=cells["owner"],
        school=cells["school"],
        purpose=cells["purpose"],
        credential=cells["credential"],
        registered_at=read_moment(cells["registered_at"], zone),
        consent_verified_at=read_moment(cells["consent_verified_at"], zone),
        consent_expires_at=read_moment(cells["consent_expires_at"], zone, whole_day=True),
    )


def _same(known: RegisteredRow, draft: AccountDraft) -> bool:
    """Whether ``draft`` describes the account as it is registered, its consent aside."""
    stated = (draft.owner_id, draft.school, draft.purpose, draft.credential)
    handle = clean_handle(draft.handle)
    return handle == known.handle and stated == (known.owner_id, known.school, known.purpose, known.credential)


def _renew(session: Session, known: RegisteredRow, draft: AccountDraft, decided: Decided) -> bool:
    """Add the consent of ``draft`` where it was verified later than all that are on record."""
    verified_at = draft.consent_verified_at
    if verified_at is None or any(verified_at <= consent.verified_at for consent in known.consents):
        return False
    _checked(draft, Platform(known.platform))
    known.consents.append(_consent(IMPORTED, verified_at, draft.consent_expires_at, decided))
    note(session, decided, "account.verified", known.account_id, method=IMPORTED, verified_at=iso(verified_at))
    return True
