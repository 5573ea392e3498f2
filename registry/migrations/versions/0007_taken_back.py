"""An accepted organisation can be taken back; who recorded a handle; from where a browser set out to a provider."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from registry.migrations.columns import WHEN, optional

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the columns; what was accepted stays so."""
    op.add_column("accepted_organisation", optional("taken_back_at", WHEN))
    op.add_column("accepted_organisation", optional("taken_back_by"))
    op.add_column("accepted_organisation", optional("taken_back_why", sa.Text))
    op.add_column("account_handle", optional("by"))
    op.add_column("oauth_trip", optional("address"))
