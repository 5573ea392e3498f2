"""Who may sign in to the console, and as what. Passwords are argon2id; each change leaves its event in the outbox."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.errors import BadInput, Conflict, Refused
from registry import passwords
from registry.database import Database
from registry.models import NAME_LENGTH, SessionRow, UserRole, UserRow, UserSubject
from registry.outbox import Decided, note

ACTIVE, INACTIVE = "active", "inactive"


class Role(StrEnum):
    """The offices, and the staff."""

    COMMUNICATIONS = "communications"
    IT = "it"
    SUPERINTENDENT = "superintendent"
    RECORDS = "records"
    AUDITOR = "auditor"
    STAFF = "staff"

    @property
    def label(self) -> str:
        """The office as people call it."""
        return _TITLES[self]


_TITLES = {
    Role.COMMUNICATIONS: "Communications",
    Role.IT: "IT",
    Role.SUPERINTENDENT: "Superintendent",
    Role.RECORDS: "Records officer",
    Role.AUDITOR: "Auditor",
    Role.STAFF: "Staff",
}


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in. ``person_id`` is the roster's sourcedId; ``totp`` whether a second factor is set."""

    user_id: int
    login: str
    name: str
    email: str | None
    roles: frozenset[Role]
    person_id: str | None
    state: str
    totp: bool
    version: int

    @property
    def active(self) -> bool:
        """Whether the user may sign in."""
        return self.state == ACTIVE


@dataclass(frozen=True, slots=True)
class UserDraft:
    """A user as IT asks to add or change one."""

    login: str
    name: str
    roles: frozenset[Role]
    email: str | None = None
    person_id: str | None = None


class Users:
    """The users of one registry. Every changing method is one transaction and says who decided (``by``) and when."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[User]:
        """Everybody, by name; those who may no longer sign in too."""
        with self._database.read() as session:
            return [as_user(row) for row in session.scalars(select(UserRow).order_by(UserRow.name, UserRow.login))]

    def get(self, user_id: int) -> User:
        """The user of that number; BadInput where there is none."""
        with self._database.read() as session:
            return as_user(_row(session, user_id))

    def named(self, login: str) -> User | None:
        """The user of that login, if there is one."""
        with self._database.read() as session:
            row = session.scalar(select(UserRow).where(UserRow.login == login.strip().lower()))
            return as_user(row) if row else None

    def add(self, draft: UserDraft, by: str, at: datetime, password: str | None = None, why: str = "") -> User:
        """Let somebody sign in: with ``password``, or (None) through the district's provider only.

        Raises
        ------
        BadInput : a login, an e-mail address or a password that cannot be, or that somebody else has.
        """
        with self._database.write() as session:
            row = UserRow(state=ACTIVE, totp_step=0, version=1, roles=[])
            _fill(session, row, draft)
            row.password_hash = passwords.hashed(password) if password is not None else None
            session.add(row)
            session.flush()
            note(session, Decided(by, at, why), "user.added", _subject(row), roles=_roles(draft.roles))
            return as_user(row)

    def change(self, user_id: int, draft: UserDraft, version: int, by: str, at: datetime, why: str = "") -> User:
        """Give a user another name, address or other roles; the open sessions get a new token.

        Raises
        ------
        BadInput : as for :meth:`add`.
        Conflict : somebody else changed the user since ``version``.
        Refused : somebody's own roles, or nobody in IT would be left who could sign in.
        """

        def apply(session: Session, row: UserRow) -> None:
            if row.login == by and _now(row) != draft.roles:
                raise Refused("Nobody gives themselves another role", "Ask somebody else in IT")
            _fill(session, row, draft)
            session.flush()
            _keep_somebody_in_it(session)

        return self._change(user_id, version, Decided(by, at, why), "user.changed", apply, roles=_roles(draft.roles))

    def close(self, user_id: int, version: int, by: str, at: datetime, why: str = "") -> User:
        """Let a user sign in no more; open sessions end. Conflict and Refused as for :meth:`change`."""

        def apply(session: Session, row: UserRow) -> None:
            row.state = INACTIVE
            _end_sessions(session, row)
            session.flush()
            _keep_somebody_in_it(session)

        return self._change(user_id, version, Decided(by, at, why), "user.closed", apply)

    def reopen(self, user_id: int, version: int, by: str, at: datetime, why: str = "") -> User:
        """Let a user sign in again. Conflict as for :meth:`change`."""

        def apply(_session: Session, row: UserRow) -> None:
            row.state = ACTIVE

        return self._change(user_id, version, Decided(by, at, why), "user.reopened", apply)

    def recover(self, user_id: int, version: int, by: str, at: datetime, password: str, why: str = "") -> User:
        """A new password, and the second factor anew at the next sign-in; open sessions end. Conflict as above."""
        stored = passwords.hashed(password)

        def apply(session: Session, row: UserRow) -> None:
            row.password_hash, row.totp_secret = stored, None
            _end_sessions(session, row)

        return self._change(user_id, version, Decided(by, at, why), "user.recovered", apply)

    # the district's own provider (OIDC)

    def of_subject(self, issuer: str, subject: str) -> User | None:
        """Whom the provider's ``iss`` and ``sub`` belong to."""
        with self._database.read() as session:
            query = select(UserSubject).where(UserSubject.issuer == issuer, UserSubject.subject == subject)
            found = session.scalar(query)
            return as_user(_row(session, found.user_id)) if found else None

    def link(self, email: str, issuer: str, subject: str, at: datetime) -> User | None:
        """Tie the provider's ``iss`` and ``sub`` to the user with this (verified) address, at the first sign-in.

        None where no active user has the address, or where the provider knew that user by another ``sub`` before:
        an address that passed to somebody else opens nothing.
        """
        with self._database.write() as session:
            row = session.scalar(select(UserRow).where(UserRow.email == email.strip().lower()))
            if row is None or row.state != ACTIVE or any(known.issuer == issuer for known in row.subjects):
                return None
            row.subjects.append(UserSubject(issuer=issuer, subject=subject))
            session.flush()
            note(session, Decided(row.login, at), "user.linked", _subject(row), issuer=issuer)
            return as_user(row)

    def _change(
        self,
        user_id: int,
        version: int | None,
        decided: Decided,
        action: str,
        apply: Callable[[Session, UserRow], None],
        **data: str,
    ) -> User:
        with self._database.write() as session:
            row = _row(session, user_id)
            if version is not None and row.version != version:
                raise Conflict(f"{row.name} was changed by somebody else meanwhile", "Look at it as it is now")
            apply(session, row)
            row.version += 1
            session.flush()
            note(session, decided, action, _subject(row), **data)
            return as_user(row)


