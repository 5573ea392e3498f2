"""A document as plain text, for the text part of a mail: 78 columns, no markup."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from reports.document import Block, Cards, Chart, Document, Link, Paragraph, Section, Table, Terms, Tiles

WIDTH = 78


def render(document: Document) -> str:
    """The document's words and numbers; pictures are left out."""
    head = [document.over, document.title, "=" * min(WIDTH, len(document.title)), "", *wrap(document.lead, WIDTH), ""]
    lines = [*head, *document.facts]
    for section in document.sections:
        lines += _section(section, "-")
    return "\n".join(lines) + "\n"


def _section(section: Section, rule: str) -> Iterator[str]:
    yield from ("", section.title, rule * min(WIDTH, len(section.title)))
    for block in section.blocks:
        yield from _block(block)
        yield ""
    for inner in section.sections:
        yield from _section(inner, ".")


def _block(block: Block) -> Iterator[str]:
    match block:
        case Link(address=address):
            yield address
        case Paragraph(text=text):
            yield from wrap(text, WIDTH)
        case Tiles(tiles=tiles):
            yield from (f"{tile.value:>12}  {tile.label}" for tile in tiles)
        case Table():
            yield from _table(block)
        case Cards(cards=cards):
            yield from (line for card in cards for line in wrap(f"* {card.title}: {card.badge}", WIDTH))
        case Chart(sentence=sentence):
            yield from wrap(sentence, WIDTH)
        case Terms(terms=terms):
            yield from (line for term, meaning in terms for line in wrap(f"{term}: {meaning}", WIDTH))


def _table(table: Table) -> Iterator[str]:
    """Each row as lines of ``column: cell``, because columns do not survive a narrow window; numbers share a line."""
    yield f"{table.caption}:"
    only_numbers = len(table.numeric) == len(table.columns) - 1
    for first, *rest in table.rows:
        if only_numbers:
            told = ", ".join(f"{name.lower()} {cell}" for name, cell in zip(table.columns[1:], rest, strict=True))
            yield from wrap(f"* {first}: {told}", WIDTH, subsequent_indent="  ")
            continue
        yield from wrap(f"* {first}", WIDTH)
        for name, cell in zip(table.columns[1:], rest, strict=True):
            yield from wrap(f"{name}: {cell}", WIDTH, initial_indent="    ", subsequent_indent="      ")
