"""What tests of disposition share: an old post, a rule that lets it go, and disposals that are signed for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from archive_kit import NOW, parse, post

from records.model import Disposal, Evidence, Post
from records.own import to_envelope
from records.retention import RetentionRule, Series, Trigger
from warehouse.landing import Landing
from warehouse.ledger import Ledger
from warehouse.load import load
from warehouse.note import new_signer
from warehouse.retention import SOURCE, Law, Plan, plan

SIGNER = new_signer("melrose.example/hallpass")
OLD = datetime(2015, 3, 4, 12, tzinfo=UTC)
POSTS = {Series.POSTS: RetentionRule(Series.POSTS, 84, Trigger.CREATED, "A1-2", "the committee")}
LAW = Law(POSTS, (), NOW)


def old(number: int, text: str = "long ago", **more: Any) -> Post:
    return post(number, text, created_at=OLD, **more)


def settle(folder: Path) -> None:
    load(folder, parse, NOW)
    Ledger(folder).record(SIGNER)


def planned_for(folder: Path, law: Law = LAW) -> Plan:
    return plan(folder, parse, law, processes=1)


def disposals_of(of: Plan, permission: str = "12-345") -> list[Disposal]:
    common = ("D1", permission, "ab" * 32, NOW)
    dropped = [Disposal(*common, Evidence(p.batch_id, p.line), p.commitment) for p in of.lines]
    return dropped + [Disposal(*common, media_sha256=sha256) for sha256 in of.media]


def announced(folder: Path, of: Plan) -> list[Disposal]:
    """The plan's disposals, landed and signed for."""
    every = disposals_of(of)
    Landing(folder).land(SOURCE, [to_envelope(each, NOW) for each in every], NOW)
    settle(folder)
    return every
