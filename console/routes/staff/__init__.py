"""The staff's pages: what is kept of them, what they may ask and answer, and what they hand in."""

from __future__ import annotations

from console.routes.staff import accounts, check, deposits, observations, policy, requests
from console.routes.staff.room import room

__all__ = ["accounts", "check", "deposits", "observations", "policy", "requests", "room"]
