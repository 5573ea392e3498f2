"""Who did what, when and why, as an auditor reads it: on each database, newest first, a page at a time."""

from __future__ import annotations

from datetime import timedelta

from roster_kit import AT

from records.model import Account
from registry import Registry
from registry.access_log import Access
from registry.audit import ACCESS, DECISIONS, LOOKS, NAMES, Entry

LATER = AT + timedelta(hours=1)


def test_decisions_are_read_newest_first_whether_they_are_landed_or_not(registry: Registry, account: Account) -> None:
    registry.landed(event.event_id for event in registry.outbox())
    registry.deactivate_account(account.account_id, "boss", LATER, "closed by its owner")
    (newest, earlier), more = registry.audit.page(DECISIONS, size=2)
    assert (newest, more) == (
        Entry(LATER, "boss", "account.deactivated", account.account_id, "closed by its owner"),
        True,
    )
    assert (earlier.by, earlier.what, earlier.more["handle"]) == ("it", "account.registered", "LarkinBiology")
    assert registry.audit.page(DECISIONS, by="boss") == ([newest], False)
    (last,), more = registry.audit.page(DECISIONS, number=2, size=2)
    assert (last.what, more) == ("roster.imported", False)


def test_names_that_were_opened_stand_apart_from_other_looks(registry: Registry, account: Account) -> None:
    registry.looks.look("noor", AT, "post", "x:post:1", account.account_id)
    registry.looks.look("noor", LATER, "identity", "x:post:1", account.account_id, reason="A parent asked")
    assert registry.audit.page(NAMES) == ([Entry(LATER, "noor", "identity", "x:post:1", "A parent asked")], False)
    assert registry.audit.page(LOOKS) == ([Entry(AT, "noor", "post", "x:post:1", "")], False)
    assert registry.audit.page(LOOKS, by="rae") == ([], False)


def test_a_denial_keeps_its_reason_and_from_where_it_came(registry: Registry) -> None:
    denied = Access(AT, "denied", "lee", 7, "10.0.0.9", False, "GET /it", "only for IT")
    registry.sessions.note_denied(denied)
    entry = Entry(AT, "lee", "denied", "GET /it", "only for IT", False, {"address": "10.0.0.9"})
    assert registry.audit.page(ACCESS) == ([entry], False)
