"""Registering, verifying and deactivating accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from roster_kit import AT, PEOPLE, TEACHER, write_roster

from records.errors import BadInput, Conflict
from records.model import Account, Platform
from registry import AccountDraft, RegisteredAccount, Registry
from registry.directory import Handle
from registry.values import AccountChange

LATER = AT + timedelta(days=30)
HEADER = (
    "platform,platform_id,handle,owner,school,purpose,credential,registered_at,consent_verified_at,consent_expires_at\n"
)
ROW = "x,1845,LarkinBiology,t1,high,Biology news,hallpass_x,2026-08-17T00:00:00Z,2026-08-18,2027-08-31\n"
OTHER = "facebook,77,larkinbio,t1,high,Biology news,hallpass_facebook_77,2026-08-17T00:00:00Z,,\n"


def events(registry: Registry) -> list[tuple[str, str, str, str]]:
    return [(e.action, e.subject, e.by, e.reason) for e in registry.outbox()]


def csv_file(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "accounts.csv"
    path.write_text(HEADER + "".join(rows))
    return path


def test_a_registered_account_is_listed_without_consent(registry: Registry, draft: AccountDraft) -> None:
    account = registry.add_account(draft, "it", AT, "asked for")
    expected = Account(
        account_id="x:1845",
        platform=Platform.X,
        platform_id="1845",
        handle="LarkinBiology",
        owner_id="t1",
        school="high",
        purpose="Biology news",
        credential="hallpass_x",
        registered_at=AT,
        consent_verified_at=None,
        consent_expires_at=None,
    )
    assert account == expected
    assert registry.accounts() == [expected]
    assert not expected.consent_in_force(AT)
    assert registry.registered() == [RegisteredAccount(expected, "active", "Ann Larkin", "High School")]
    assert events(registry) == [("account.registered", "x:1845", "it", "asked for")]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"platform": "myspace"}, "'myspace' is not a platform that can be collected. Use one of x, facebook."),
        ({"platform_id": "@larkin"}, "'@larkin' is not a platform id of x"),
        ({"platform_id": ""}, "'' is not a platform id of x"),
        ({"handle": " @ "}, "' @ ' is not a handle"),
        ({"owner_id": "nobody"}, "The owner 'nobody' is not on the roster"),
        ({"owner_id": "s1"}, "The owner 's1' is a student"),
        ({"school": "hogwarts"}, "The school 'hogwarts' is not on the roster"),
        ({"purpose": "  "}, "The account @LarkinBiology has no purpose"),
        ({"credential": ""}, "The account @LarkinBiology has no credential"),
        ({"consent_verified_at": LATER, "consent_expires_at": AT}, "ends before it begins"),
        ({"consent_expires_at": LATER}, "ends before it begins"),
    ],
)
def test_an_account_that_cannot_be_is_refused_in_one_line(
    registry: Registry, draft: AccountDraft, change: dict[str, str], problem: str
) -> None:
    with pytest.raises(BadInput) as refused:
        registry.add_account(replace(draft, **change), "it", AT, "")  # type: ignore[arg-type]
    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)
    assert (registry.accounts(), registry.outbox()) == ([], [])


def test_an_account_is_registered_once(registry: Registry, draft: AccountDraft, account: Account) -> None:
    with pytest.raises(BadInput, match="x:1845 is registered already, as @LarkinBiology"):
        registry.add_account(replace(draft, platform="Twitter", handle="renamed"), "it", AT, "")
    assert registry.accounts() == [account]


def test_a_handle_belongs_to_one_active_account_of_a_platform(
    registry: Registry, draft: AccountDraft, account: Account
) -> None:
    second = replace(draft, platform_id="2", handle="larkinBIOLOGY")
    with pytest.raises(BadInput) as refused:
        registry.add_account(second, "it", AT, "")
    assert str(refused.value) == (
        "The handle @larkinBIOLOGY is registered already on x, for x:1845. "
        "Correct the handle, or deactivate the account that had it."
    )
    assert registry.accounts() == [account]


def test_a_handle_that_was_given_up_may_be_registered_again(
    registry: Registry, draft: AccountDraft, account: Account
) -> None:
    registry.deactivate_account("x:1845", "it", LATER, "renamed")
    second = registry.add_account(replace(draft, platform_id="2", handle="larkinbiology"), "it", LATER, "")
    assert [registry.account(name) for name in ("LarkinBiology", "larkinbiology", "x:2")] == [second] * 3
    assert registry.account("x:1845") == account
    with pytest.raises(BadInput, match="@LarkinBiology is registered already on x, for x:2"):
        registry.add_account(draft, "it", LATER, "back again")


def test_a_decision_that_nobody_takes_is_refused(registry: Registry, draft: AccountDraft) -> None:
    with pytest.raises(BadInput, match="Nobody is named"):
        registry.add_account(draft, " ", AT, "")
    assert registry.accounts() == []


@pytest.mark.parametrize("name", ["x:1845", "LarkinBiology", "@larkinbiology", " @LARKINBIOLOGY "])
def test_an_account_is_found_by_id_or_handle_in_any_case(registry: Registry, account: Account, name: str) -> None:
    assert registry.account(name) == account


def test_a_name_on_two_platforms_must_be_told_apart(registry: Registry, draft: AccountDraft, account: Account) -> None:
    page = registry.add_account(replace(draft, platform="facebook", handle="larkinbiology"), "it", AT, "")
    assert registry.account("LarkinBiology") == account
    assert registry.account("larkinbiology") == page
    with pytest.raises(BadInput, match="'LARKINBIOLOGY' could be several accounts: facebook:1845, x:1845"):
        registry.account("LARKINBIOLOGY")


def test_an_account_that_is_not_registered_is_not_found(registry: Registry) -> None:
    with pytest.raises(BadInput, match="No account 'nobody' is registered"):
        registry.account("nobody")


def test_a_proof_of_ownership_holds_a_year_and_no_longer(registry: Registry, account: Account) -> None:
    verified = registry.verify_account("larkinbiology", "letter", "it", AT, "letter of Ms. Larkin")
    assert verified == replace(account, consent_verified_at=AT, consent_expires_at=AT + timedelta(days=365))
    assert verified.consent_in_force(AT + timedelta(days=364))
    assert not verified.consent_in_force(AT + timedelta(days=365))
    assert events(registry)[-1] == ("account.verified", "x:1845", "it", "letter of Ms. Larkin")


def test_the_latest_proof_counts(registry: Registry, account: Account) -> None:
    registry.verify_account(account.account_id, "letter", "it", AT, "")
    registry.verify_account(account.account_id, "oauth", "it", LATER, "", expires_at=LATER + timedelta(days=7))
    (verified,) = registry.accounts()
    assert (verified.consent_verified_at, verified.consent_expires_at) == (LATER, LATER + timedelta(days=7))


@pytest.mark.parametrize(
    ("method", "expires_at", "problem"),
    [("phone call", None, "Use one of code-in-bio, oauth, letter"), ("letter", AT, "before it begins")],
)
def test_a_proof_that_cannot_be_is_refused(
    registry: Registry, account: Account, method: str, expires_at: None, problem: str
) -> None:
    with pytest.raises(BadInput, match=problem):
        registry.verify_account(account.account_id, method, "it", AT, "", expires_at)
    assert registry.accounts() == [account]


def test_deactivation_ends_consent_and_keeps_the_record(registry: Registry, account: Account) -> None:
    registry.verify_account(account.account_id, "letter", "it", AT, "")
    registry.deactivate_account(account.account_id, "it", LATER, "class is over")
    assert registry.accounts() == []
    (kept,) = registry.accounts(include_inactive=True)
    assert kept == replace(account, consent_verified_at=AT, consent_expires_at=LATER)
    assert events(registry)[-1] == ("account.deactivated", "x:1845", "it", "class is over")
    with pytest.raises(BadInput, match="deactivated already"):
        registry.deactivate_account(account.account_id, "it", LATER, "again")
    with pytest.raises(BadInput, match="is deactivated"):
        registry.verify_account(account.account_id, "letter", "it", LATER, "")


def test_a_deactivated_account_comes_back_only_with_a_new_proof(registry: Registry, draft: AccountDraft) -> None:
    registry.add_account(draft, "it", AT, "")
    registry.verify_account("x:1845", "letter", "it", AT, "")
    registry.deactivate_account("x:1845", "it", LATER, "over")
    again = registry.add_account(replace(draft, handle="LarkinBio"), "it", LATER, "new year")
    assert (again.handle, again.consent_in_force(LATER)) == ("LarkinBio", False)
    assert events(registry)[-1] == ("account.reactivated", "x:1845", "it", "new year")


def test_a_spreadsheet_registers_its_accounts(registry: Registry, tmp_path: Path) -> None:
    report = registry.import_accounts(csv_file(tmp_path, ROW, OTHER), "it", AT)
    assert (report.file, report.added, report.unchanged, report.errors) == ("accounts.csv", 2, 0, ())
    page, account = registry.accounts()
    assert (page.account_id, page.consent_verified_at) == ("facebook:77", None)
    assert account.consent_verified_at == AT.replace(month=8, day=18, hour=0)
    assert account.consent_expires_at == AT.replace(year=2027, month=9, day=1, hour=0)
    assert events(registry)[0] == ("account.registered", "x:1845", "it", "imported from accounts.csv")


def test_the_same_spreadsheet_again_changes_nothing(registry: Registry, tmp_path: Path) -> None:
    path = csv_file(tmp_path, ROW, OTHER)
    registry.import_accounts(path, "it", AT)
    before = registry.outbox()
    report = registry.import_accounts(path, "it", LATER).require_clean()
    assert (report.added, report.unchanged) == (0, 2)
    assert registry.outbox() == before


def test_a_newer_consent_in_the_spreadsheet_is_recorded(registry: Registry, tmp_path: Path) -> None:
    registry.import_accounts(csv_file(tmp_path, ROW), "it", AT)
    renewed = ROW.replace("2026-08-18,2027-08-31", "2027-08-18,2028-08-31")
    assert registry.import_accounts(csv_file(tmp_path, renewed), "it", LATER).added == 1
    assert registry.account("x:1845").consent_expires_at == AT.replace(year=2028, month=9, day=1, hour=0)


def test_every_wrong_row_is_told_and_no_row_is_taken(registry: Registry, tmp_path: Path) -> None:
    rows = (
        ROW,
        OTHER.replace("facebook", "myspace", 1),
        OTHER.replace(",t1,", ",nobody,"),
        ROW.replace("t1", "t1", 1).replace("Biology news", "Chemistry news"),
        "x,1\n",
        OTHER.replace("2026-08-17T00:00:00Z", "last summer"),
    )
    report = registry.import_accounts(csv_file(tmp_path, *rows), "it", AT)
    assert [(e.line, e.message.split(". ")[0]) for e in report.errors] == [
        (3, "'myspace' is not a platform that can be collected"),
        (4, "The owner 'nobody' is not on the roster"),
        (5, "The account x:1845 is registered already, as @LarkinBiology"),
        (6, "2 fields where the header has 10"),
        (7, "'last summer' is not a date or a time"),
    ]
    assert (registry.accounts(), registry.outbox()) == ([], [])
    with pytest.raises(BadInput, match=r"accounts\.csv line 3: .* \(and 4 more\); nothing was imported"):
        report.require_clean()


def test_a_handle_that_stands_in_a_spreadsheet_twice_is_told(registry: Registry, tmp_path: Path) -> None:
    path = csv_file(tmp_path, ROW, ROW.replace("x,1845,LarkinBiology", "x,2,larkinbiology"), OTHER)
    report = registry.import_accounts(path, "it", AT)
    assert [(e.line, e.message.split(". ")[0]) for e in report.errors] == [
        (3, "The handle @larkinbiology is registered already on x, for x:1845")
    ]
    assert registry.accounts() == []


def test_a_dry_run_registers_nothing(registry: Registry, tmp_path: Path) -> None:
    report = registry.import_accounts(csv_file(tmp_path, ROW), "it", AT, dry_run=True)
    assert (report.dry_run, report.added) == (True, 1)
    assert (registry.accounts(), registry.outbox()) == ([], [])


def test_a_spreadsheet_without_a_column_or_that_is_not_there_is_refused(registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    with pytest.raises(BadInput, match="cannot be read: No such file or directory"):
        registry.import_accounts(path, "it", AT)
    path.write_text(HEADER.replace("owner,", ""))
    with pytest.raises(BadInput, match=r"accounts\.csv line 1: the column 'owner' is missing"):
        registry.import_accounts(path, "it", AT)


def test_the_outbox_gives_events_until_they_are_landed(registry: Registry, account: Account) -> None:
    registry.verify_account(account.account_id, "letter", "it", AT, "")
    first, second = registry.outbox()
    assert first.data == {
        "handle": "LarkinBiology",
        "owner_id": "t1",
        "school": "high",
        "purpose": "Biology news",
        "credential": "hallpass_x",
    }
    registry.landed([first.event_id, "unknown"])
    assert registry.outbox() == [second]
    registry.landed([second.event_id])
    assert registry.outbox() == []


def test_an_account_changes_with_its_reason_and_a_new_owner_has_to_prove_it(
    registry: Registry, account: Account, tmp_path: Path
) -> None:
    registry.verify_account("x:1845", "letter", "it", AT, "met")
    read = registry.registered_account("x:1845")
    same = AccountChange("t1", "high", " Biology and chemistry ", "hallpass_x")
    changed = registry.change_account("x:1845", same, read.version, "ann", LATER, "the club grew")
    assert changed == replace(read.account, purpose="Biology and chemistry")
    assert changed.consent_in_force(LATER)
    assert events(registry)[-1] == ("account.changed", "x:1845", "ann", "the club grew")
    newer = write_roster(tmp_path / "newer.zip", [*PEOPLE, TEACHER | {"sourcedId": "t2", "givenName": "Bea"}])
    registry.import_roster(newer, "it", LATER)
    read = registry.registered_account("x:1845")
    given = registry.change_account("x:1845", replace(same, owner_id="t2"), read.version, "ann", LATER, "Ann is away")
    assert (given.owner_id, given.consent_in_force(LATER), given.consent_expires_at) == ("t2", False, LATER)


def test_two_changes_of_one_account_do_not_overwrite_each_other(registry: Registry, account: Account) -> None:
    read = registry.registered_account("x:1845")
    first, second = (AccountChange("t1", "high", purpose, "hallpass_x") for purpose in ("One", "Two"))
    registry.change_account("x:1845", first, read.version, "ann", LATER, "because")
    with pytest.raises(Conflict, match="@LarkinBiology was changed by somebody else meanwhile"):
        registry.change_account("x:1845", second, read.version, "bea", LATER, "because")
    assert registry.account("x:1845").purpose == "One"


@pytest.mark.parametrize(
    ("change", "why", "problem"),
    [
        ({"owner_id": "s1"}, "because", "The owner 's1' is"),
        ({"school": "nowhere"}, "because", "The school 'nowhere' is not on the roster"),
        ({"purpose": " "}, "because", "has no purpose"),
        ({"credential": ""}, "because", "has no credential"),
        ({}, " ", "The change needs its reason"),
    ],
)
def test_a_change_that_cannot_be_changes_nothing(
    registry: Registry, account: Account, change: dict[str, str], why: str, problem: str
) -> None:
    read = registry.registered_account("x:1845")
    wanted = replace(AccountChange("t1", "high", "News", "hallpass_x"), **change)
    with pytest.raises(BadInput, match=problem):
        registry.change_account("x:1845", wanted, read.version, "ann", LATER, why)
    assert registry.registered_account("x:1845") == read


def test_a_handle_that_the_platform_shows_is_kept_with_its_date(registry: Registry, account: Account) -> None:
    for handle, new in (("larkinbiology", False), ("LarkinBio", True), ("LarkinBio", False), (" ", False)):
        assert registry.observe_handle(account.account_id, handle, "hallpass", LATER, "seen") is new
    assert registry.account("LarkinBio") == replace(account, handle="LarkinBio")
    assert registry.directory.history(account.account_id).handles == (
        Handle("LarkinBio", LATER, "hallpass"),
        Handle("LarkinBiology", AT, "it"),
    )
    assert [(e.action, e.by, e.data) for e in registry.outbox()][1:] == [
        ("account.handle_seen", "hallpass", {"handle": "LarkinBio", "former": "LarkinBiology"})
    ]


def test_nothing_is_observed_of_an_account_that_is_not_collected(registry: Registry, account: Account) -> None:
    registry.deactivate_account(account.account_id, "it", AT, "left")
    assert not registry.observe_handle(account.account_id, "LarkinBio", "hallpass", AT, "seen")
    assert not registry.observe_handle("x:404", "LarkinBio", "hallpass", AT, "seen")
