"""Accounts that a registered account chose to follow or like and that are not known on the roster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from reports import words
from reports.document import Block, Card, Cards, Paragraph, Table, Tone
from reports.model import OutsideRelationship
from reports.sections import proof
from reports.sections.coverage import account_name
from reports.sections.tables import said_once

CARDS, ROWS = 3, 500
"""Up to so many relationships each have a card; more stand in one table. The data holds them all."""

_LINKS = {"follow": "follows", "like": "likes"}


def relationships(related: Sequence[OutsideRelationship], zone: tzinfo) -> list[Block]:
    """Cards for a few, one table for many; how they were matched is said, never as a number."""
    if len(related) <= CARDS:
        return [Cards(tuple(_card(seen, zone) for seen in related))] if related else []
    once = said_once(_table(related, zone), "Direction", "First seen", "Roster of", "Rule")
    blocks: list[Block] = [Paragraph(words.MATCHED, Tone.NOTE), *once]
    if (further := len(related) - ROWS) > 0:
        blocks.append(Paragraph(words.further(further), Tone.NOTE))
    return blocks


def _card(seen: OutsideRelationship, zone: tzinfo) -> Card:
    badge, basis = proof.judged(seen)
    chosen = "by the registered account" if seen.direction == "outbound" else "by the other side"
    facts = (
        ("Account", proof.account(seen)),
        ("Direction", f"{seen.direction}: chosen {chosen}"),
        ("First seen", words.moment(seen.first_seen_at or seen.observed_at, zone)),
        ("Roster of", words.roster_day(seen.roster_date)),
        ("Looked up", basis),
        ("Rule", f"{proof.rule(seen)}; clause {seen.clause}"),
        ("Matching", words.MATCHED),
        ("Evidence", proof.evidence(seen)),
    )
    return Card(f"@{seen.account.handle} {_link(seen)}", badge, facts)


def _table(related: Sequence[OutsideRelationship], zone: tzinfo) -> Table:
    rows = tuple(
        (
            account_name(seen.account),
            _link(seen),
            seen.direction,
            words.day(seen.first_seen_at or seen.observed_at, zone),
            words.roster_day(seen.roster_date),
            proof.rule(seen),
            proof.evidence(seen),
        )
        for seen in related[:ROWS]
    )
    columns = ("Account", "Follows or likes", "Direction", "First seen", "Roster of", "Rule", "Evidence")
    return Table(words.sentence(words.not_known(related)), columns, rows)


def _link(seen: OutsideRelationship) -> str:
    return f"{_LINKS.get(seen.kind, seen.kind)} {seen.counterpart}"
