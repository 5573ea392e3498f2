"""Whom reports are sent to, and the days on which the district is closed."""

from __future__ import annotations

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make them."""
