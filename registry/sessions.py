"""Who is signed in. The browser holds a random token, the registry its SHA-256; rows outlive a restart."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from records.errors import BadInput, Throttled
from registry import access_log, passwords
from registry.access_log import KNOWN_BROWSER, PASSWORD, Access
from registry.database import Database
from registry.models import KeptForm, OAuthTrip, SessionRow, UserRow
from registry.outbox import Decided, note
from registry.users import ACTIVE, User, as_user

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
HALFWAY = timedelta(minutes=10)
"""How long the second factor may take, and the way to a provider and back."""

TRIPS_PER_ADDRESS = 200
"""Browsers under way to a provider; a whole school may stand behind one address."""

KEPT = timedelta(hours=2)
"""How long what somebody had typed is kept after the session ended."""

SEEN_EVERY = timedelta(minutes=1)
"""A page notes that the session lives only this often: most pages then write nothing."""

CODE, ENROL, FULL = "code", "enrol", "full"
CHANGE = "change of password"
STEP_SECONDS = 30

Unseal = Callable[[str], str]
"""How the console reads the secret of a second factor, which it seals before it is kept here."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that lives. ``stage`` is full, or what is still to do: code, enrol.

    ``token`` is a new one where the browser must be given one: the user's roles have changed.
    """

    session_id: int
    user: User
    stage: str
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Trip:
    """A browser on its way to a provider: what must be the same when it comes back."""

    provider: str
    nonce: str
    verifier: str
    subject: str


@dataclass(frozen=True, slots=True)
class Open:
    """A session that lives: from which address, since when, and when it was last used."""

    session_id: int
    address: str
    started_at: datetime
    seen_at: datetime


class Sessions:
    """Sign-ins of one registry; ``at`` is the real time everywhere, also over the made-up district."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sign_in(
        self, login: str, password: str, address: str, at: datetime, second_factor: bool = True, known: bool = False
    ) -> str:
        """A token for the right login and password; its session still waits for the second factor.

        ``second_factor`` False lets a user without one in (the made-up district). ``known`` is whether this user
        has signed in from the same browser before: what strangers try then counts no more.

        Raises
        ------
        BadInput : the login or the password is wrong; which of them is not said.
        Throttled : too many have failed for this login, or from this address.
        """
        login = login.strip().lower()
        with self._database.write() as session:
            number = access_log.begin(session, login, address, KNOWN_BROWSER if known else PASSWORD, at)
        with self._database.read() as session:
            row = session.scalar(select(UserRow).where(UserRow.login == login))
            stored, active = (row.password_hash, row.state == ACTIVE) if row else (None, False)
        right = passwords.fits(stored, password)
        with self._database.write() as session:
            row = session.scalar(select(UserRow).where(UserRow.login == login))
            if row is None or not right or not active:
                reason = "wrong password" if row and not right else "closed" if row else "unknown login"
                access_log.end(session, number, False, reason, row.user_id if row else None)
                session.commit()
                raise _wrong()
            stage = CODE if row.totp_secret else ENROL if second_factor else FULL
            reason = "signed in" if stage == FULL else "password right, second factor asked"
            access_log.end(session, number, True, reason, row.user_id)
            return _open(session, row, stage, address, at)

    def sign_in_by_provider(self, user: User, issuer: str, address: str, at: datetime) -> str:
        """A token for somebody whom the district's own provider has vouched for, second factor included."""
        with self._database.write() as session:
            access_log.came_in(session, user.login, user.user_id, address, issuer, at)
            return _open(session, session.get_one(UserRow, user.user_id), FULL, address, at)

    def note_failed_provider(self, who: str, issuer: str, address: str, at: datetime, reason: str) -> None:
        """Keep that a provider's answer opened nothing, and why; Throttled where too many from this address did."""
        with self._database.write() as session:
            access_log.end(session, access_log.begin(session, who, address, issuer, at), False, reason)

    def pass_code(self, session_id: int, code: str, unseal: Unseal, address: str, at: datetime) -> str:
        """A new token, for a full session, for the right code of the second factor (RFC 6238, one step either way).

        Raises
        ------
        BadInput : the code is wrong, or was taken before.
        Throttled : too many have failed.
        """
        return self._second_factor(session_id, None, code, unseal, address, at)

    def enrol(self, session_id: int, sealed: str, code: str, unseal: Unseal, address: str, at: datetime) -> str:
        """As :meth:`pass_code` for the first code of a new second factor, which is kept (``sealed``) from now on."""
        return self._second_factor(session_id, sealed, code, unseal, address, at)

    def _second_factor(
        self, session_id: int, sealed: str | None, code: str, unseal: Unseal, address: str, at: datetime
    ) -> str:
        stage = ENROL if sealed else CODE
        with self._database.write() as session:
            login = _halfway(session, session_id, stage, at).user.login
            number = access_log.begin(session, login, address, access_log.CODE, at)
        with self._database.write() as session:
            halfway = _halfway(session, session_id, stage, at)
            row = halfway.user
            step = _step(unseal(sealed or row.totp_secret or ""), code, at)
            if step is None or step <= row.totp_step:
                access_log.end(
                    session, number, False, "wrong code" if step is None else "code used before", row.user_id
                )
                session.commit()
                raise _wrong_code()
            row.totp_secret, row.totp_step = sealed or row.totp_secret, step
            session.delete(halfway)
            access_log.end(session, number, True, "signed in", row.user_id)
            return _open(session, row, FULL, address, at)

    def of(self, token: str, at: datetime, renew: bool = True) -> SignedIn | None:
        """The session of a token while it lives; with ``renew``, a new token where the user was changed since."""
        with self._database.read() as session:
            row = _by_token(session, token)
            if row is None or not _lives(row, at):
                return None
            if not (renew and _outdated(row)) and at - row.seen_at < SEEN_EVERY:
                return SignedIn(row.session_id, as_user(row.user), row.stage)
        with self._database.write() as session:
            row = _by_token(session, token)
            if row is None or not _lives(row, at):
                return None
            row.seen_at = at
            fresh = _renewed(row) if renew and _outdated(row) else None
            return SignedIn(row.session_id, as_user(row.user), row.stage, fresh)

    def whose(self, token: str) -> User | None:
        """Whom a token belonged to while its session lived, however long ago that was."""
        with self._database.read() as session:
            row = _by_token(session, token)
            return as_user(row.user) if row else None

    def end(self, token: str) -> None:
        """Sign out; nothing happens where nobody was signed in."""
        with self._database.write() as session:
            session.execute(delete(SessionRow).where(SessionRow.token_hash == digest(token)))

    # what somebody changes of their own

    def change_password(self, session_id: int, old: str, new: str, address: str, at: datetime) -> None:
        """Another password for the user of a session; their other sessions end, and this one gets a new token.

        Raises
        ------
        BadInput : ``old`` is wrong, or ``new`` cannot be.
        Throttled : too many have failed.
        """
        stored = passwords.hashed(new)
        with self._database.write() as session:
            user = session.get_one(SessionRow, session_id).user
            number = access_log.begin(session, user.login, address, CHANGE, at)
            right = passwords.fits(user.password_hash, old)
            access_log.end(session, number, right, "password changed" if right else "wrong password", user.user_id)
            if not right:
                session.commit()
                raise BadInput("The password that you have now is another one", "Type it again")
            user.password_hash = stored
            user.version += 1
            _end_others(session, session_id, user.user_id)
            note(session, Decided(user.login, at), "user.password", f"user:{user.user_id}")

    def end_others(self, session_id: int) -> int:
        """Sign the user of a session out wherever else they are; how many sessions that were."""
        with self._database.write() as session:
            return _end_others(session, session_id, session.get_one(SessionRow, session_id).user_id)

    def open_of(self, user_id: int, at: datetime) -> list[Open]:
        """Where somebody is signed in, the latest first."""
        with self._database.read() as session:
            mine = select(SessionRow).where(SessionRow.user_id == user_id, SessionRow.stage == FULL)
            rows = session.scalars(mine.order_by(SessionRow.session_id.desc()))
            return [Open(r.session_id, r.address, r.started_at, r.seen_at) for r in rows if _lives(r, at)]

    # what was typed when a session ended

    def keep_form(self, user: User, path: str, fields: str, at: datetime) -> str:
        """Keep a form for ``user``; what it can be fetched with, by that user only."""
        token = secrets.token_urlsafe(32)
        with self._database.write() as session:
            session.execute(delete(KeptForm).where(KeptForm.at < at - KEPT))
            session.add(KeptForm(token_hash=digest(token), user_id=user.user_id, at=at, path=path, fields=fields))
        return token

    def kept_form(self, token: str, user: User, at: datetime) -> tuple[str, str] | None:
        """The path and the fields of a kept form, if it is this user's and not too old."""
        with self._database.read() as session:
            row = session.scalar(select(KeptForm).where(KeptForm.token_hash == digest(token)))
            mine = row is not None and row.user_id == user.user_id and row.at > at - KEPT
            return (row.path, row.fields) if row and mine else None

    def drop_form(self, token: str) -> None:
        """Forget a kept form."""
        with self._database.write() as session:
            session.execute(delete(KeptForm).where(KeptForm.token_hash == digest(token)))

    # on the way to a provider

    def set_out(
        self, browser: str, provider: str, subject: str, at: datetime, address: str | None = None
    ) -> tuple[str, Trip]:
        """The state for a browser that goes to ``provider``, with its nonce and PKCE verifier (RFC 7636).

        ``address`` is where the browser is, while nobody is signed in; Throttled where too many set out from there.
        """
        state, trip = secrets.token_urlsafe(32), Trip(provider, secrets.token_urlsafe(32), _verifier(), subject)
        with self._database.write() as session:
            session.execute(delete(OAuthTrip).where(OAuthTrip.at < at - HALFWAY))
            _check_trips(session, address, at)
            row = OAuthTrip(state_hash=digest(state), browser_hash=digest(browser), at=at, provider=provider)
            row.nonce, row.verifier, row.subject, row.address = trip.nonce, trip.verifier, subject, address
            session.add(row)
        return state, trip

    def come_back(self, state: str, browser: str, provider: str, at: datetime) -> Trip:
        """The trip of a state, once.

        Raises
        ------
        BadInput : the state is unknown, used, too old, another browser's, or another provider's.
        """
        with self._database.write() as session:
            row = session.scalar(select(OAuthTrip).where(OAuthTrip.state_hash == digest(state)))
            if row is None or (row.browser_hash, row.provider) != (digest(browser), provider):
                what = "The way back from the provider is not one that began here, or it was taken before"
                raise BadInput(what, "Begin again")
            session.delete(row)
            if row.at < at - HALFWAY:
                session.commit()
                raise BadInput("The sign-in there took longer than ten minutes", "Begin again")
            return Trip(row.provider, row.nonce, row.verifier, row.subject)

    # the log

    def note_denied(self, access: Access) -> None:
        """Keep that a page was denied, and why."""
        with self._database.write() as session:
            access_log.denied(session, access)

    def log(self, limit: int = 200) -> list[Access]:
        """The last sign-ins and denials, newest first."""
        with self._database.read() as session:
            return access_log.newest(session, limit)


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _check_trips(session: Session, address: str | None, at: datetime) -> None:
    """Who sets out again and again without coming back would fill the registry and ask much of the provider."""
    under_way = select(func.count(), func.min(OAuthTrip.at)).where(OAuthTrip.address == address)
    count, first = session.execute(under_way).one() if address is not None else (0, at)
    if count >= TRIPS_PER_ADDRESS:
        minutes = max(1, round((first + HALFWAY - at).total_seconds() / 60))
        raise Throttled(
            "Too many have set out to sign in from here", first + HALFWAY, f"Try again in {minutes} minutes"
        )


