"""The first tables: roster, accounts, assets, authorisations, organisations, checklist, outbox."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from registry.migrations.columns import NAME, WHEN, key, needed, optional, reference

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make them."""
    _roster()
    _accounts()
    _assets()
    _authorisations()
    _governance()


def _roster() -> None:
    op.create_table("org", key("sourced_id"), needed("title"), needed("type"))
    op.create_table(
        "person",
        key("sourced_id"),
        needed("kind"),
        needed("role"),
        optional("display_name"),
        optional("left_at", WHEN),
    )
    op.create_table(
        "person_identity",
        key("id", sa.Integer),
        sa.Column(
            "person_id", NAME, sa.ForeignKey("person.sourced_id", ondelete="CASCADE"), nullable=False, index=True
        ),
        needed("platform", index=True),
        optional("platform_id"),
        optional("handle"),
        needed("trust", sa.Integer),
    )
    op.create_table(
        "roster_import",
        key("id", sa.Integer),
        needed("at", WHEN),
        needed("by"),
        needed("sha256"),
        needed("version"),
    )


def _accounts() -> None:
    op.create_table(
        "account",
        key("account_id"),
        needed("platform"),
        needed("platform_id"),
        needed("handle", index=True),
        reference("owner_id", "person.sourced_id", index=True),
        reference("school", "org.sourced_id", index=True),
        needed("purpose", sa.Text),
        needed("credential"),
        needed("registered_at", WHEN),
        needed("state"),
        sa.UniqueConstraint("platform", "platform_id"),
    )
    op.create_table(
        "account_handle",
        key("id", sa.Integer),
        reference("account_id", "account.account_id", index=True),
        needed("handle"),
        needed("since", WHEN),
    )
    op.create_table(
        "consent",
        key("id", sa.Integer),
        reference("account_id", "account.account_id", index=True),
        needed("method"),
        needed("verified_at", WHEN),
        optional("expires_at", WHEN),
        needed("by"),
        needed("recorded_at", WHEN),
    )


def _picture() -> list[sa.Column[Any]]:
    return [
        needed("media_type"),
        needed("sha256"),
        needed("content", sa.LargeBinary),
        needed("added_at", WHEN),
        needed("added_by"),
    ]


def _assets() -> None:
    op.create_table("asset", key("asset_id"), needed("kind"), needed("title"))
    op.create_table(
        "asset_version",
        reference("asset_id", "asset.asset_id", primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *_picture(),
    )
    op.create_table("lookalike", key("lookalike_id"), needed("title"), *_picture())


def _authorisations() -> None:
    op.create_table(
        "authorisation",
        key("id", sa.Integer),
        reference("asset_id", "asset.asset_id"),
        reference("account_id", "account.account_id", nullable=True),
        needed("purpose", sa.Text),
        needed("starts", WHEN),
        optional("ends", WHEN),
        needed("decided_by"),
        needed("decided_at", WHEN),
        needed("why", sa.Text),
        optional("revoked_at", WHEN),
        optional("revoked_by"),
        optional("revoked_why", sa.Text),
    )
    op.create_index("ix_authorisation_asset_id_account_id", "authorisation", ["asset_id", "account_id"])


def _governance() -> None:
    op.create_table(
        "accepted_organisation",
        key("id", sa.Integer),
        needed("platform"),
        optional("platform_id"),
        optional("handle"),
        needed("title"),
        needed("accepted_by"),
        needed("accepted_at", WHEN),
        needed("why", sa.Text),
    )
    op.create_table(
        "go_live_step", key("item"), needed("done_at", WHEN), needed("done_by"), needed("reference", sa.Text)
    )
    op.create_table(
        "outbox_event",
        key("seq", sa.Integer),
        needed("event_id", unique=True),
        needed("at", WHEN),
        needed("by"),
        needed("action"),
        needed("subject"),
        needed("reason", sa.Text),
        needed("data", sa.JSON),
        needed("landed", sa.Boolean, index=True),
    )
