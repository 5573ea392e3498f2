"""Retention: series, legal holds, proposals of disposition and their permissions."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make them."""
