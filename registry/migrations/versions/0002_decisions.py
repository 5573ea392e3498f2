"""What people decide in the console: reviews, requests, acknowledgements, proofs, looks, deposits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.migrations.columns import WHEN, key, needed, optional, reference

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make them."""
    _reviews()
    _permissions()
    _procedures()
    _ownership()
    _records()


def _step() -> list[sa.Column[object]]:
    return [
        needed("state"),
        needed("reason"),
        needed("note", sa.Text),
        needed("by"),
        needed("at", WHEN),
    ]


def _reviews() -> None:
    op.create_table(
        "review",
        key("observation_id"),
        needed("rule", index=True),
        needed("account_id", index=True),
        needed("subject"),
        needed("group_key"),
        *_step(),
        needed("version", sa.Integer),
    )
    op.create_table(
        "review_step",
        reference("observation_id", "review.observation_id", primary_key=True),
        key("version", sa.Integer, autoincrement=False),
        *_step(),
        needed("undo", sa.Boolean),
    )
    op.create_table(
        "review_message",
        key("id", sa.Integer),
        reference("observation_id", "review.observation_id", index=True),
        needed("kind"),
        needed("by"),
        needed("at", WHEN),
        needed("text", sa.Text),
    )


def _permissions() -> None:
    op.add_column("authorisation", optional("conditions", sa.Text))
    op.add_column("authorisation", optional("renews", sa.Integer))
    op.create_table(
        "permission_request",
        key("id", sa.Integer),
        reference("asset_id", "asset.asset_id"),
        reference("account_id", "account.account_id", nullable=True),
        needed("purpose", sa.Text),
        needed("starts", WHEN),
        optional("ends", WHEN),
        optional("sample", sa.LargeBinary),
        optional("sample_type"),
        optional("sample_sha256"),
        needed("asked_by", index=True),
        needed("asked_name"),
        needed("asked_at", WHEN),
        needed("state", index=True),
        optional("decided_by"),
        optional("decided_at", WHEN),
        optional("reason", sa.Text),
        optional("conditions", sa.Text),
        reference("grant_id", "authorisation.id", sa.Integer, nullable=True),
        needed("version", sa.Integer),
    )


def _procedures() -> None:
    op.create_table(
        "procedure_text",
        key("id", sa.Integer),
        needed("version", unique=True),
        needed("title"),
        needed("text", sa.Text),
        needed("published_by"),
        needed("published_at", WHEN),
    )
    op.create_table(
        "acknowledgement",
        reference("version", "procedure_text.version", primary_key=True),
        key("person_id"),
        needed("at", WHEN),
    )


def _ownership() -> None:
    op.create_table(
        "ownership_code",
        reference("account_id", "account.account_id", primary_key=True),
        needed("code"),
        needed("issued_by"),
        needed("issued_at", WHEN),
        needed("expires_at", WHEN),
        optional("used_at", WHEN),
    )
    op.create_table(
        "credential_expiry", key("name"), needed("expires_at", WHEN), needed("noted_by"), needed("noted_at", WHEN)
    )
    op.create_table(
        "kept_account",
        reference("account_id", "account.account_id", primary_key=True),
        key("left_at", WHEN),
        needed("kept_by"),
        needed("kept_at", WHEN),
        needed("why", sa.Text),
    )


def _records() -> None:
    op.create_table(
        "look",
        key("id", sa.Integer),
        needed("by"),
        needed("at", WHEN),
        needed("what"),
        needed("subject"),
        optional("account_id"),
        needed("reason", sa.Text),
    )
    op.create_index("ix_look_account_id_at", "look", ["account_id", "at"])
    op.create_index("ix_look_what_subject", "look", ["what", "subject"])
    op.create_table(
        "deposit",
        key("id", sa.Integer),
        needed("by", index=True),
        needed("at", WHEN),
        needed("name"),
        needed("size", sa.Integer),
        needed("sha256"),
        needed("note", sa.Text),
        needed("batch_id"),
        needed("line", sa.Integer),
        sa.UniqueConstraint("batch_id", "line"),
    )
