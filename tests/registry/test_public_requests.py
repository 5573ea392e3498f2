"""A public records request: its clock, the records that answer it, and a ruling on each of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from test_closures import calendar

from records.errors import BadInput, Conflict, Refused
from registry import Registry
from registry.closures import business_day_after
from registry.exports import Export
from registry.public_items import WHOLE, WITHHELD, Ruling

NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
CHOSEN = {"x:post:1": NOON, "x:comment:2": None}
HIDDEN = Ruling("redacted", ("555-0100", "a@b.example"), author=True, exemption="c", reason="A parent's telephone")


@pytest.fixture
def asked(empty: Registry, tmp_path: Path) -> Registry:
    """A registry with Thanksgiving, and the request R1 of the Monday before it."""
    empty.closures.import_csv(calendar(tmp_path, "2026-11-26,Thanksgiving", "2026-11-27,Day after it"), "o", NOON)
    empty.public_requests.receive("A parent", "Posts on the fair", MONDAY, "rae", NOON)
    return empty


@pytest.mark.parametrize(
    ("received", "number", "due"),
    [
        (date(2026, 11, 2), 10, date(2026, 11, 16)),
        (date(2026, 11, 7), 10, date(2026, 11, 23)),  # a Saturday counts as the Monday after it
        (date(2026, 11, 9), 0, date(2026, 11, 9)),
    ],
)
def test_business_days_are_counted_from_the_first_open_day(received: date, number: int, due: date) -> None:
    assert business_day_after(received, number, ()) == due


def test_a_response_is_due_on_the_tenth_business_day_and_closed_days_do_not_count(asked: Registry) -> None:
    request = asked.public_requests.get("R1")
    assert (request.due, request.petition_by) == (date(2026, 12, 9), date(2026, 12, 23))
    (event,) = (each for each in asked.outbox() if each.action.startswith("public"))
    assert (event.action, event.subject, event.by, event.data) == (
        "public_request.received", "R1", "rae", {"due": "2026-12-09"},
    )  # fmt: skip


def test_the_state_gives_more_time_once_and_with_a_reason(asked: Registry) -> None:
    requests = asked.public_requests
    for until, why, says in ((date(2026, 12, 9), "granted", "no later than now"), (date(2027, 1, 8), " ", "no reason")):
        with pytest.raises(BadInput, match=says):
            requests.extend("R1", until, "rae", NOON, 1, why)
    assert requests.extend("R1", date(2027, 1, 8), "rae", NOON, 1, "SPR26/1").due == date(2027, 1, 8)
    with pytest.raises(Refused, match="was given more time once"):
        requests.extend("R1", date(2027, 2, 8), "rae", NOON, 2, "again")


def test_who_read_an_earlier_version_is_told_and_an_answer_is_final(asked: Registry) -> None:
    requests = asked.public_requests
    requests.extend("R1", date(2027, 1, 8), "rae", NOON, 1, "SPR26/1")
    with pytest.raises(Conflict, match="R1 was changed meanwhile"):
        requests.answer("R1", "sam", NOON, 1, "Sent by mail")
    assert not requests.answer("R1", "sam", NOON, 2, "Sent by mail").open
    for change in (
        lambda: requests.answer("R1", "sam", NOON, 3, "Sent again"),
        lambda: requests.items.choose("R1", CHOSEN, "sam", NOON),
        lambda: requests.items.rule("R1", {}, Ruling(WHOLE), "sam", NOON),
    ):
        with pytest.raises(Refused, match="R1 is answered"):
            change()


def test_records_are_chosen_once_each_and_keep_their_numbers(asked: Registry) -> None:
    items = asked.public_requests.items
    assert items.choose("R1", CHOSEN, "rae", NOON) == 2
    assert items.choose("R1", {"x:post:1": NOON, "x:post:3": NOON}, "rae", NOON) == 1
    assert items.leave_out("R1", [2, 9], "rae", NOON) == 1
    assert [(each.number, each.record_id, each.created_at) for each in items.of("R1")] == [
        (1, "x:post:1", NOON),
        (3, "x:post:3", NOON),
    ]


def test_what_is_kept_back_cites_an_exemption_and_says_why(asked: Registry) -> None:
    items = asked.public_requests.items
    items.choose("R1", CHOSEN, "rae", NOON)
    for ruling, says in (
        (Ruling("burnt"), "'burnt' is no ruling"),
        (Ruling(WITHHELD, reason="private"), "without an exemption"),
        (Ruling(WITHHELD, exemption="z", reason="private"), "without an exemption"),
        (Ruling(WITHHELD, exemption="c"), "no reason for keeping it back"),
        (Ruling("redacted", exemption="c", reason="private"), "Nothing is blacked out"),
    ):
        with pytest.raises(BadInput, match=says):
            items.rule("R1", {1: 1}, ruling, "rae", NOON)
    items.rule("R1", {1: 1, 2: 1}, HIDDEN, "rae", NOON)
    assert [(each.ruling, each.ruled_by, each.version) for each in items.of("R1")] == [(HIDDEN, "rae", 2)] * 2
    event = asked.outbox()[-1]
    assert (event.action, event.reason) == ("public_request.ruled", "A parent's telephone")
    assert event.data == {"ruling": "redacted", "exemption": "c", "numbers": "1 2"}


def test_two_rulings_on_one_record_conflict_and_none_of_the_second_is_kept(asked: Registry) -> None:
    items = asked.public_requests.items
    items.choose("R1", CHOSEN, "rae", NOON)
    items.rule("R1", {2: 1}, HIDDEN, "rae", NOON)
    with pytest.raises(Conflict, match="rae decided on record 2 of R1 meanwhile"):
        items.rule("R1", {1: 1, 2: 1}, Ruling(WHOLE), "sam", NOON)
    assert [each.ruling.kind for each in items.of("R1")] == ["undecided", "redacted"]


def test_an_export_that_answers_a_request_is_on_record(asked: Registry) -> None:
    asked.exports.made("x:1845", None, None, "a" * 64, "dana", NOON, "request 7")
    asked.exports.answered("R1", "R1-1.zip", "b" * 64, {"whole": 2, "withheld": 1}, "rae", NOON, "The answer")
    data = {"file": "R1-1.zip", "manifest": "b" * 64, "whole": "2", "withheld": "1"}
    assert asked.exports.of("R1") == [Export("R1", "rae", NOON, "The answer", data)]
    assert [each.subject for each in asked.exports.all()] == ["R1", "x:1845"]
