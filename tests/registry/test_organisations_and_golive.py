"""Accepted organisations, and the checklist before anything real is collected."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from roster_kit import AT

from records.errors import BadInput, Conflict
from registry import GoLiveItem, Organisation, Registry

DAY = timedelta(days=1)
ITEMS = ["union-notice", "committee-vote", "public-notice", "procedures"]


def csv_file(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "organisations.csv"
    path.write_text("platform,platform_id,handle,title,accepted_by,why\n" + "".join(rows))
    return path


def test_an_accepted_organisation_is_listed_with_its_event(registry: Registry) -> None:
    added = registry.add_organisation("Twitter", " The PTO ", "sup", AT, "parents", handle="@ThePTO")
    assert added == Organisation("O1", "x", None, "ThePTO", "The PTO", "sup", AT, "parents")
    assert registry.organisations() == [added]
    (event,) = registry.outbox()
    assert (event.action, event.subject, event.by, event.reason) == ("organisation.accepted", "O1", "sup", "parents")
    assert event.data == {"platform": "x", "platform_id": "", "handle": "ThePTO", "title": "The PTO"}


@pytest.mark.parametrize(
    ("platform", "title", "handle", "platform_id", "problem"),
    [
        ("myspace", "PTO", "pto", None, "'myspace' is not a platform"),
        ("x", "PTO", None, None, "'PTO' has neither handle nor platform id"),
        ("x", "PTO", " @ ", "5", "' @ ' is not a handle"),
        ("x", "PTO", None, "five", "'five' is not a platform id of x"),
        ("x", " ", "pto", None, "The organisation has no title"),
        ("x", "City", "thepto", None, "'The PTO' is accepted already, as O1"),
        ("x", "City", "city", "5", "'The PTO' is accepted already, as O1"),
    ],
)
def test_an_organisation_that_cannot_be_is_refused(
    registry: Registry, platform: str, title: str, handle: str | None, platform_id: str | None, problem: str
) -> None:
    registry.add_organisation("x", "The PTO", "sup", AT, "parents", handle="ThePTO", platform_id="5")
    with pytest.raises(BadInput, match=problem):
        registry.add_organisation(platform, title, "sup", AT, "why", handle, platform_id)
    assert [o.organisation_id for o in registry.organisations()] == ["O1"]


def test_an_organisation_that_is_taken_back_belongs_no_longer_and_can_be_accepted_again(registry: Registry) -> None:
    added = registry.add_organisation("x", "The PTO", "sup", AT, "parents", handle="ThePTO", platform_id="5")
    assert registry.community("x").classify("x:5", None) == "organisation"
    taken = registry.take_back_organisation("O1", "sup", AT + DAY, " It was dissolved ")
    assert taken == replace(added, taken_back_at=AT + DAY, taken_back_by="sup", taken_back_why="It was dissolved")
    assert (registry.organisations(), registry.organisations(taken_back=True)) == ([], [taken])
    assert registry.community("x").classify("x:5", None) is None
    *_, event = registry.outbox()
    assert (event.action, event.subject, event.by, event.reason) == (
        "organisation.taken_back", "O1", "sup", "It was dissolved",
    )  # fmt: skip
    assert registry.add_organisation("x", "The PTO", "sup", AT, "anew", handle="ThePTO").organisation_id == "O2"


def test_an_organisation_is_taken_back_once_and_with_a_reason(registry: Registry) -> None:
    registry.add_organisation("x", "The PTO", "sup", AT, "parents", handle="ThePTO")
    for named, why, problem in (("O1", " ", "needs its reason"), ("O7", "why", "no accepted organisation 'O7'")):
        with pytest.raises(BadInput, match=problem):
            registry.take_back_organisation(named, "sup", AT, why)
    registry.take_back_organisation("O1", "sup", AT, "dissolved")
    with pytest.raises(Conflict, match="was taken back already, by sup"):
        registry.take_back_organisation("O1", "other", AT, "dissolved")
    assert [event.action for event in registry.outbox()] == ["organisation.accepted", "organisation.taken_back"]


def test_a_spreadsheet_of_organisations_is_taken_once(registry: Registry, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "x,5,ThePTO,The PTO,sup,parents\n", "facebook,,thepto,The PTO,sup,parents\n")
    assert registry.import_organisations(path, "it", AT).added == 2
    again = registry.import_organisations(path, "it", AT)
    assert (again.added, again.unchanged, again.errors) == (0, 2, ())


def test_every_wrong_organisation_is_told_and_none_is_taken(registry: Registry, tmp_path: Path) -> None:
    rows = ("x,5,ThePTO,The PTO,sup,parents\n", "x,5,Other,Other,sup,why\n", "x,6,City,City,,why\n")
    report = registry.import_organisations(csv_file(tmp_path, *rows), "it", AT)
    assert [(e.line, e.message.split(". ")[0]) for e in report.errors] == [
        (3, "'The PTO' is accepted already, as O1"),
        (4, "Nobody is named as the one who decides"),
    ]
    assert (registry.organisations(), registry.outbox()) == ([], [])


def test_nothing_real_may_be_collected_until_every_item_is_done(registry: Registry) -> None:
    for number, item in enumerate(ITEMS):
        assert registry.go_live_missing() == ITEMS[number:]
        registry.go_live_done(item, "sup", AT, "minute 7")
    assert registry.go_live_missing() == []
    assert [(e.action, e.subject, e.reason) for e in registry.outbox()] == [
        ("golive.done", item, "minute 7") for item in ITEMS
    ]


def test_the_checklist_shows_what_is_done_and_where_it_can_be_read(registry: Registry) -> None:
    done = registry.go_live_done("committee-vote", "sup", AT, "minute 7")
    title = "The School Committee has voted for it"
    assert done == GoLiveItem("committee-vote", title, AT, "sup", "minute 7")
    assert [item for item in registry.go_live() if item.done_at] == [done]
    assert [item.item for item in registry.go_live()] == ITEMS


@pytest.mark.parametrize(
    ("item", "reference", "problem"),
    [
        ("party", "x", "'party' is not on the go-live checklist. Use one of union-notice"),
        ("procedures", " ", "'procedures' has no reference"),
        ("committee-vote", "x", "'committee-vote' was done on 2026-09-07: minute 7"),
    ],
)
def test_an_item_that_cannot_be_done_is_refused(registry: Registry, item: str, reference: str, problem: str) -> None:
    registry.go_live_done("committee-vote", "sup", AT, "minute 7")
    with pytest.raises(BadInput, match=problem):
        registry.go_live_done(item, "sup", AT, reference)
    assert len(registry.go_live_missing()) == 3


def test_a_wrong_reference_is_corrected_and_the_former_one_stays_on_record(registry: Registry) -> None:
    done = registry.go_live_done("committee-vote", "sup", AT, "minute 7")
    corrected = registry.correct_go_live("committee-vote", "minute 7", "it", AT + DAY, "minute 9", "another meeting")
    assert corrected == replace(done, reference="minute 9")
    *_, event = registry.outbox()
    assert (event.action, event.by, event.reason) == ("golive.corrected", "it", "another meeting")
    assert event.data == {"former": "minute 7", "reference": "minute 9"}


@pytest.mark.parametrize(
    ("item", "shown", "reference", "why", "problem"),
    [
        ("procedures", "", "minute 9", "why", "'procedures' is not done yet"),
        ("committee-vote", "minute 7", " ", "why", "'committee-vote' has no reference"),
        ("committee-vote", "minute 7", "minute 9", " ", "The correction needs its reason"),
        ("committee-vote", "minute 1", "minute 9", "why", "was corrected meanwhile"),
    ],
)
def test_a_correction_that_cannot_be_changes_nothing(
    registry: Registry, item: str, shown: str, reference: str, why: str, problem: str
) -> None:
    done = registry.go_live_done("committee-vote", "sup", AT, "minute 7")
    with pytest.raises((BadInput, Conflict), match=problem):
        registry.correct_go_live(item, shown, "it", AT, reference, why)
    assert done in registry.go_live()
    assert [event.action for event in registry.outbox()] == ["golive.done"]
