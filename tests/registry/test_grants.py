"""Permissions, judged by what was in force at a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from roster_kit import AT

from records.errors import BadInput
from records.model import Account
from registry import AccountDraft, Grant, GrantAnswer, Registry
from registry.grants import judge

DAY = timedelta(days=1)
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def seal(registry: Registry, picture: Callable[..., Path], account: Account) -> str:
    """The district's seal; the teacher's account is registered."""
    return registry.add_mark("seal", "The seal", picture("seal.png"), "it", AT).mark_id


def give(registry: Registry, start: int = 0, end: int | None = 10, account: str | None = "x:1845") -> Grant:
    """A permission from day ``start`` up to day ``end``."""
    ends = None if end is None else AT + end * DAY
    return registry.add_grant("seal", account, "fair", AT + start * DAY, ends, "sup", AT, "asked for")


def outcome(registry: Registry, day: float, account: str = "x:1845") -> tuple[str, str | None]:
    answer = registry.permission("seal", account, AT + day * DAY)
    return answer.outcome, answer.grant_id


def test_a_permission_holds_from_its_start_up_to_its_end(registry: Registry, seal: str) -> None:
    give(registry, 1, 3)
    assert [outcome(registry, day) for day in (0.9, 1, 2.9, 3)] == [
        ("not_yet", "G1"),
        ("permitted", "G1"),
        ("permitted", "G1"),
        ("expired", "G1"),
    ]


def test_the_answer_says_what_it_rests_on(registry: Registry, seal: str) -> None:
    given = give(registry, 0, 1)
    assert registry.permission("seal", "x:1845", AT) == GrantAnswer(
        "permitted",
        given,
        "G1 allowed this from 7 September 2026 until 8 September 2026 (@LarkinBiology, fair, by sup)",
    )
    assert registry.permission("seal", "x:99", AT) == GrantAnswer(
        "no_permission", None, "No permission is on record for this account"
    )


@pytest.mark.parametrize(
    ("zone", "before", "during", "after"),
    [
        (UTC, "5 October 2026", "5 October 2026 until 12 October 2026", "until 12 October 2026"),
        (NEW_YORK, "5 October 2026", "5 October 2026 until 11 October 2026", "until 11 October 2026"),
    ],
)
def test_the_basis_names_days_of_the_callers_calendar_and_the_last_one_counts(
    registry: Registry, seal: str, zone: tzinfo, before: str, during: str, after: str
) -> None:
    starts = datetime(2026, 10, 5, tzinfo=NEW_YORK)
    registry.add_grant("seal", None, "spirit week", starts, starts + 7 * DAY, "the superintendent", AT, "")
    inside = "(all accounts, spirit week, by the superintendent)"
    said = [registry.permission("seal", "x:1845", starts + n * DAY, zone).basis for n in (-1, 0, 7)]
    assert said == [
        f"G1 allows this from {before} on, not before {inside}",
        f"G1 allowed this from {during} {inside}",
        f"G1 allowed this {after} {inside}",
    ]


def test_the_basis_says_that_a_permission_was_revoked_or_stands(registry: Registry, seal: str) -> None:
    give(registry, 0, None)
    inside = "(@LarkinBiology, fair, by sup)"
    assert registry.permission("seal", "x:1845", AT).basis == f"G1 allowed this from 7 September 2026 on {inside}"
    registry.revoke_grant("G1", "sup", AT + 2 * DAY, "misused")
    assert [registry.permission("seal", "x:1845", AT + n * DAY).basis for n in (0, 3)] == [
        f"G1 allowed this from 7 September 2026 until it was revoked on 9 September 2026 {inside}",
        f"G1 allowed this until it was revoked on 9 September 2026 {inside}",
    ]


def test_a_permission_for_all_covers_every_account_and_a_standing_one_never_ends(registry: Registry, seal: str) -> None:
    give(registry, 0, None, account=None)
    assert outcome(registry, 10_000, "facebook:5") == ("permitted", "G1")


def test_of_several_permissions_the_answer_names_the_nearest(registry: Registry, seal: str) -> None:
    give(registry, 2, 6, account=None)
    give(registry, 3, 5)
    give(registry, 1, 3)
    give(registry, 20, 21)
    give(registry, 15, 16)
    assert [outcome(registry, day) for day in (0, 1, 2, 4, 5, 7, 17)] == [
        ("not_yet", "G3"),
        ("permitted", "G3"),
        ("permitted", "G3"),
        ("permitted", "G2"),
        ("permitted", "G1"),
        ("expired", "G1"),
        ("expired", "G5"),
    ]


def test_a_revocation_ends_it_from_its_moment_on(registry: Registry, seal: str) -> None:
    give(registry, 0, None)
    revoked = registry.revoke_grant("G1", "sup", AT + 2 * DAY, "misused")
    assert (revoked.revoked_at, revoked.revoked_by, revoked.revoked_why) == (AT + 2 * DAY, "sup", "misused")
    assert [outcome(registry, day)[0] for day in (1.9, 2)] == ["permitted", "expired"]
    with pytest.raises(BadInput, match="G1 was revoked already, by sup"):
        registry.revoke_grant("G1", "sup", AT + 3 * DAY, "again")


def test_a_permission_revoked_before_it_began_never_was(registry: Registry, seal: str) -> None:
    give(registry, 5, 10)
    registry.revoke_grant("G1", "sup", AT + DAY, "changed my mind")
    assert {outcome(registry, day) for day in (0, 6, 20)} == {("no_permission", None)}


@pytest.mark.parametrize("name", ["G7", "seven", "", "G", "²"])
def test_a_permission_that_does_not_exist_cannot_be_revoked(registry: Registry, seal: str, name: str) -> None:
    with pytest.raises(BadInput, match="There is no permission"):
        registry.revoke_grant(name, "sup", AT, "")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"asset": "mascot"}, "There is no mark or photograph 'mascot'"),
        ({"account": "nobody"}, "No account 'nobody' is registered"),
        ({"ends": AT - DAY}, "The permission would end before it begins. Correct one of the two dates."),
        ({"ends": AT}, "before it begins"),
        ({"purpose": ""}, "has no purpose"),
        ({"decided_by": " "}, "has no decided_by"),
    ],
)
def test_a_permission_that_cannot_be_is_refused(
    registry: Registry, seal: str, change: dict[str, object], problem: str
) -> None:
    before = registry.outbox()
    asked: dict[str, object] = {
        "asset": "seal",
        "account": "x:1845",
        "purpose": "fair",
        "starts": AT,
        "ends": AT + DAY,
        "decided_by": "sup",
        "at": AT,
        "why": "",
    }
    with pytest.raises(BadInput, match=problem):
        registry.add_grant(**{**asked, **change})  # type: ignore[arg-type]
    assert (registry.grants(), registry.outbox()) == ([], before)


def test_giving_and_revoking_leave_their_events(registry: Registry, seal: str) -> None:
    registry.add_grant("seal", None, "fair", AT, None, "sup", AT, "asked for", by="secretary")
    registry.revoke_grant("G1", "sup", AT, "misused")
    given_event, revoked_event = registry.outbox()[-2:]
    assert (given_event.action, given_event.subject, given_event.by) == ("grant.given", "G1", "secretary")
    assert given_event.data == {
        "asset": "seal",
        "account_id": "all",
        "purpose": "fair",
        "starts": "2026-09-07T08:00:00Z",
        "ends": "",
        "decided_by": "sup",
    }
    assert (revoked_event.action, revoked_event.subject, revoked_event.reason) == ("grant.revoked", "G1", "misused")


def csv_file(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "grants.csv"
    path.write_text("asset,account,platform,purpose,starts,ends,decided_by,why\n" + "".join(rows))
    return path


def test_a_spreadsheet_of_permissions_is_taken_once(
    registry: Registry, draft: AccountDraft, seal: str, tmp_path: Path
) -> None:
    registry.add_account(replace(draft, platform="facebook", platform_id="7", handle="larkinbiology"), "it", AT, "")
    path = csv_file(
        tmp_path,
        "seal,LARKINBIOLOGY,facebook,fair,2026-09-07,2026-09-08,sup,why\n",
        "seal,all,,week,2026-09-07T08:00:00Z,,sup,why\n",
    )
    assert registry.import_grants(path, "it", AT).added == 2
    again = registry.import_grants(path, "it", AT + DAY)
    assert (again.added, again.unchanged, again.errors) == (0, 2, ())
    first, second = registry.grants()
    midnight = AT.replace(hour=0)
    assert (first.account_id, first.starts, first.ends) == ("facebook:7", midnight, midnight + 2 * DAY)
    assert (second.account_id, second.starts, second.ends) == (None, AT, None)


def test_every_wrong_permission_is_told_and_none_is_taken(registry: Registry, seal: str, tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        "seal,all,,week,2026-09-07,,sup,why\n",
        "mascot,all,,week,2026-09-07,,sup,why\n",
        "seal,,,week,2026-09-07,,sup,why\n",
        "seal,all,,week,,,sup,why\n",
        "seal,all,,week,2026-09-07,2026-09-01,sup,why\n",
        "seal,LarkinBiology,facebook,week,2026-09-07,,sup,why\n",
    )
    report = registry.import_grants(path, "it", AT)
    assert [(e.line, e.message.split(". ")[0]) for e in report.errors] == [
        (3, "There is no mark or photograph 'mascot'"),
        (4, "column 'account' is empty"),
        (5, "column 'starts' is empty"),
        (6, "The permission would end before it begins"),
        (7, "No account 'LarkinBiology' is registered"),
    ]
    assert registry.grants() == []


days = st.integers(0, 12)
spans = st.tuples(days, st.none() | st.integers(1, 12), st.none() | days, st.booleans())


def as_grant(number: int, span: tuple[int, int | None, int | None, bool]) -> Grant:
    start, length, revoked, for_all = span
    return Grant(
        grant_id=f"G{number}",
        asset="seal",
        account_id=None if for_all else "x:1",
        purpose="fair",
        starts=AT + start * DAY,
        ends=None if length is None else AT + (start + length) * DAY,
        decided_by="sup",
        decided_at=AT,
        why="",
        revoked_at=None if revoked is None else AT + revoked * DAY,
    )


def days_in_force(span: tuple[int, int | None, int | None, bool]) -> set[int]:
    """By counting: the days, of the first hundred, on which a permission held."""
    start, length, revoked, _ = span
    end = 100 if length is None else start + length
    return {day for day in range(start, end) if revoked is None or day < revoked}


def expected(spans: list[tuple[int, int | None, int | None, bool]], day: int) -> str:
    held = set().union(*(days_in_force(span) for span in spans))
    if day in held:
        return "permitted"
    if any(d < day for d in held):
        return "expired"
    return "not_yet" if held else "no_permission"


@given(st.lists(spans, max_size=5), st.integers(0, 30))
def test_the_answer_is_what_counting_the_days_gives(
    drawn: list[tuple[int, int | None, int | None, bool]], day: int
) -> None:
    grants = [as_grant(n, span) for n, span in enumerate(drawn)]
    answer = judge(grants, AT + day * DAY, "@one", UTC)
    assert answer.outcome == expected(drawn, day)
    named = [span for grant, span in zip(grants, drawn, strict=True) if grant.grant_id == answer.grant_id]
    assert all(days_in_force(span) for span in named)
    assert bool(named) == (answer.outcome != "no_permission")
    if answer.outcome == "permitted":
        assert day in days_in_force(named[0])
