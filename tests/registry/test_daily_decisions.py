"""Acknowledged procedures, proofs of ownership, looks, credentials' ends, deposits, and accounts whose owner left."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from roster_kit import AT, GUARDIAN, STUDENT, TEACHER, write_roster

from records.errors import BadInput, Conflict, Refused
from records.model import Account
from registry import Registry
from registry.credentials import Credential, CredentialWarning
from registry.deposits import Deposit, DepositDraft
from registry.looks import Look
from registry.ownership import Code
from registry.procedures import MissingPerson
from registry.users import Role, UserDraft

DAY = timedelta(days=1)
LATER = AT + DAY


def test_a_new_version_of_the_procedures_asks_everybody_anew(registry: Registry, account: Account) -> None:
    assert registry.procedures.current() is None
    registry.procedures.publish("2026", "How we post", "Be kind.", "sup", AT)
    registry.procedures.acknowledge("2026", "t1", "larkin", LATER)
    assert registry.procedures.missing("2026") == []
    registry.procedures.publish("2027", "How we post", "Be kinder.", "sup", LATER)
    current = registry.procedures.current()
    assert current is not None
    assert (current.version, current.text, [p.version for p in registry.procedures.all()]) == (
        "2027", "Be kinder.", ["2027", "2026"],
    )  # fmt: skip
    assert registry.procedures.missing("2027") == [MissingPerson("t1", "Ann Larkin")]
    with pytest.raises(BadInput, match="not the current one"):
        registry.procedures.acknowledge("2026", "t1", "larkin", LATER)
    with pytest.raises(BadInput, match="published already"):
        registry.procedures.publish("2027", "Again", "Words", "sup", LATER)


def test_reading_twice_is_one_acknowledgement(registry: Registry) -> None:
    registry.procedures.publish("2026", "How we post", "Be kind.", "sup", AT)
    for at in (AT, LATER):
        registry.procedures.acknowledge("2026", "t1", "larkin", at)
    assert registry.procedures.acknowledged("2026") == {"t1": AT}
    assert [e.action for e in registry.outbox()] == ["procedures.published", "procedures.acknowledged"]


def test_staff_who_may_sign_in_have_to_acknowledge_too(registry: Registry) -> None:
    registry.procedures.publish("2026", "How we post", "Be kind.", "sup", AT)
    assert registry.procedures.missing("2026") == []
    registry.users.add(UserDraft("larkin", "Ann", frozenset({Role.STAFF}), person_id="t1"), "it", AT)
    assert registry.procedures.missing("2026") == [MissingPerson("t1", "Ann Larkin")]


def test_a_code_in_the_bio_proves_ownership_for_a_year_and_counts_once(registry: Registry, account: Account) -> None:
    code = registry.ownership.issue("@larkinbiology", "it", AT)
    assert (
        code == Code("x:1845", code.code, AT + DAY) == registry.ownership.code("x:1845", LATER - timedelta(seconds=1))
    )
    with pytest.raises(BadInput, match="does not show hallpass-"):
        registry.ownership.confirm("x:1845", "it", AT, bio="We love cells")
    proven = registry.ownership.confirm("x:1845", "it", AT, bio=f"We love cells {code.code.upper()}")
    assert (proven.consent_verified_at, proven.consent_expires_at) == (AT, AT + 365 * DAY)
    with pytest.raises(BadInput, match="No code for @LarkinBiology is in force"):
        registry.ownership.confirm("x:1845", "it", AT, bio=code.code)
    assert [e.action for e in registry.outbox()][-2:] == ["ownership.code_issued", "account.verified"]


def test_a_code_ends_after_a_day_and_a_new_one_takes_its_place(registry: Registry, account: Account) -> None:
    first = registry.ownership.issue("x:1845", "it", AT)
    assert registry.ownership.code("x:1845", LATER) is None
    with pytest.raises(BadInput, match="is in force"):
        registry.ownership.confirm("x:1845", "it", LATER, bio=first.code)
    second = registry.ownership.issue("x:1845", "it", LATER)
    with pytest.raises(BadInput, match="does not show"):
        registry.ownership.confirm("x:1845", "it", LATER, bio=first.code)
    assert registry.ownership.confirm("x:1845", "it", LATER, bio=second.code).consent_verified_at == LATER


def test_a_sign_in_on_the_platform_proves_its_own_account_only(registry: Registry, account: Account) -> None:
    with pytest.raises(Refused, match="signed in there does not hold @LarkinBiology"):
        registry.ownership.confirm("x:1845", "it", AT, held=["99"])
    assert registry.ownership.confirm("x:1845", "it", AT, held=["7", "1845"]).consent_in_force(AT)


def test_opening_an_identity_needs_a_reason_and_is_in_the_ledger(registry: Registry) -> None:
    with pytest.raises(Refused, match="for a reason only"):
        registry.looks.look("ann", AT, "identity", "x:77", "x:1845", " ")
    opened = registry.looks.look("ann", AT, "identity", "x:77", "x:1845", " a parent complained ")
    assert opened == Look("ann", AT, "identity", "x:77", "x:1845", "a parent complained")
    assert [(e.action, e.subject, e.reason) for e in registry.outbox()] == [
        ("identity.opened", "x:77", "a parent complained")
    ]
    assert (registry.looks.identities_opened(), registry.looks.identities_opened(LATER)) == (1, 0)


def test_looks_are_found_by_account_and_by_what_was_looked_at(registry: Registry) -> None:
    first = registry.looks.look("ann", AT, "observation", "a", "x:1845")
    second = registry.looks.look("bob", LATER, "post", "x:post:1", "x:1845")
    registry.looks.look("bob", LATER, "report", "2026-W40")
    assert registry.looks.by_account("x:1845") == [second, first]
    assert registry.looks.of("observation", "a") == [first]
    assert registry.outbox() == []
    with pytest.raises(BadInput, match="'grade' is nothing that is looked at"):
        registry.looks.look("ann", AT, "grade", "a")


def test_a_credential_warns_at_fourteen_seven_and_one_days_and_after_its_end(registry: Registry) -> None:
    registry.credentials.note("hallpass_x", AT, AT, "collect")
    (known,) = registry.credentials.all()
    assert known == Credential("hallpass_x", AT, AT)
    days = {before: registry.credentials.warnings(AT - before * DAY) for before in (15, 14, 7, 6, 1, 0, -3)}
    expected = {15: None, 14: 14, 7: 7, 6: 7, 1: 1, 0: 0, -3: 0}
    assert days == {b: [] if d is None else [CredentialWarning(known, d)] for b, d in expected.items()}


def test_an_end_that_is_noted_again_leaves_one_event(registry: Registry) -> None:
    for at in (AT, LATER):
        registry.credentials.note("hallpass_x", AT + 60 * DAY, at, "collect")
    assert registry.credentials.all() == [Credential("hallpass_x", AT + 60 * DAY, LATER)]
    assert [e.action for e in registry.outbox()] == ["credential.noted"]


def test_a_deposit_has_a_receipt_that_says_where_it_stands(registry: Registry) -> None:
    draft = DepositDraft("export.zip", 12, "a" * 64, "my page", "20260907-b1", 1)
    deposit = registry.deposits.record(draft, "larkin", AT)
    assert deposit == Deposit("D1", "larkin", AT, "export.zip", 12, "a" * 64, "my page", "20260907-b1", 1)
    assert registry.deposits.get("D1") == deposit == registry.deposits.record(draft, "larkin", LATER)
    assert (registry.deposits.of("larkin"), registry.deposits.of("bob")) == ([deposit], [])
    (event,) = registry.outbox()
    assert event.data == {"sha256": "a" * 64, "size": "12", "batch": "20260907-b1", "line": "1"}
    with pytest.raises(BadInput, match="is no SHA-256"):
        registry.deposits.record(DepositDraft("x", 1, "zz", "", "b", 1), "larkin", AT)


@pytest.fixture
def left(registry: Registry, account: Account, tmp_path: Path) -> str:
    """The teacher has left the roster; the account is still collected."""
    registry.import_roster(write_roster(tmp_path / "gone.zip", [STUDENT, GUARDIAN]), "it", LATER)
    return account.account_id


def test_a_proposal_that_is_accepted_stops_the_account(registry: Registry, left: str) -> None:
    with pytest.raises(BadInput, match="needs its reason"):
        registry.proposals.accept(left, "it", LATER, " ")
    registry.proposals.accept(left, "it", LATER, "left the district")
    assert (registry.accounts(), registry.proposals.all()) == ([], [])
    with pytest.raises(Conflict, match="not proposed any more"):
        registry.proposals.keep(left, "it", LATER, "a successor comes")


def test_a_proposal_that_is_kept_is_silent_until_the_owner_leaves_again(
    registry: Registry, left: str, tmp_path: Path
) -> None:
    registry.proposals.keep(left, "it", LATER, "a successor comes")
    assert (registry.proposals.all(), [a.account_id for a in registry.accounts()]) == ([], [left])
    assert registry.outbox()[-1].action == "account.kept"
    registry.import_roster(write_roster(tmp_path / "back.zip", [TEACHER]), "it", LATER + DAY)
    registry.import_roster(write_roster(tmp_path / "again.zip", [STUDENT]), "it", LATER + 2 * DAY)
    assert [p.left_at for p in registry.proposals.all()] == [LATER + 2 * DAY]