def _wrong() -> BadInput:
    return BadInput("The login or the password is not right", "Type both again, or ask IT for a new password")


def _wrong_code() -> BadInput:
    return BadInput("The code is not right, or was used already", "Wait for the next one in your app")


def _verifier() -> str:
    return secrets.token_urlsafe(48)


def _open(session: Session, row: UserRow, stage: str, address: str, at: datetime) -> str:
    """A new session with a token of its own: none that a browser had before becomes a signed-in one."""
    session.execute(delete(SessionRow).where(SessionRow.ends_at < at - KEPT))
    token = secrets.token_urlsafe(32)
    ends = at + (LONGEST if stage == FULL else HALFWAY)
    opened = SessionRow(token_hash=digest(token), stage=stage, address=address[:255], user_version=row.version)
    opened.started_at, opened.seen_at, opened.ends_at, opened.user = at, at, ends, row
    session.add(opened)
    session.flush()
    return token


def _end_others(session: Session, session_id: int, user_id: int) -> int:
    others = select(SessionRow).where(SessionRow.user_id == user_id, SessionRow.session_id != session_id)
    found = session.scalars(others).all()
    for each in found:
        session.delete(each)
    return sum(each.stage == FULL for each in found)


def _outdated(row: SessionRow) -> bool:
    return row.stage == FULL and row.user_version != row.user.version


def _renewed(row: SessionRow) -> str:
    token = secrets.token_urlsafe(32)
    row.token_hash, row.user_version = digest(token), row.user.version
    return token


def _by_token(session: Session, token: str) -> SessionRow | None:
    return session.scalar(select(SessionRow).where(SessionRow.token_hash == digest(token)))


def _lives(row: SessionRow, at: datetime) -> bool:
    return row.user.state == ACTIVE and at < row.ends_at and at - row.seen_at < IDLE


def _halfway(session: Session, session_id: int, stage: str, at: datetime) -> SessionRow:
    row = session.get(SessionRow, session_id)
    if row is None or row.stage != stage or not _lives(row, at):
        raise BadInput("The sign-in has taken too long", "Begin again with login and password")
    return row


def _step(secret: str, code: str, at: datetime) -> int | None:
    """The time step whose code this is: the current one, the one before, or the next."""
    totp, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit()):
        return None
    fitting = (step for step in (now, now - 1, now + 1) if secrets.compare_digest(totp.generate_otp(step), typed))
    return next(fitting, None)
