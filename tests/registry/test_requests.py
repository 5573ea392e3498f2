"""Asking for a permission, deciding it, and carrying it on."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from roster_kit import AT

from records.errors import BadInput, Conflict, Refused
from records.model import Account
from registry import Registry
from registry.requests import Request, RequestDraft
from registry.users import Role, UserDraft

DAY = timedelta(days=1)
LATER = AT + timedelta(hours=1)


def drawn() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "blue").save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def wanted(registry: Registry, picture: Callable[..., Path], account: Account) -> RequestDraft:
    """What the teacher wants the seal for."""
    registry.add_mark("seal", "The seal", picture("seal.png"), "it", AT)
    registry.landed(event.event_id for event in registry.outbox())
    return RequestDraft("seal", account.account_id, "Science fair", AT + DAY, AT + 10 * DAY, "draft.png", drawn())


@pytest.fixture
def asked(registry: Registry, wanted: RequestDraft) -> Request:
    """The teacher has asked for it."""
    return registry.requests.ask(wanted, "larkin", "Ann Larkin", AT)


def test_a_request_waits_with_its_sample_and_its_event(registry: Registry, asked: Request) -> None:
    assert registry.requests.waiting() == [asked] == [registry.requests.get("R1")]
    assert (asked.state, asked.version, asked.asked_by, asked.asked_name) == ("waiting", 1, "larkin", "Ann Larkin")
    sample = registry.requests.sample("R1")
    assert sample is not None
    assert (sample.content, sample.media_type, sample.sha256) == (drawn(), "image/png", asked.sample_sha256)
    (event,) = registry.outbox()
    assert (event.action, event.by, event.subject, event.reason) == ("request.asked", "larkin", "R1", "Science fair")


def test_approving_gives_the_permission_with_its_conditions(registry: Registry, asked: Request) -> None:
    grant = registry.requests.approve("R1", "sup", LATER, 1, " in the colours of the guide ", "a good cause")
    assert registry.grants() == [grant]
    assert (grant.asset, grant.account_id, grant.purpose) == ("seal", "x:1845", "Science fair")
    assert (grant.starts, grant.ends, grant.decided_by) == (asked.starts, asked.ends, "sup")
    assert grant.conditions == "in the colours of the guide"
    decided = registry.requests.get("R1")
    assert decided == replace(
        asked,
        state="approved",
        decided_by="sup",
        decided_at=LATER,
        reason="a good cause",
        conditions="in the colours of the guide",
        grant_id=grant.grant_id,
        version=2,
    )
    answer = registry.permission("seal", "x:1845", AT + 2 * DAY)
    assert answer.outcome == "permitted"
    assert "on the condition: in the colours of the guide" in answer.basis


def test_who_asks_does_not_decide_and_that_it_was_tried_is_noted(registry: Registry, asked: Request) -> None:
    for attempt in (
        lambda: registry.requests.approve("R1", "larkin", LATER, 1),
        lambda: registry.requests.deny("R1", "larkin", LATER, 1, "no"),
    ):
        with pytest.raises(Refused, match="Who asks does not decide"):
            attempt()
    assert registry.requests.get("R1") == asked
    assert registry.grants() == []
    tried = [(e.action, e.by, e.reason) for e in registry.outbox()[1:]]
    assert tried == [("request.refused", "larkin", "Who asks does not decide")] * 2


def test_who_asks_does_not_decide_under_another_login_either(registry: Registry, asked: Request) -> None:
    for login, person in (("larkin", "t1"), ("head", "t1"), ("sup", "t2"), ("nobody", None)):
        registry.users.add(UserDraft(login, login, frozenset({Role.SUPERINTENDENT}), person_id=person), "it", AT)
    for somebody in ("head", "HEAD"):
        with pytest.raises(Refused, match=r"R1 was asked for by larkin\. Who asks does not decide"):
            registry.requests.approve("R1", somebody, LATER, 1)
    assert registry.requests.get("R1") == asked
    registry.requests.approve("R1", "nobody", LATER, 1)
    assert registry.requests.get("R1").state == "approved"


def test_a_denial_has_a_reason_that_the_asker_reads(registry: Registry, asked: Request) -> None:
    with pytest.raises(BadInput, match="needs its reason"):
        registry.requests.deny("R1", "sup", LATER, 1, " ")
    denied = registry.requests.deny("R1", "sup", LATER, 1, "Use the school's own mark")
    assert (denied.state, denied.reason, registry.requests.waiting()) == ("denied", "Use the school's own mark", [])


def test_who_decides_second_is_told_who_was_first(registry: Registry, asked: Request) -> None:
    registry.requests.deny("R1", "sup", LATER, 1, "No")
    for attempt in (
        lambda: registry.requests.approve("R1", "deputy", LATER, 1),
        lambda: registry.requests.withdraw("R1", "larkin", LATER, 1),
    ):
        with pytest.raises(Conflict, match="R1 was denied by sup, 2026-09-07 09:00 UTC"):
            attempt()
    assert registry.grants() == []


def test_only_who_asked_takes_a_request_back(registry: Registry, asked: Request) -> None:
    with pytest.raises(Refused, match="asked for by Ann Larkin"):
        registry.requests.withdraw("R1", "sup", LATER, 1)
    assert registry.requests.withdraw("R1", "larkin", LATER, 1).state == "withdrawn"


def test_a_time_that_is_over_is_neither_asked_for_nor_approved(
    registry: Registry, wanted: RequestDraft, asked: Request
) -> None:
    with pytest.raises(BadInput, match="is over"):
        registry.requests.ask(replace(wanted, starts=AT - 2 * DAY, ends=AT - DAY), "larkin", "Ann Larkin", AT)
    with pytest.raises(BadInput, match="R1 asks for a time that is over"):
        registry.requests.approve("R1", "sup", AT + 10 * DAY, 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"asset": "mascot"}, "There is no mark or photograph 'mascot'"),
        ({"account": "@nobody"}, "No account '@nobody' is registered"),
        ({"purpose": " "}, "does not say what it is for"),
        ({"purpose": "x" * 256}, "256 characters"),
        ({"ends": AT}, "before it begins"),
        ({"sample": b"GIF89a"}, "draft.png is not a picture that can be read"),
        ({"sample": b"x" * (10 * 2**20 + 1)}, "draft.png is larger than 10 MB"),
    ],
)
def test_a_request_that_cannot_be_leaves_no_trace(
    registry: Registry, wanted: RequestDraft, change: dict[str, object], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        registry.requests.ask(replace(wanted, **change), "larkin", "Ann Larkin", AT)  # type: ignore[arg-type]
    assert (registry.requests.all(), registry.outbox()) == ([], [])


@pytest.mark.parametrize("name", ["R7", "seven", "", "R", "²", "R" + "9" * 30])
def test_a_request_that_does_not_exist_is_told(registry: Registry, name: str) -> None:
    with pytest.raises(BadInput):
        registry.requests.get(name)


def test_a_renewal_carries_on_where_the_permission_ends_with_its_conditions(registry: Registry, asked: Request) -> None:
    first = registry.requests.approve("R1", "sup", LATER, 1, "small")
    second = registry.renew_grant(first.grant_id, AT + 40 * DAY, "sup", AT + 5 * DAY, "it goes on")
    assert (second.starts, second.ends, second.conditions, second.renews) == (first.ends, AT + 40 * DAY, "small", "G1")
    with pytest.raises(Conflict, match="G1 was renewed by sup, 2026-09-12 08:00 UTC, as G2"):
        registry.renew_grant("G1", AT + 50 * DAY, "deputy", AT + 6 * DAY, "")


def test_a_renewal_after_the_end_leaves_the_days_between_as_they_were(registry: Registry, asked: Request) -> None:
    registry.requests.approve("R1", "sup", LATER, 1)
    registry.renew_grant("G1", AT + 40 * DAY, "sup", AT + 20 * DAY, "")
    outcomes = [registry.permission("seal", "x:1845", AT + day * DAY).outcome for day in (9, 15, 21)]
    assert outcomes == ["permitted", "expired", "permitted"]


def test_what_was_revoked_or_has_no_end_is_not_renewed(registry: Registry, asked: Request) -> None:
    registry.add_grant("seal", None, "always", AT, None, "sup", AT, "")
    with pytest.raises(BadInput, match="holds until it is revoked"):
        registry.renew_grant("G1", AT + DAY, "sup", AT, "")
    registry.requests.approve("R1", "sup", LATER, 1)
    registry.revoke_grant("G2", "sup", LATER, "misused")
    with pytest.raises(BadInput, match="G2 was revoked by sup"):
        registry.renew_grant("G2", AT + 40 * DAY, "sup", LATER, "")


def test_photographs_stand_beside_marks_and_can_be_permitted(
    registry: Registry, picture: Callable[..., Path], wanted: RequestDraft, tmp_path: Path
) -> None:
    old, new = picture("old.png"), picture("new.png", colour="green")
    for path in (old, new, new):
        photo = registry.add_photograph("team-2026", "The team", path, "it", AT)
    assert (photo.photo_id, photo.version, [m.mark_id for m in registry.marks()]) == ("team-2026", 2, ["seal"])
    assert registry.photographs() == [photo]
    files = registry.materialise_photographs(tmp_path / "references").files
    assert [path.read_bytes() for path in files["team-2026"]] == [old.read_bytes(), new.read_bytes()]
    assert list(registry.materialise_references(tmp_path / "references").marks) == ["seal"]
    assert registry.picture("team-2026").content == new.read_bytes()
    with pytest.raises(BadInput, match="'team-2026' is a photograph, not a mark"):
        registry.add_mark("team-2026", "Mark", old, "it", AT)
    assert registry.requests.ask(replace(wanted, asset="team-2026"), "larkin", "Ann", AT).asset == "team-2026"
