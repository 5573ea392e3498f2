"""A request for a permission by mail: to who decides it, and what became of it to who asked. No picture is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo

from registry.moments import day, last_day
from registry.requests import APPROVED, Request
from reports import words
from reports.document import Block, Document, Link, Paragraph, Section
from reports.mail import Letter
from reports.model import AccountLabel


@dataclass(frozen=True, slots=True)
class Desk:
    """What a letter is written with: the district, its zone, its names, and where its console is (empty: not said)."""

    district: str
    zone: tzinfo
    mark: Callable[[str], str]
    account: Callable[[str], AccountLabel]
    console: str


def asked(request: Request, desk: Desk) -> Letter:
    """For the superintendent: what is asked for, and the way to the page where it is decided."""
    what = _what(request, desk)
    told = (
        Section("What is asked for", tuple(_asked_for(request, desk))),
        _where(desk, f"/superintendent/requests/{request.request_id}", "Open the request", "To decide"),
    )
    document = Document(
        over=desk.district,
        title=f"{request.request_id} waits for your decision",
        lead=f"{request.asked_name} asks for a permission: {what}.",
        facts=(f"Asked {words.moment(request.asked_at, desk.zone)}",),
        sections=told,
    )
    return Letter(f"request {request.request_id}", "asked", _line(f"To decide: {what}"), document)


def decided(request: Request, desk: Desk) -> Letter:
    """For who asked: what was decided, on which condition or why not."""
    what, approved = _what(request, desk), request.state == APPROVED
    assert request.decided_at is not None
    told = (
        Section("The decision", tuple(_decision(request))),
        Section("What was asked for", tuple(_asked_for(request, desk))),
        _where(desk, f"/staff/requests#{request.request_id}", "Open your requests", "Ask for a permission"),
    )
    document = Document(
        over=desk.district,
        title=f"{request.request_id} is {'approved' if approved else 'denied'}",
        lead=f"{what} is {'permitted' if approved else 'not permitted'}.",
        facts=(f"Decided {words.moment(request.decided_at, desk.zone)}",),
        sections=told,
    )
    return Letter(
        f"request {request.request_id}", request.state, _line(f"{words.sentence(request.state)}: {what}"), document
    )


def _what(request: Request, desk: Desk) -> str:
    """``District seal on @AFHS_Band``."""
    account = f"@{desk.account(request.account_id).handle}" if request.account_id else "every account"
    return f"{desk.mark(request.asset)} on {account}"


def _asked_for(request: Request, desk: Desk) -> Iterator[Block]:
    platform = f" on {words.PLATFORMS[desk.account(request.account_id).platform]}" if request.account_id else ""
    yield Paragraph(f"What: {_what(request, desk)}{platform}")
    yield Paragraph(f"What for: {request.purpose}")
    until = f"to {last_day(request.ends, desk.zone)}" if request.ends else "until it is revoked"
    yield Paragraph(f"When: from {day(request.starts, desk.zone)} {until}")
    yield Paragraph(f"Who asks: {request.asked_name}")
    if request.sample_sha256:
        yield Paragraph("A sample picture stands beside the request, in the console only.")


def _decision(request: Request) -> Iterator[Block]:
    if request.conditions:
        yield Paragraph(f"On the condition: {request.conditions}")
    if request.reason:
        yield Paragraph(f"Why: {request.reason}")
    if not (request.conditions or request.reason):
        yield Paragraph("No condition was made.")


def _where(desk: Desk, path: str, label: str, page: str) -> Section:
    """The way there; a mail changes nothing, whoever opens it."""
    if not desk.console:
        return Section("Where", (Paragraph(f"Open the district's console and sign in; it stands under “{page}”."),))
    told = Paragraph("The link asks who is there and shows the page. It changes nothing by itself.")
    return Section("Where", (told, Link(f"{desk.console}{path}", label)))


def _line(text: str) -> str:
    """A subject on one line."""
    return " ".join(text.split())[:200]
