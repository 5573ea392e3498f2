"""The paper: tagged, titled, in words that every reader's software finds, and the same as the page."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import page
import pikepdf
import pypdfium2
import pytest
from report_scene import Scene, account, during, photograph

from reports import html, pdf
from reports.compose import compose
from reports.document import Card, Cards, Chart, Paragraph, Section, Table, Tiles
from reports.fonts import displayable
from reports.model import WeeklyReport


@pytest.fixture(scope="module")
def paper(busy_report: WeeklyReport) -> bytes:
    return pdf.render(busy_report)


def pages_of(paper: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(paper)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def words_of(paper: bytes) -> str:
    """All text on the pages, white space made single."""
    return " ".join(" ".join(pages_of(paper)).replace("\ufffe", "").split())


def elements(paper: bytes) -> Iterator[Any]:
    """The structure tree's elements, in reading order."""

    def walk(node: Any) -> Iterator[Any]:
        if isinstance(node, pikepdf.Array):
            for child in node:
                yield from walk(child)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                yield node
            if "/K" in node:
                yield from walk(node.K)

    with pikepdf.open(io.BytesIO(paper)) as document:
        yield from walk(document.Root.StructTreeRoot.K)


def test_the_pdf_says_what_it_is_in_which_language_and_that_it_is_accessible(paper: bytes) -> None:
    with pikepdf.open(io.BytesIO(paper)) as document:
        metadata = document.open_metadata()
        assert metadata["dc:title"] == "Week 42: 12–18 October 2026 · Mill Creek Public Schools"
        assert (metadata["pdfuaid:part"], metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("1", "2", "A")
        assert str(document.Root.Lang) == "en-GB"
        assert bool(document.Root.MarkInfo.Marked)
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)


def declaring_only(paper: bytes, standard: str) -> bytes:
    """The file with the other standard's declaration blanked in place: the checker takes one at a time."""
    other = {"ua": b"pdfaid", "a": b"pdfuaid"}[standard]
    return re.sub(rb"<%b:(\w+)>.*?</%b:\1>" % (other, other), lambda found: b" " * len(found[0]), paper)


@pytest.mark.parametrize("standard", ["ua", "a"])
@pytest.mark.parametrize("which", ["busy_report", "quiet_report", "broken_report"])
def test_an_independent_checker_finds_no_fault(which: str, standard: str, request: pytest.FixtureRequest) -> None:
    found = page.validate_pdf_bytes(declaring_only(pdf.render(request.getfixturevalue(which)), standard))
    # A stream whose last byte is a carriage return is taken for one that is a byte too long.
    faults = [(f.rule_id, f.message) for f in found.failures if f.rule_id != "PDFA2A-STREAM-LENGTH-001"]
    assert faults == []


def test_headings_tables_and_pictures_are_tagged(paper: bytes, busy_report: WeeklyReport) -> None:
    kinds = [str(element.S) for element in elements(paper)]
    found = list(blocks(compose(busy_report).sections))
    tables = [block for block in found if isinstance(block, Table)]
    drawings = [block.table for block in found if isinstance(block, Chart)]  # their numbers run from left to right
    assert kinds.count("/H1") == len(compose(busy_report).sections)
    assert (kinds.count("/Table"), kinds.count("/Caption")) == (len(tables) + len(drawings), len(tables))
    assert kinds.count("/TH") == sum(len(t.columns) for t in tables) + sum(1 + len(t.rows) for t in drawings)
    levels = [int(kind[2]) for kind in kinds if re.fullmatch("/H[1-6]", kind)]
    assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False))


def test_every_picture_is_described_and_every_font_is_inside(paper: bytes) -> None:
    alts = [str(e.get("/Alt", "")) for e in elements(paper) if str(e.S) == "/Figure"]
    assert all(alts)
    assert "Reference mark: District seal" in alts
    with pikepdf.open(io.BytesIO(paper)) as document:
        descriptors = [o for o in document.objects if isinstance(o, pikepdf.Dictionary) and "/FontName" in o]
        assert descriptors
        assert all("/FontFile2" in font or "/FontFile3" in font for font in descriptors)


def blocks(sections: tuple[Section, ...]) -> Iterator[object]:
    for section in sections:
        yield from section.blocks
        yield from blocks(section.sections)


@pytest.mark.parametrize("which", ["busy_report", "quiet_report", "broken_report"])
def test_the_same_numbers_stand_on_paper_and_on_the_page(which: str, request: pytest.FixtureRequest) -> None:
    report: WeeklyReport = request.getfixturevalue(which)
    page, printed = html.render(report), words_of(pdf.render(report))
    document = compose(report)
    found = [block.table if isinstance(block, Chart) else block for block in blocks(document.sections)]
    cells = [cell for block in found if isinstance(block, Table) for row in block.rows for cell in row]
    tiles = [text for block in found if isinstance(block, Tiles) for t in block.tiles for text in (t.value, t.label)]
    for text in [document.lead, *document.facts, *cells, *tiles]:
        assert "".join(displayable(text).split()) in "".join(printed.split()), text
        assert text.replace("'", "&#39;").replace("`", "`") in page, text


@pytest.mark.parametrize("lines", range(20, 30, 2))
def test_a_clause_begins_on_the_page_of_its_first_card(busy_report: WeeklyReport, lines: int) -> None:
    facts = tuple((f"Fact {n}", "told") for n in range(12))
    clause = Section("Clause heading", (Paragraph("What it says"), Cards((Card("Card title", "Badge", facts),))))
    filler = Section("Before", tuple(Paragraph(f"Line {n}") for n in range(lines)))
    document = replace(compose(busy_report), sections=(filler, clause))
    starts = [text for text in pages_of(pdf.printed(document, busy_report.made_at)) if "Clause heading" in text]
    assert ["What it says" in text and "Card title" in text for text in starts] == [True]


def test_the_same_report_gives_the_same_bytes(quiet_report: WeeklyReport) -> None:
    assert pdf.render(quiet_report) == pdf.render(quiet_report)


def test_a_post_cannot_write_into_the_paper(scene: Scene) -> None:
    hostile = '#panic("no") #text(red)[x] $ x^2 $ */ " ) ] = Heading <label> @reference \\u{41} #sys.inputs'
    someone = account(1)
    scene.office.register(someone)
    post = scene.posted(someone, 1, hostile, during(1), photograph())
    scene.marked(someone, post, photograph(), "no_permission")
    assert "".join(hostile.split()) in "".join(words_of(pdf.render(scene.report())).split())


def test_every_script_and_emoji_is_set_without_a_missing_glyph(scene: Scene) -> None:
    greetings = (
        "Привет Γειά Բարեւ გამარჯობა مرحبا שלום नमस्ते নমস্কার ਸਤਿ નમસ્તે ನಮಸ್ಕಾರ നമസ്കാരം ନମସ୍କାର ආයුබෝවන් வணக்கம் నమస్తే "
        "สวัสดี ສະບາຍດີ សួស្តី မင်္ဂလာပါ ሰላም 你好 こんにちは 안녕 🎉👨‍👩‍👧👩🏽‍⚕️🇺🇸❤️ \x07\ue000"
    )
    someone = account(1)
    scene.office.register(someone)
    post = scene.posted(someone, 1, greetings, during(1), photograph())
    scene.marked(someone, post, photograph(), "no_permission")
    paper = pdf.render(scene.report())
    printed = words_of(paper).replace(" ", "")
    for word in ("Привет", "Γειά", "Բարեւ", "გამარჯობა", "你好", "こんにちは", "안녕", "ሰላም", "🎉👨‍👩‍👧👩‍⚕🇺🇸❤"):
        assert word in printed
