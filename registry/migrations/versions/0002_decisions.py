"""What people decide in the console: reviews, requests, acknowledgements, proofs, looks."""

from __future__ import annotations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make them."""
