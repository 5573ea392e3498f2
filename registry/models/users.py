"""Who may sign in to the console: users, their roles and second factor, their sessions, and what came of each try."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.models.base import Base


class UserRow(Base):
    """Somebody who may sign in; ``state`` is active or inactive, ``login`` is in lower case.

    ``password_hash`` is argon2id's own text. ``totp_secret`` is sealed by the console; ``totp_step`` is the last
    time step (RFC 6238) whose code was taken, so that none is taken twice.
    """

    __tablename__ = "console_user"
    user_id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True)
    person_id: Mapped[str | None]
    state: Mapped[str]
    password_hash: Mapped[str | None]
    totp_secret: Mapped[str | None]
    totp_step: Mapped[int]
    version: Mapped[int]
    roles: Mapped[list[UserRole]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    subjects: Mapped[list[UserSubject]] = relationship(cascade="all, delete-orphan")


class UserRole(Base):
    """One role of a user."""

    __tablename__ = "console_user_role"
    user_id: Mapped[int] = mapped_column(ForeignKey("console_user.user_id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)


class UserSubject(Base):
    """Under which name a provider (OIDC's ``iss`` and ``sub``) knows a user."""

    __tablename__ = "console_user_subject"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("console_user.user_id"), index=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    __table_args__ = (UniqueConstraint("issuer", "subject"),)


class SessionRow(Base):
    """A sign-in; the browser's token is kept as its SHA-256. ``stage`` is code, enrol or full.

    ``user_version`` is the user's when the token was made: a newer one asks for a new token.
    """

    __tablename__ = "console_session"
    session_id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("console_user.user_id"), index=True)
    user_version: Mapped[int]
    stage: Mapped[str]
    address: Mapped[str]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    user: Mapped[UserRow] = relationship()


class AccessRow(Base):
    """One try to sign in, or one page that was denied: who, from where, and why it ended as it did."""

    __tablename__ = "access_log"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    login: Mapped[str]
    user_id: Mapped[int | None]
    address: Mapped[str]
    allowed: Mapped[bool]
    what: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index(None, "kind", "login", "at"), Index(None, "kind", "address", "at"))


class KeptForm(Base):
    """What somebody had typed when the session ended, until the same person signs in again in the same browser."""

    __tablename__ = "kept_form"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("console_user.user_id"))
    at: Mapped[datetime]
    path: Mapped[str] = mapped_column(Text)
    fields: Mapped[str] = mapped_column(Text)


class OAuthTrip(Base):
    """A browser that was sent to a provider and has not come back; ``state_hash`` is the SHA-256 of OAuth's state."""

    __tablename__ = "oauth_trip"
    id: Mapped[int] = mapped_column(primary_key=True)
    state_hash: Mapped[str] = mapped_column(unique=True)
    browser_hash: Mapped[str]
    provider: Mapped[str]
    nonce: Mapped[str]
    verifier: Mapped[str]
    subject: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    address: Mapped[str | None]
