"""The roster, the accounts, the assets and their authorisations, the checklist and the outbox.

What is kept of people is the least that matching needs: of everybody the roster's sourcedId, kind and
role, and the platform identities that the roster states; a display name and an e-mail address of staff
only, because they answer for accounts. Neither is stored of students and guardians.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.models.base import Base


class Org(Base):
    """A school, a department or the district, from the roster's ``orgs.csv``."""

    __tablename__ = "org"
    sourced_id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    type: Mapped[str]


class Person(Base):
    """Somebody on the roster: ``kind`` is staff, student or guardian. Who left stays only while owning an account."""

    __tablename__ = "person"
    sourced_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    role: Mapped[str]
    display_name: Mapped[str | None]
    email: Mapped[str | None]
    left_at: Mapped[datetime | None]


class PersonIdentity(Base):
    """An account on a platform that the roster says is a person's; ``trust`` 1 is believed most."""

    __tablename__ = "person_identity"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.sourced_id", ondelete="CASCADE"), index=True)
    platform: Mapped[str] = mapped_column(index=True)
    platform_id: Mapped[str | None]
    handle: Mapped[str | None]
    trust: Mapped[int]


class RegisteredRow(Base):
    """A registered account; ``state`` is active or inactive. ``credential`` names a connection, never a secret."""

    __tablename__ = "account"
    account_id: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str]
    platform_id: Mapped[str]
    handle: Mapped[str] = mapped_column(index=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("person.sourced_id"), index=True)
    school: Mapped[str] = mapped_column(ForeignKey("org.sourced_id"), index=True)
    purpose: Mapped[str] = mapped_column(Text)
    credential: Mapped[str]
    registered_at: Mapped[datetime]
    state: Mapped[str]
    consents: Mapped[list[Consent]] = relationship(order_by="Consent.id", lazy="selectin")
    handles: Mapped[list[AccountHandle]] = relationship(order_by="AccountHandle.id")
    owner: Mapped[Person] = relationship()
    org: Mapped[Org] = relationship()
    __table_args__ = (UniqueConstraint("platform", "platform_id"),)


class AccountHandle(Base):
    """The handle that an account had from ``since`` on, until the next one; ``by`` recorded it, NULL long ago."""

    __tablename__ = "account_handle"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.account_id"), index=True)
    handle: Mapped[str]
    since: Mapped[datetime]
    by: Mapped[str | None]


class Consent(Base):
    """A proof that the account is its owner's and may be collected, from ``verified_at`` up to ``expires_at``."""

    __tablename__ = "consent"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.account_id"), index=True)
    method: Mapped[str]
    verified_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    by: Mapped[str]
    recorded_at: Mapped[datetime]


class Asset(Base):
    """Something of the district's that may be used with permission only; ``kind`` is mark or photograph."""

    __tablename__ = "asset"
    asset_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str]
    versions: Mapped[list[AssetVersion]] = relationship(order_by="AssetVersion.version")


class AssetVersion(Base):
    """One drawing of an asset, bytes included, so that a backup of the registry holds everything."""

    __tablename__ = "asset_version"
    asset_id: Mapped[str] = mapped_column(ForeignKey("asset.asset_id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    media_type: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(deferred=True)
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class LookalikeImage(Base):
    """An image that resembles a mark and is not the district's."""

    __tablename__ = "lookalike"
    lookalike_id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(deferred=True)
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class Authorisation(Base):
    """A permission to use an asset, for one account or (``account_id`` NULL) for all; never deleted, only revoked."""

    __tablename__ = "authorisation"
    id: Mapped[int] = mapped_column(primary_key=True)
    asset_id: Mapped[str] = mapped_column(ForeignKey("asset.asset_id"))
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.account_id"))
    purpose: Mapped[str] = mapped_column(Text)
    starts: Mapped[datetime]
    ends: Mapped[datetime | None]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(Text)
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]
    revoked_why: Mapped[str | None] = mapped_column(Text)
    conditions: Mapped[str | None] = mapped_column(Text)
    renews: Mapped[int | None]
    __table_args__ = (Index(None, "asset_id", "account_id"),)


class AcceptedOrganisation(Base):
    """An account outside the roster that the superintendent counts as part of the community, until taken back."""

    __tablename__ = "accepted_organisation"
    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    platform_id: Mapped[str | None]
    handle: Mapped[str | None]
    title: Mapped[str]
    accepted_by: Mapped[str]
    accepted_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(Text)
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[str | None]
    taken_back_why: Mapped[str | None] = mapped_column(Text)


class RosterImport(Base):
    """One roster import: when, by whom, and which file."""

    __tablename__ = "roster_import"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    sha256: Mapped[str]
    version: Mapped[str]


class GoLiveStep(Base):
    """A step of the go-live checklist that has been taken; ``reference`` says where that can be read."""

    __tablename__ = "go_live_step"
    item: Mapped[str] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]
    done_by: Mapped[str]
    reference: Mapped[str] = mapped_column(Text)


class OutboxEvent(Base):
    """A decision, written in the transaction that it describes and kept for the ledger to land."""

    __tablename__ = "outbox_event"
    seq: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
    by: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, str]]
    landed: Mapped[bool] = mapped_column(index=True)
