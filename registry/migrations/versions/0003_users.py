"""Who may sign in: users, roles, second factors, sessions."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make them."""
