"""The report as a document: sections and blocks of plain text, numbers and pictures.

Every rendering walks the same document, so all say the same. Text is plain text: whatever a post
holds, a rendering must show it as it stands and never read it as markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How a paragraph is set."""

    LEAD = "lead"
    BODY = "body"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    tone: Tone = Tone.BODY


@dataclass(frozen=True, slots=True)
class Tile:
    """One number that is understood at once; ``alert`` where somebody has to act on it."""

    value: str
    label: str
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Tiles:
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """``columns`` are the headings; those in ``numeric`` hold numbers. The first column names its row."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file's bytes (``image/jpeg``, ``image/png`` or ``image/svg+xml``) and what it shows, in words."""

    content: bytes
    media_type: str
    alt: str


@dataclass(frozen=True, slots=True)
class Card:
    """One observation: pictures with their captions on the left, facts by name on the right."""

    title: str
    badge: str
    facts: tuple[tuple[str, str], ...]
    quote: str = ""
    pictures: tuple[tuple[Picture, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Cards:
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, the sentence that says what it shows, and its numbers; ``phone`` is drawn for a narrow screen."""

    picture: Picture
    phone: Picture
    sentence: str
    table: Table


@dataclass(frozen=True, slots=True)
class Terms:
    """Words and what they mean here."""

    terms: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Where to read on; only a mail has one."""

    address: str
    label: str = "Open the report"


Block = Link | Paragraph | Tiles | Table | Cards | Chart | Terms


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with blocks, and under them its own sections one level deeper.

    On paper, one that is ``alone`` shares its page with the title only, and names what follows by page.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """``over`` stands above the title; ``facts`` below it say what the document is about and as of when."""

    over: str
    title: str
    lead: str
    facts: tuple[str, ...]
    sections: tuple[Section, ...]
    language: str = "en-GB"
