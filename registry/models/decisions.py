"""What people decide day by day: reviews, requests, acknowledgements, proofs of ownership, looks, deposits,
monthly limits.

Observations live in the archive, so their ids here have no table to refer to. Nor do people who may leave
the roster while what they did stays on record.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.models.base import Base


class ReviewRow(Base):
    """Where an observation stands; an observation without a row is new. ``version`` counts its steps."""

    __tablename__ = "review"
    observation_id: Mapped[str] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(index=True)
    account_id: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    group_key: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(Text)
    by: Mapped[str]
    at: Mapped[datetime]
    version: Mapped[int]


class ReviewStepRow(Base):
    """One step of a review: who moved it where, when and why. ``undo`` marks a step that took one back."""

    __tablename__ = "review_step"
    observation_id: Mapped[str] = mapped_column(ForeignKey("review.observation_id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(Text)
    by: Mapped[str]
    at: Mapped[datetime]
    undo: Mapped[bool]


class ReviewMessageRow(Base):
    """What an account's owner wrote about a confirmed observation (reply, appeal), and the answer."""

    __tablename__ = "review_message"
    id: Mapped[int] = mapped_column(primary_key=True)
    observation_id: Mapped[str] = mapped_column(ForeignKey("review.observation_id"), index=True)
    kind: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)


class PermissionRequest(Base):
    """Somebody asks for leave to use an asset; ``grant_id`` is the authorisation that an approval made."""

    __tablename__ = "permission_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("asset.asset_id"))
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.account_id"))
    purpose: Mapped[str] = mapped_column(Text)
    starts: Mapped[datetime]
    ends: Mapped[datetime | None]
    sample: Mapped[bytes | None] = mapped_column(deferred=True)
    sample_type: Mapped[str | None]
    sample_sha256: Mapped[str | None]
    asked_by: Mapped[str] = mapped_column(index=True)
    asked_name: Mapped[str]
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(index=True)
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    conditions: Mapped[str | None] = mapped_column(Text)
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("authorisation.id"))
    version: Mapped[int]


class ProcedureText(Base):
    """One version of the administrative procedures, as staff read and acknowledge it; the last one is current."""

    __tablename__ = "procedure_text"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    published_by: Mapped[str]
    published_at: Mapped[datetime]


class Acknowledgement(Base):
    """That somebody has read a version of the procedures."""

    __tablename__ = "acknowledgement"
    version: Mapped[str] = mapped_column(ForeignKey("procedure_text.version"), primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class OwnershipCode(Base):
    """The newest code that an account's owner puts into its bio; public by its nature, and of use once."""

    __tablename__ = "ownership_code"
    account_id: Mapped[str] = mapped_column(ForeignKey("account.account_id"), primary_key=True)
    code: Mapped[str]
    issued_by: Mapped[str]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LookRow(Base):
    """Who looked at what, when, and for identities why."""

    __tablename__ = "look"
    id: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime]
    what: Mapped[str]
    subject: Mapped[str]
    account_id: Mapped[str | None]
    reason: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index(None, "account_id", "at"), Index(None, "what", "subject"))


class CredentialExpiry(Base):
    """When a platform credential ends; ``name`` is its connection, never the secret."""

    __tablename__ = "credential_expiry"
    name: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
    noted_by: Mapped[str]
    noted_at: Mapped[datetime]


class MonthlyLimitRow(Base):
    """The most that a platform may cost in a month, in hundredths of a US dollar; ``version`` counts its changes."""

    __tablename__ = "monthly_limit"
    platform: Mapped[str] = mapped_column(primary_key=True)
    cents: Mapped[int]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(Text)
    version: Mapped[int]


class KeptAccount(Base):
    """A decision that an account goes on though its owner left at ``left_at``; a later leave asks again."""

    __tablename__ = "kept_account"
    account_id: Mapped[str] = mapped_column(ForeignKey("account.account_id"), primary_key=True)
    left_at: Mapped[datetime] = mapped_column(primary_key=True)
    kept_by: Mapped[str]
    kept_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(Text)


class DepositRow(Base):
    """A file that somebody handed in, and where it stands in landing."""

    __tablename__ = "deposit"
    id: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime]
    name: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    note: Mapped[str] = mapped_column(Text)
    batch_id: Mapped[str]
    line: Mapped[int]
    __table_args__ = (UniqueConstraint("batch_id", "line"),)
