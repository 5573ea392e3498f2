"""What the migrations write columns with."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

NAME = sa.String(255)
WHEN = sa.DateTime(timezone=True)


def needed(name: str, kind: Any = NAME, **options: Any) -> sa.Column[Any]:
    """A column that always has a value."""
    return sa.Column(name, kind, nullable=False, **options)


def optional(name: str, kind: Any = NAME) -> sa.Column[Any]:
    """A column that may be NULL."""
    return sa.Column(name, kind, nullable=True)


def key(name: str, kind: Any = NAME, **options: Any) -> sa.Column[Any]:
    """A column of the primary key."""
    return sa.Column(name, kind, primary_key=True, **options)


def reference(name: str, target: str, kind: Any = NAME, **options: Any) -> sa.Column[Any]:
    """A column that refers to ``target``, a table and its column."""
    return sa.Column(name, kind, sa.ForeignKey(target), **{"nullable": False, **options})
