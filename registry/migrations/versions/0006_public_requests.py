"""Public records requests, and the records that answer them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.migrations.columns import WHEN, key, needed, optional, reference

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "public_request",
        key("id", sa.Integer),
        needed("asked_by"),
        needed("asked", sa.Text),
        needed("received", sa.Date),
        optional("extended_to", sa.Date),
        needed("noted_by"),
        needed("noted_at", WHEN),
        optional("answer", sa.Text),
        optional("answered_by"),
        optional("answered_at", WHEN),
        needed("version", sa.Integer),
    )
    op.create_table(
        "public_request_item",
        key("id", sa.Integer),
        reference("request_id", "public_request.id", sa.Integer, index=True),
        needed("number", sa.Integer),
        needed("record_id"),
        optional("created_at", WHEN),
        needed("ruling"),
        needed("words", sa.Text),
        needed("author", sa.Boolean),
        needed("pictures", sa.Boolean),
        needed("exemption"),
        needed("reason", sa.Text),
        optional("ruled_by"),
        optional("ruled_at", WHEN),
        needed("version", sa.Integer),
        sa.UniqueConstraint("request_id", "record_id"),
    )
