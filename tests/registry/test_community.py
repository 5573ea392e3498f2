"""Who counts as part of the educational community."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from pathlib import Path

import pytest
from roster_kit import AT, STUDENT, TEACHER, USERS, write_roster

from records.model import Account
from registry import AccountDraft, Community, Identity, Registry

KEY = b"a key of the district's"


def keyed(value: str) -> str:
    return hmac.new(KEY, value.encode(), hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("handle", "expected"),
    [
        ("MsLarkin", "staff"),
        ("mslarkin", "staff"),
        ("JOMOSS", "guardian"),
        ("somebody", None),
        ("", None),
        (None, None),
    ],
)
def test_people_of_the_roster_are_known_by_handle_in_any_case(
    registry: Registry, handle: str | None, expected: str | None
) -> None:
    assert registry.community("x").classify("x:1", handle) == expected


def test_a_handle_on_one_platform_says_nothing_about_another(registry: Registry) -> None:
    assert registry.community("facebook").classify("facebook:1", "mslarkin") is None


def test_the_roster_date_is_that_of_the_last_import(empty: Registry, tmp_path: Path) -> None:
    assert empty.community("x").roster_date is None
    path = write_roster(tmp_path / "r.zip")
    empty.import_roster(path, "it", AT)
    empty.import_roster(path, "it", AT.replace(year=2027), dry_run=True)
    assert empty.community("x").roster_date == AT


def test_registered_accounts_and_accepted_organisations_belong(registry: Registry, account: Account) -> None:
    registry.add_organisation("x", "Parents", "sup", AT, "PTO", handle="@ThePTO")
    registry.add_organisation("x", "City", "sup", AT, "snow days", platform_id="77")
    community = registry.community("x")
    assert community.classify("x:1845", None) == "school"
    assert community.classify("x:5", "thepto") == "organisation"
    assert community.classify("x:77", "renamed") == "organisation"


def test_a_deactivated_account_no_longer_belongs(registry: Registry, account: Account) -> None:
    registry.deactivate_account(account.account_id, "it", AT, "closed")
    assert registry.community("x").classify("x:1845", "larkinbiology") is None


def test_a_stranger_who_took_a_known_accounts_old_handle_does_not_belong(registry: Registry, account: Account) -> None:
    assert registry.community("x").classify("x:666", account.handle) is None


def test_a_facebook_number_in_the_roster_is_matched_as_a_platform_id(empty: Registry, tmp_path: Path) -> None:
    rows = [{**TEACHER, "userIds": "{facebook:100200}"}]
    empty.import_roster(write_roster(tmp_path / "r.zip", rows), "it", AT)
    community = empty.community("facebook")
    assert community.classify("facebook:100200", None) == "staff"
    assert community.classify("facebook:1002", "100200") is None


def test_minimised_strangers_are_matched_by_their_keyed_names(registry: Registry, draft: AccountDraft) -> None:
    registry.add_account(replace(draft, platform_id="7"), "it", AT, "")
    community = registry.community("x", KEY)
    assert community.classify(f"hmac:{keyed('x:id:7')}", keyed("x:handle:larkinbiology")) == "school"
    assert community.classify(f"hmac:{keyed('x:id:8')}", keyed("x:handle:mslarkin")) == "staff"
    assert community.classify("x:8", "mslarkin") == "staff"
    assert community.classify(f"hmac:{keyed('x:id:8')}", keyed("x:handle:somebody")) is None
    assert registry.community("x", b"another key").classify("hmac:0", keyed("x:handle:mslarkin")) is None


def test_a_handle_claimed_twice_belongs_to_the_most_trusted_claim(empty: Registry, tmp_path: Path) -> None:
    claims = [{**TEACHER, "userIds": "", "metadata.x": "both"}, {**STUDENT, "userIds": "{x:Both}"}]
    empty.import_roster(write_roster(tmp_path / "r.zip", claims, [*USERS, "metadata.x"]), "it", AT)
    assert empty.community("x").classify("x:1", "both") == "student"


def test_of_equally_trusted_classes_staff_comes_first_and_student_last() -> None:
    order = ["staff", "school", "organisation", "guardian", "student"]
    for n, first in enumerate(order):
        claims = [Identity(kind, None, "both") for kind in order[n:]]
        assert Community("x", claims, None).classify("x:1", "both") == first
        assert Community("x", reversed(claims), None).classify("x:1", "both") == first
