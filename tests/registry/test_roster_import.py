"""What an import does to the registry: all or nothing, the same again changes nothing, leavers are proposed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from roster_kit import AT, GUARDIAN, MANIFEST, PEOPLE, SCHOOL, STUDENT, TEACHER, USERS, write_roster
from sqlalchemy import create_engine

from records.errors import BadInput
from records.model import Account
from registry import AccountDraft, DeactivationProposal, Registry, slices
from registry.models import Base

LATER = AT + timedelta(days=1)
NEWCOMER = {"sourcedId": "t2", "role": "aide", "givenName": "Bo", "familyName": "Reed"}


def contents(url: str) -> str:
    """Every text in every table of the registry."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = [connection.execute(table.select()).all() for table in Base.metadata.sorted_tables]
    engine.dispose()
    return str(rows)


def counts(registry: Registry, path: Path, dry_run: bool = False) -> tuple[int, int, int, int]:
    report = registry.import_roster(path, "it", LATER, dry_run)
    return report.added, report.updated, report.removed, report.unchanged


def test_the_first_import_reports_who_is_there_now(empty: Registry, tmp_path: Path) -> None:
    report = empty.import_roster(write_roster(tmp_path / "r.zip"), "it", AT)
    assert (report.version, report.at, report.dry_run) == ("1.1", AT, False)
    assert report.people == {"guardian": 1, "staff": 1, "student": 1}
    assert (report.organisations, report.identities) == (1, 2)
    assert (report.added, report.updated, report.removed, report.unchanged) == (3, 0, 0, 0)
    assert report.proposals == ()


def test_names_of_students_and_guardians_are_nowhere_in_the_registry(registry: Registry, url: str) -> None:
    stored = contents(url)
    assert "Ann Larkin" in stored
    assert "Kit" not in stored
    assert "Moss" not in stored


def test_how_to_reach_an_owner_is_the_rosters_and_nobody_elses_address_is_kept(
    registry: Registry, url: str, account: Account, tmp_path: Path
) -> None:
    assert registry.registered_account(account.account_id).owner_email == ""
    reachable = [{**person, "email": f"{person['sourcedId']}@alder.example"} for person in PEOPLE]
    assert counts(registry, write_roster(tmp_path / "a.zip", reachable)) == (0, 1, 0, 2)
    assert registry.registered_account(account.account_id).owner_email == "t1@alder.example"
    assert [each.owner_email for each in registry.registered()] == ["t1@alder.example"]
    stored = contents(url)
    assert "s1@alder" not in stored
    assert "g1@alder" not in stored
    assert counts(registry, write_roster(tmp_path / "b.zip", reachable)) == (0, 0, 0, 3)


def test_the_same_roster_again_changes_nobody(registry: Registry, tmp_path: Path) -> None:
    assert counts(registry, tmp_path / "roster.zip") == (0, 0, 0, 3)


def test_a_changed_roster_reports_added_updated_and_removed(registry: Registry, url: str, tmp_path: Path) -> None:
    changed = {**GUARDIAN, "userIds": "{x:jo_moss}"}
    path = write_roster(tmp_path / "new.zip", [TEACHER, changed, NEWCOMER])
    assert counts(registry, path) == (1, 1, 1, 1)
    community = registry.community("x")
    assert community.classify("x:1", "jo_moss") == "guardian"
    assert community.classify("x:1", "jomoss") is None
    assert "s1" not in contents(url)


def test_a_dry_run_reports_the_same_and_changes_nothing(registry: Registry, url: str, tmp_path: Path) -> None:
    path = write_roster(tmp_path / "new.zip", [TEACHER, NEWCOMER])
    before = contents(url)
    assert counts(registry, path, dry_run=True) == (1, 0, 2, 1)
    assert contents(url) == before
    assert counts(registry, path) == (1, 0, 2, 1)


