"""Retention periods, legal holds, and dispositions with the state's permission. Nothing here is ever deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base


class RetentionRow(Base):
    """How many months a series is kept, until ``ended_at``; a series without a row in force is kept for good."""

    __tablename__ = "retention_rule"
    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(index=True)
    months: Mapped[int]
    trigger: Mapped[str]
    citation: Mapped[str] = mapped_column(Text)
    approved_by: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class HoldRow(Base):
    """What may not be disposed of, until the hold is released; what is NULL does not narrow it."""

    __tablename__ = "legal_hold"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str | None]
    record_id: Mapped[str | None]
    starts: Mapped[datetime | None]
    ends: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text)
    placed_by: Mapped[str]
    placed_at: Mapped[datetime]
    released_by: Mapped[str | None]
    released_at: Mapped[datetime | None]
    released_why: Mapped[str | None] = mapped_column(Text)


class DispositionRow(Base):
    """A proposal to dispose of what ``plan`` lists, the state's permission for it, and how far it has come."""

    __tablename__ = "disposition"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    plan: Mapped[bytes] = mapped_column(deferred=True)
    plan_sha256: Mapped[str]
    why: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    permission: Mapped[str | None]
    permission_name: Mapped[str | None]
    permission_sha256: Mapped[str | None]
    permitted_by: Mapped[str | None]
    permitted_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    begun_by: Mapped[str | None]
    begun_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
