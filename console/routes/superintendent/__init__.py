"""The superintendent's pages: requests, permissions, the calendar, accepted organisations."""

from __future__ import annotations

from console.routes.superintendent import decisions, organisations, overview
from console.routes.superintendent.room import room

__all__ = ["decisions", "organisations", "overview", "room"]
