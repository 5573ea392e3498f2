"""Whom reports are sent to, each mail until its server took it, what IT was told of, and closed days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.migrations.columns import WHEN, key, needed, optional

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make them."""
    op.create_table("closure", key("day", sa.Date), needed("title"), needed("noted_by"), needed("noted_at", WHEN))
    op.create_table(
        "mail_recipient",
        key("id", sa.Integer),
        needed("list"),
        needed("address"),
        needed("school"),
        needed("added_by"),
        needed("added_at", WHEN),
        sa.UniqueConstraint("list", "address", "school"),
    )
    op.create_table(
        "outgoing_mail",
        key("message_id"),
        needed("about", index=True),
        needed("address"),
        needed("subject"),
        needed("content", sa.LargeBinary),
        needed("queued_at", WHEN),
        needed("due_at", WHEN),
        needed("state", index=True),
        needed("tries", sa.Integer),
        needed("error", sa.Text),
        optional("ended_at", WHEN),
    )
    op.create_table(
        "incident",
        key("id", sa.Integer),
        needed("subject"),
        needed("detail", sa.Text),
        needed("began_at", WHEN),
        optional("over_at", WHEN),
    )
    still_open = sa.text("over_at IS NULL")
    op.create_index(
        "ix_incident_open",
        "incident",
        ["subject"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
