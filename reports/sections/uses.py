"""Uses of a district mark or photograph: each with the picture, the mark and what the registry answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from reports import pictures, words
from reports.document import Block, Card, Cards, Paragraph, Picture, Table, Tone
from reports.model import LogoUse
from reports.sections import proof
from reports.sections.coverage import account_name

CARDS, ROWS = 40, 500
"""Uses of a clause that are shown as cards, and as rows of a table after them; the data holds them all."""


def logo_uses(uses: Sequence[LogoUse], zone: tzinfo) -> list[Block]:
    """The surest as cards, the rest in a table."""
    blocks: list[Block] = [Cards(tuple(_card(use, zone) for use in uses[:CARDS]))] if uses else []
    if rest := uses[CARDS:]:
        blocks.append(_table(rest[:ROWS], zone))
    if (further := len(uses) - CARDS - ROWS) > 0:
        blocks.append(Paragraph(words.further(further), Tone.NOTE))
    return blocks


def _card(use: LogoUse, zone: tzinfo) -> Card:
    badge, basis = proof.judged(use)
    facts = (
        ("Account", proof.account(use)),
        ("Posted", words.moment(use.posted_at, zone)),
        ("Permission", basis),
        ("Rule", f"{proof.rule(use)}; clause {use.clause}"),
        ("Confidence", words.sureness(use.confidence)),
        ("Evidence", proof.evidence(use)),
    )
    return Card(f"{use.mark_title} in a picture", badge, facts, words.excerpt(use.text), _pictures(use))


def _pictures(use: LogoUse) -> tuple[tuple[Picture, str], ...]:
    found = []
    if use.picture and (content := pictures.evidence(use.picture, use.box)):
        where = " with a box around the mark" if use.box else ""
        alt = f"Picture posted by @{use.account.handle}{where}: {use.mark_title}"
        found.append((Picture(content, "image/jpeg", alt), "As posted, the mark boxed" if use.box else "As posted"))
    if use.mark_picture and (content := pictures.mark(use.mark_picture)):
        found.append((Picture(content, "image/png", f"Reference mark: {use.mark_title}"), "The reference mark"))
    return tuple(found)


def _table(rest: Sequence[LogoUse], zone: tzinfo) -> Table:
    rows = tuple(
        (
            account_name(use.account),
            use.mark_title,
            words.moment(use.posted_at, zone),
            proof.judged(use)[0],
            words.sureness(use.confidence),
        )
        for use in rest
    )
    columns = ("Account", "What", "When", "Registry", "Confidence")
    return Table(f"{words.counted(len(rows), 'more observation')} under clause {rest[0].clause}", columns, rows)
