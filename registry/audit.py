"""Who did what, when and why, for whoever audits: what was decided, what was looked at, who came in or was denied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from registry.database import Database
from registry.looks import IDENTITY
from registry.models import AccessRow, LookRow, OutboxEvent

DECISIONS, NAMES, LOOKS, ACCESS = KINDS = ("decisions", "names", "looks", "access")
"""What there is to read. Names are looks too, with a reason: identities that somebody opened."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody (a login, or the name of a part of hallpass) did; ``more`` are further facts of it."""

    at: datetime
    by: str
    what: str
    subject: str
    reason: str
    allowed: bool = True
    more: Mapping[str, str] = field(default_factory=dict)


class Audit:
    """The trails of one registry, each newest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, kind: str, by: str = "", number: int = 1, size: int = 50) -> tuple[list[Entry], bool]:
        """A page of ``size`` entries of a kind, of one login where ``by`` names it; whether an earlier one follows."""
        trails: dict[str, tuple[Select[Any], Callable[[Any], Entry]]] = {
            DECISIONS: (_decisions(by), _decision),
            NAMES: (_looks(by, names=True), _look),
            LOOKS: (_looks(by, names=False), _look),
            ACCESS: (_accesses(by), _access),
        }
        query, entry = trails[kind]
        with self._database.read() as session:
            rows = list(session.scalars(query.offset((number - 1) * size).limit(size + 1)))
        return [entry(row) for row in rows[:size]], len(rows) > size


def _decisions(by: str) -> Select[Any]:
    query = select(OutboxEvent).order_by(OutboxEvent.seq.desc())
    return query.where(OutboxEvent.by == by) if by else query


def _looks(by: str, names: bool) -> Select[Any]:
    query = select(LookRow).order_by(LookRow.id.desc())
    query = query.where(LookRow.what == IDENTITY if names else LookRow.what != IDENTITY)
    return query.where(LookRow.by == by) if by else query


def _accesses(by: str) -> Select[Any]:
    query = select(AccessRow).order_by(AccessRow.id.desc())
    return query.where(AccessRow.login == by) if by else query


def _decision(row: OutboxEvent) -> Entry:
    return Entry(row.at, row.by, row.action, row.subject, row.reason, more=row.data)


def _look(row: LookRow) -> Entry:
    return Entry(row.at, row.by, row.what, row.subject, row.reason)


def _access(row: AccessRow) -> Entry:
    return Entry(row.at, row.login, row.kind, row.what, row.reason, row.allowed, {"address": row.address})