def as_user(row: UserRow) -> User:
    """What the console may know of a row: no hash, no secret."""
    return User(
        user_id=row.user_id,
        login=row.login,
        name=row.name,
        email=row.email,
        roles=frozenset(Role(each.role) for each in row.roles),
        person_id=row.person_id,
        state=row.state,
        totp=row.totp_secret is not None,
        version=row.version,
    )


def read_roles(names: Iterable[str]) -> frozenset[Role]:
    """Roles by their names; BadInput for one that there is not."""
    try:
        return frozenset(Role(name.strip().lower()) for name in names)
    except ValueError as error:
        raise BadInput(f"{error.args[0]}".replace("Role", "role"), f"Use one of {', '.join(Role)}") from error


def checked(draft: UserDraft) -> UserDraft:
    """The draft in the form in which it is kept.

    Raises
    ------
    BadInput : a login, name, address or set of roles that cannot be.
    """
    login, name = draft.login.strip().lower(), " ".join(draft.name.split())
    email = (draft.email or "").strip().lower() or None
    if not re.fullmatch(r"[a-z0-9][a-z0-9._@-]{1,63}", login):
        raise BadInput(f"'{draft.login}' cannot be a login", "Use 2 to 64 letters, digits, dots, dashes or an address")
    if not 0 < len(name) <= NAME_LENGTH:
        raise BadInput("The name is missing", "Give the name as colleagues know it")
    if email is not None and not re.fullmatch(r"[^\s@]{1,64}@[^\s@]+\.[^\s@]+", email):
        raise BadInput(f"'{draft.email}' is not an e-mail address", "Write it as name@district.org, or leave it out")
    if not draft.roles:
        raise BadInput(f"{name} has no role", f"Give at least one of {', '.join(Role)}")
    if Role.AUDITOR in draft.roles and len(draft.roles) > 1:
        raise BadInput("An auditor has no other role", "Give a second login where the same person also works here")
    return replace(draft, login=login, name=name, email=email, person_id=(draft.person_id or "").strip() or None)


def _fill(session: Session, row: UserRow, draft: UserDraft) -> None:
    draft = checked(draft)
    for column, value in ((UserRow.login, draft.login), (UserRow.email, draft.email)):
        taken = session.scalar(select(UserRow).where(column == value)) if value else None
        if taken is not None and taken is not row:
            raise BadInput(f"{value} is {taken.name}'s already", "Choose another, or change that user")
    row.login, row.name, row.email, row.person_id = draft.login, draft.name, draft.email, draft.person_id
    row.roles = [UserRole(role=role) for role in sorted(draft.roles)] if _now(row) != draft.roles else row.roles


def _now(row: UserRow) -> frozenset[str]:
    return frozenset(each.role for each in row.roles)


def _row(session: Session, user_id: int) -> UserRow:
    row = session.get(UserRow, user_id)
    if row is None:
        raise BadInput(f"There is no user {user_id}", "Look at the list of users")
    return row


def _end_sessions(session: Session, row: UserRow) -> None:
    for open_one in session.scalars(select(SessionRow).where(SessionRow.user_id == row.user_id)):
        session.delete(open_one)


def _keep_somebody_in_it(session: Session) -> None:
    left = select(UserRow).join(UserRole).where(UserRow.state == ACTIVE, UserRole.role == Role.IT)
    if session.scalar(left.limit(1)) is None:
        raise Refused("Nobody in IT would be left who can sign in", "Add another user with the role it first")


def _subject(row: UserRow) -> str:
    return f"user:{row.user_id}"


def _roles(roles: Iterable[Role]) -> str:
    return " ".join(sorted(roles))
