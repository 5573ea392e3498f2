"""How to reach whoever answers for an account: the e-mail address of staff, as the roster has it."""

from __future__ import annotations

from alembic import op

from registry.migrations.columns import optional

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; the next import of a roster fills it."""
    op.add_column("person", optional("email"))
