"""The auditor's pages: who did what, when and why."""

from __future__ import annotations

from console.routes.audit import trails
from console.routes.audit.room import room

__all__ = ["room", "trails"]
