"""How to read the report: the words, the method, and what it stands on."""

from __future__ import annotations

import base64

from reports import words
from reports.document import Paragraph, Section, Table, Terms
from reports.model import WeeklyReport


def method(report: WeeklyReport) -> Section:
    """Glossary, and how the numbers were made."""
    return Section(
        "How to read this report",
        (Terms(words.GLOSSARY),),
        (Section("Method", _paragraphs(report)), Section("What this report stands on", (_proof(report),))),
    )


def _paragraphs(report: WeeklyReport) -> tuple[Paragraph, ...]:
    zone, week = report.week.zone, report.week
    return (
        Paragraph(
            f"The week runs from {words.moment(week.start, zone)} to {words.moment(week.end, zone)}. New is what was "
            f"found from {words.moment(week.reads_from, zone)} to {words.moment(week.reads_to, zone)}, so that the "
            "run on the Monday morning after the week belongs to it and nothing is news twice."
        ),
        Paragraph(
            "Only registered accounts are collected, and only with a consent in force. A use of a mark is held "
            "against the permission that was in force when it was posted. A relationship is matched exactly by the "
            "platform's id or handle against the roster; most families have no handle on it, so not known is common."
        ),
        Paragraph(_looked(report.detectors)),
        Paragraph(
            "Texts are quoted in part; the archive holds them whole, with the platform's own answers as evidence. "
            "Students and families appear as classes and counts, never by name."
        ),
    )


def _proof(report: WeeklyReport) -> Table:
    """When it was asked, how far it could know, and the signed state of all evidence then."""
    zone, ledger = report.week.zone, report.ledger
    root = base64.b64encode(bytes.fromhex(ledger.root)).decode() if ledger else ""  # as its signed note writes it
    signed = f"{words.counted(ledger.size, 'batch', 'batches')}, root {root}" if ledger else "nothing was signed"
    rows = (
        ("Asked", words.moment(report.made_at, zone)),
        ("Newest check that it read", words.moment(report.data_at, zone)),
        ("Ledger checkpoint", signed),
        ("Its own record", "Landed with its data's SHA-256; the first report of a week stays as it is"),
    )
    return Table("Where the numbers come from", ("What", "As of"), rows)


def _looked(versions: tuple[str, ...]) -> str:
    if not versions:
        return "No picture has been looked at yet."
    by = f"{words.noun(len(versions), 'version')} {words.listed(versions)}"
    return f"Pictures were looked at by the logo detector, {by}. Marks under 32 pixels are not found."
