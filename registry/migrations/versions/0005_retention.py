"""Retention: series, legal holds, proposals of disposition and their permissions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.migrations.columns import WHEN, key, needed, optional

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "retention_rule",
        key("id", sa.Integer),
        needed("series", index=True),
        needed("months", sa.Integer),
        needed("trigger"),
        needed("citation", sa.Text),
        needed("approved_by"),
        needed("set_by"),
        needed("set_at", WHEN),
        optional("ended_by"),
        optional("ended_at", WHEN),
    )
    op.create_table(
        "legal_hold",
        key("id", sa.Integer),
        optional("account_id"),
        optional("record_id"),
        optional("starts", WHEN),
        optional("ends", WHEN),
        needed("reason", sa.Text),
        needed("placed_by"),
        needed("placed_at", WHEN),
        optional("released_by"),
        optional("released_at", WHEN),
        optional("released_why", sa.Text),
    )
    op.create_table(
        "disposition",
        key("id", sa.Integer),
        needed("state"),
        needed("plan", sa.LargeBinary),
        needed("plan_sha256"),
        needed("why", sa.Text),
        needed("proposed_by"),
        needed("proposed_at", WHEN),
        *(optional(name) for name in ("permission", "permission_name", "permission_sha256", "permitted_by")),
        optional("permitted_at", WHEN),
        optional("approved_by"),
        optional("approved_at", WHEN),
        optional("begun_by"),
        optional("begun_at", WHEN),
        optional("done_at", WHEN),
    )
