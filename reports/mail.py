"""The report by mail: counts and links, no pictures, no name of a child or of anybody else in a post."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from reports import text, words
from reports.compose import digest, notice, one_page_digest, school_digest
from reports.document import Document
from reports.html import mail_page
from reports.later import changed
from reports.model import WeeklyReport
from reports.parts import school_part

ID_CHARS = 40


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, whoever gets it. ``about`` names the report or incident, ``edition`` which version of it."""

    about: str
    edition: str
    subject: str
    document: Document


def weekly(report: WeeklyReport, link: str) -> Letter:
    """The week for the communications office."""
    return Letter(_about(report), "week", _subject(report), digest(report, link))


def one_page(report: WeeklyReport, link: str) -> Letter:
    """The week for the superintendent."""
    return Letter(_about(report), "one page", _subject(report), one_page_digest(report, link))


def school(report: WeeklyReport, title: str, console: str) -> Letter | None:
    """The week of the school ``title``; None where it has nothing that its office does not know already.

    Raises
    ------
    BadInput : no registered account belongs to that school.
    """
    part = school_part(report, title)
    news = part.observations() or part.changes.edits or part.changes.removals
    unseen = part.coverage.captured < len(part.coverage.accounts)
    if not (news or unseen):
        return None
    return Letter(_about(report), f"school {title}", _subject(part), school_digest(part, console))


def worth_sending(report: WeeklyReport) -> bool:
    """A week's first report always is, a quiet one too; a later one only where something changed since."""
    return report.since is None or changed(report, report.since)


def trouble(district: str, about: str, began: Sequence[str], over: Sequence[str], link: str | None, at: str) -> Letter:
    """Word at once: what cuts the district off, and what is over; each is one line without a person's name."""
    parts = [words.counted(len(began), "thing needs IT", "things need IT")] if began else []
    parts += [f"{len(over):,} over"] if over else []
    return Letter(about, "notice", words.sentence(", ".join(parts)), notice(district, at, began, over, link))


def message_id(letter: Letter, sender: str, address: str) -> str:
    """The same for the same report and recipient, so that a mail sent twice is known for one (RFC 5322, 3.6.4)."""
    named = "\n".join((letter.about, letter.edition, address.lower()))
    return f"<{hashlib.sha256(named.encode()).hexdigest()[:ID_CHARS]}@{sender.rpartition('@')[2]}>"


def message(letter: Letter, sender: str, address: str, at: datetime) -> EmailMessage:
    """``letter`` as text and HTML to one address."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = letter.subject
    mail["From"], mail["To"] = sender, address
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id(letter, sender, address)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text.render(letter.document))
    mail.add_alternative(mail_page(letter.document), subtype="html")
    return mail


def _about(report: WeeklyReport) -> str:
    later = f" as of {report.made_at:%Y-%m-%dT%H:%M:%SZ}" if report.since else ""
    return f"week {report.week.name}{later}"


def _subject(report: WeeklyReport) -> str:
    """``Week 42: 6 to look at, 22 of 24 accounts seen``; a quiet week says so."""
    new = len(report.observations())
    coverage = report.coverage
    seen = f"{coverage.captured:,} of {words.counted(len(coverage.accounts), 'account')} seen"
    what = f"{new:,} to look at" if new else "all quiet"
    again = "Changed since: " if report.since else ""
    whose = f", {report.school}" if report.school else ""
    return f"{again}Week {report.week.number}{whose}: {what}, {seen}"
