"""The superintendent's pages: requests, permissions, the calendar, accepted organisations."""

from __future__ import annotations

from console.routes.superintendent import decisions, giving, organisations, overview
from console.routes.superintendent.room import room

__all__ = ["decisions", "giving", "organisations", "overview", "room"]
