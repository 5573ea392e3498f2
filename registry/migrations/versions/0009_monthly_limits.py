"""What a platform may cost in a month, as IT has decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.migrations.columns import WHEN, key, needed

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table; without a row, the district's settings go on to say it."""
    op.create_table(
        "monthly_limit",
        key("platform"),
        needed("cents", sa.Integer),
        needed("set_by"),
        needed("set_at", WHEN),
        needed("why", sa.Text),
        needed("version", sa.Integer),
    )
