"""The first tables: roster, accounts, assets, authorisations, organisations, checklist, outbox."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NAME = sa.String(255)
WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make them."""
    _roster()
    _accounts()
    _assets()
    _authorisations()
    _governance()


def _needed(name: str, kind: Any = NAME, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, **options)


def _optional(name: str, kind: Any = NAME) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def _key(name: str, kind: Any = NAME) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True)


def _reference(name: str, target: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, NAME, sa.ForeignKey(target), **{"nullable": False, **options})


def _roster() -> None:
    op.create_table("org", _key("sourced_id"), _needed("title"), _needed("type"))
    op.create_table(
        "person",
        _key("sourced_id"),
        _needed("kind"),
        _needed("role"),
        _optional("display_name"),
        _optional("left_at", WHEN),
    )
    op.create_table(
        "person_identity",
        _key("id", sa.Integer),
        sa.Column(
            "person_id", NAME, sa.ForeignKey("person.sourced_id", ondelete="CASCADE"), nullable=False, index=True
        ),
        _needed("platform", index=True),
        _optional("platform_id"),
        _optional("handle"),
        _needed("trust", sa.Integer),
    )
    op.create_table(
        "roster_import",
        _key("id", sa.Integer),
        _needed("at", WHEN),
        _needed("by"),
        _needed("sha256"),
        _needed("version"),
    )


def _accounts() -> None:
    op.create_table(
        "account",
        _key("account_id"),
        _needed("platform"),
        _needed("platform_id"),
        _needed("handle", index=True),
        _reference("owner_id", "person.sourced_id", index=True),
        _reference("school", "org.sourced_id", index=True),
        _needed("purpose", sa.Text),
        _needed("credential"),
        _needed("registered_at", WHEN),
        _needed("state"),
        sa.UniqueConstraint("platform", "platform_id"),
    )
    op.create_table(
        "account_handle",
        _key("id", sa.Integer),
        _reference("account_id", "account.account_id", index=True),
        _needed("handle"),
        _needed("since", WHEN),
    )
    op.create_table(
        "consent",
        _key("id", sa.Integer),
        _reference("account_id", "account.account_id", index=True),
        _needed("method"),
        _needed("verified_at", WHEN),
        _optional("expires_at", WHEN),
        _needed("by"),
        _needed("recorded_at", WHEN),
    )


def _picture() -> list[sa.Column[Any]]:
    return [
        _needed("media_type"),
        _needed("sha256"),
        _needed("content", sa.LargeBinary),
        _needed("added_at", WHEN),
        _needed("added_by"),
    ]


def _assets() -> None:
    op.create_table("asset", _key("asset_id"), _needed("kind"), _needed("title"))
    op.create_table(
        "asset_version",
        _reference("asset_id", "asset.asset_id", primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *_picture(),
    )
    op.create_table("lookalike", _key("lookalike_id"), _needed("title"), *_picture())


def _authorisations() -> None:
    op.create_table(
        "authorisation",
        _key("id", sa.Integer),
        _reference("asset_id", "asset.asset_id"),
        _reference("account_id", "account.account_id", nullable=True),
        _needed("purpose", sa.Text),
        _needed("starts", WHEN),
        _optional("ends", WHEN),
        _needed("decided_by"),
        _needed("decided_at", WHEN),
        _needed("why", sa.Text),
        _optional("revoked_at", WHEN),
        _optional("revoked_by"),
        _optional("revoked_why", sa.Text),
    )
    op.create_index("ix_authorisation_asset_id_account_id", "authorisation", ["asset_id", "account_id"])


def _governance() -> None:
    op.create_table(
        "accepted_organisation",
        _key("id", sa.Integer),
        _needed("platform"),
        _optional("platform_id"),
        _optional("handle"),
        _needed("title"),
        _needed("accepted_by"),
        _needed("accepted_at", WHEN),
        _needed("why", sa.Text),
    )
    op.create_table(
        "go_live_step", _key("item"), _needed("done_at", WHEN), _needed("done_by"), _needed("reference", sa.Text)
    )
    op.create_table(
        "outbox_event",
        _key("seq", sa.Integer),
        _needed("event_id", unique=True),
        _needed("at", WHEN),
        _needed("by"),
        _needed("action"),
        _needed("subject"),
        _needed("reason", sa.Text),
        _needed("data", sa.JSON),
        _needed("landed", sa.Boolean, index=True),
    )
