"""Whom reports are sent to, each mail until its server took it, what IT was told of, and closed days."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base

_OPEN = text("over_at IS NULL")


class Closure(Base):
    """A day on which the district's offices are closed."""

    __tablename__ = "closure"
    day: Mapped[date] = mapped_column(primary_key=True)
    title: Mapped[str]
    noted_by: Mapped[str]
    noted_at: Mapped[datetime]


class MailRecipient(Base):
    """An address on a list; ``school`` is the roster's sourcedId on the schools' list, and empty elsewhere."""

    __tablename__ = "mail_recipient"
    id: Mapped[int] = mapped_column(primary_key=True)
    list: Mapped[str]
    address: Mapped[str]
    school: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("list", "address", "school"),)


class OutgoingMail(Base):
    """One mail to one recipient, written before it is sent; ``content`` is the whole message."""

    __tablename__ = "outgoing_mail"
    message_id: Mapped[str] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(index=True)
    address: Mapped[str]
    subject: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(index=True)
    tries: Mapped[int]
    error: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[datetime | None]


class Incident(Base):
    """Something that IT is told of at once: once when it begins, and once when it is over."""

    __tablename__ = "incident"
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    detail: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime]
    over_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_incident_open", "subject", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),)