def test_a_row_that_is_wrong_at_the_end_leaves_everything_as_it_was(
    registry: Registry, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "SLICE", 1)
    path = write_roster(tmp_path / "new.zip", [NEWCOMER, {**STUDENT, "role": "janitor"}])
    before = contents(url)
    with pytest.raises(BadInput, match=r"users\.csv line 3, column role"):
        registry.import_roster(path, "it", LATER)
    assert contents(url) == before


def test_a_roster_larger_than_a_slice_is_compared_as_a_whole(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "SLICE", 2)
    crowd = [{**STUDENT, "sourcedId": f"s{n}"} for n in range(7)]
    assert counts(registry, write_roster(tmp_path / "crowd.zip", [*PEOPLE[:1], *crowd])) == (6, 0, 1, 2)
    assert counts(registry, write_roster(tmp_path / "gone.zip", PEOPLE[:1])) == (0, 0, 7, 1)


def test_an_owner_who_left_gives_a_proposal_until_somebody_decides(
    registry: Registry, account: Account, tmp_path: Path
) -> None:
    path = write_roster(tmp_path / "new.zip", [STUDENT, GUARDIAN])
    proposal = DeactivationProposal(account.account_id, account.handle, "t1", LATER)
    assert registry.import_roster(path, "it", LATER).proposals == (proposal,)
    assert registry.import_roster(path, "it", LATER + timedelta(days=1)).proposals == (proposal,)
    assert [a.account_id for a in registry.accounts()] == [account.account_id]
    registry.deactivate_account(account.account_id, "it", LATER, "owner left")
    assert registry.deactivation_proposals() == []


def test_an_owner_who_comes_back_withdraws_the_proposal(registry: Registry, account: Account, tmp_path: Path) -> None:
    registry.import_roster(write_roster(tmp_path / "new.zip", [STUDENT]), "it", LATER)
    assert counts(registry, tmp_path / "roster.zip") == (1, 1, 0, 1)
    assert registry.deactivation_proposals() == []


def test_who_left_owns_nothing_new(registry: Registry, draft: AccountDraft, tmp_path: Path, account: Account) -> None:
    registry.import_roster(write_roster(tmp_path / "new.zip", [STUDENT]), "it", LATER)
    other = AccountDraft("x", "99", "Other", "t1", "high", "news", "hallpass_x")
    with pytest.raises(BadInput, match="The owner 't1' has left"):
        registry.add_account(other, "it", LATER, "")


def test_a_delta_removes_only_whom_it_names(registry: Registry, tmp_path: Path) -> None:
    manifest = {**MANIFEST, "file.users": "delta", "file.orgs": "delta"}
    rows = [{**STUDENT, "status": "tobedeleted"}, NEWCOMER, {"sourcedId": "unknown", "status": "tobedeleted"}]
    path = write_roster(tmp_path / "delta.zip", rows, USERS, manifest)
    assert counts(registry, path) == (1, 0, 1, 0)
    assert registry.import_roster(path, "it", LATER, dry_run=True).people == {
        "guardian": 1,
        "staff": 2,
    }


def test_a_school_that_the_roster_drops_stays_while_an_account_belongs_to_it(
    registry: Registry, account: Account, tmp_path: Path
) -> None:
    other = {"sourcedId": "middle", "name": "Middle School", "type": "school"}
    registry.import_roster(write_roster(tmp_path / "one.zip", orgs=[SCHOOL, other]), "it", LATER)
    renamed = {"sourcedId": "new", "name": "New School", "type": "school"}
    registry.import_roster(write_roster(tmp_path / "two.zip", orgs=[renamed]), "it", LATER)
    assert registry.schools() == {"high": "High School", "new": "New School"}


def test_the_event_of_an_import_carries_counts_and_no_person(empty: Registry, tmp_path: Path) -> None:
    report = empty.import_roster(write_roster(tmp_path / "r.zip"), "it", AT)
    (event,) = empty.outbox()
    assert (event.at, event.by, event.action, event.subject, event.reason) == (
        AT,
        "it",
        "roster.imported",
        f"sha256:{report.sha256}",
        "imported from r.zip",
    )
    assert event.data == {"version": "1.1", "added": "3", "updated": "0", "removed": "0", "unchanged": "0"}
