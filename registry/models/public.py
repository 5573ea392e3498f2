"""Public records requests, and what becomes of each record that was chosen to answer one."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base


class PublicRequestRow(Base):
    """What somebody asked of the district's records, and how far the answer is."""

    __tablename__ = "public_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    asked_by: Mapped[str]
    asked: Mapped[str] = mapped_column(Text)
    received: Mapped[date]
    extended_to: Mapped[date | None]
    noted_by: Mapped[str]
    noted_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    version: Mapped[int]


class PublicItemRow(Base):
    """One record that answers a request, and whether it leaves the house: whole, redacted or not at all."""

    __tablename__ = "public_request_item"
    __table_args__ = (UniqueConstraint("request_id", "record_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("public_request.id"), index=True)
    number: Mapped[int]
    record_id: Mapped[str]
    created_at: Mapped[datetime | None]
    ruling: Mapped[str]
    words: Mapped[str] = mapped_column(Text)
    author: Mapped[bool]
    pictures: Mapped[bool]
    exemption: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    ruled_by: Mapped[str | None]
    ruled_at: Mapped[datetime | None]
    version: Mapped[int]
