"""Lists of recipients, the outbox of mails, and incidents that are told of once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from roster_kit import AT

from records.errors import BadInput
from registry import Registry
from registry.incidents import Trouble
from registry.mailing import GIVE_UP, MailState, NewMail, Outgoing
from registry.recipients import MailList, Recipient

MAIL = NewMail("<a@example.org>", "week 2026-W42", "office@example.org", "Week 42", b"whole", AT)


def test_recipients_stand_on_lists_by_role_and_by_school(registry: Registry) -> None:
    title = registry.schools()["high"]
    registry.recipients.add("communications", " Office@Example.org ", "it", AT)
    registry.recipients.add("school", "head@example.org", "it", AT, school=title)
    assert registry.recipients.all() == [
        Recipient("M1", MailList.COMMUNICATIONS, "office@example.org", "", ""),
        Recipient("M2", MailList.SCHOOL, "head@example.org", "high", title),
    ]
    registry.recipients.remove("m1", "it", AT, "left")
    assert [each.recipient_id for each in registry.recipients.all()] == ["M2"]
    assert [event.action for event in registry.outbox()] == [
        "mail.recipient.added",
        "mail.recipient.added",
        "mail.recipient.removed",
    ]


@pytest.mark.parametrize(
    ("to", "address", "school", "complaint"),
    [
        ("parents", "a@example.org", "", "'parents' is no mail list. Use one of communications"),
        ("it", "a@b\r\nBcc: x@y.org", "", "is not a mail address"),
        ("it", "a@b, c@d", "", "is not a mail address"),
        ("it", "office", "", "is not a mail address"),
        ("school", "a@example.org", "Nowhere", "'Nowhere' is no school on the roster. Name one of"),
        ("school", "a@example.org", "", "'' is no school on the roster"),
        ("it", "a@example.org", "high", "Only the list school is for one school"),
    ],
)
def test_a_recipient_who_cannot_be_is_refused_and_leaves_no_trace(
    registry: Registry, to: str, address: str, school: str, complaint: str
) -> None:
    with pytest.raises(BadInput) as refused:
        registry.recipients.add(to, address, "it", AT, school=school)
    assert complaint in str(refused.value)
    assert (registry.recipients.all(), registry.outbox()) == ([], [])


def test_nobody_stands_twice_on_one_list(registry: Registry) -> None:
    registry.recipients.add("it", "a@example.org", "it", AT)
    with pytest.raises(BadInput, match="is on the list it already"):
        registry.recipients.add("it", "A@example.org", "it", AT)


def test_what_waits_for_somebody_who_is_on_no_list_any_more_is_kept_back(registry: Registry) -> None:
    for name in ("communications", "it"):
        registry.recipients.add(name, MAIL.address, "it", AT)
    registry.mailing.queue([MAIL, replace(MAIL, message_id="<b@example.org>", address="b@example.org")], AT)
    registry.recipients.remove("M1", "it", AT)
    assert len(registry.mailing.due(AT)) == 2
    registry.recipients.remove("M2", "it", AT)
    assert [mail.address for mail in registry.mailing.due(AT)] == ["b@example.org"]
    kept_back = next(mail for mail in registry.mailing.all() if mail.address == MAIL.address)
    assert (kept_back.state, kept_back.error) == (MailState.REFUSED, "Taken off the list before it was sent")


def only(registry: Registry) -> Outgoing:
    (mail,) = registry.mailing.all()
    return mail


def test_a_mail_is_written_down_once_and_kept_whole(empty: Registry) -> None:
    assert [empty.mailing.queue([MAIL], AT) for _ in range(2)] == [1, 0]
    assert empty.mailing.content(MAIL.message_id) == b"whole"
    assert empty.mailing.due(AT) == [only(empty)]
    empty.mailing.sent(MAIL.message_id, AT)
    assert empty.mailing.due(AT + timedelta(days=9)) == []
    assert (only(empty).state, only(empty).tries, only(empty).ended_at) == (MailState.SENT, 1, AT)


def test_a_mail_waits_until_it_is_due(empty: Registry) -> None:
    empty.mailing.queue([replace(MAIL, due_at=AT + timedelta(hours=3))], AT)
    assert empty.mailing.due(AT + timedelta(hours=2)) == []
    assert len(empty.mailing.due(AT + timedelta(hours=3))) == 1


def test_a_passing_fault_is_tried_again_after_longer_and_longer_pauses_and_given_up_after_five_days(
    empty: Registry,
) -> None:
    empty.mailing.queue([MAIL], AT)
    pauses, now = [], AT
    while only(empty).state is MailState.WAITING:
        empty.mailing.postponed(MAIL.message_id, now, "451 later")
        pauses.append(only(empty).due_at - now)
        now = only(empty).due_at
    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert max(pauses) == timedelta(hours=4)
    assert (only(empty).state, only(empty).error) == (MailState.REFUSED, "451 later")
    ended = only(empty).ended_at
    assert ended is not None and GIVE_UP <= ended - AT < GIVE_UP + timedelta(hours=4)


def test_a_refused_mail_is_tried_again_only_when_somebody_asks(empty: Registry) -> None:
    empty.mailing.queue([MAIL], AT)
    empty.mailing.refused(MAIL.message_id, AT, "550 no such mailbox")
    assert (only(empty).state, only(empty).error) == (MailState.REFUSED, "550 no such mailbox")
    assert empty.mailing.due(AT + GIVE_UP) == []
    assert empty.mailing.again(MAIL.message_id, AT) == only(empty)
    assert empty.mailing.due(AT) == [only(empty)]
    with pytest.raises(BadInput, match="is no mail that was refused"):
        empty.mailing.again("<other@example.org>", AT)


class Told:
    """Notes what each call would tell, and queues one mail for it."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[str], list[str]]] = []

    def __call__(self, began: Sequence[Trouble], over: Sequence[Trouble]) -> list[NewMail]:
        self.calls.append(([t.subject for t in began], [t.subject for t in over]))
        return [replace(MAIL, message_id=f"<{len(self.calls)}@example.org>")]


def test_an_incident_is_told_once_when_it_begins_and_once_when_it_is_over(empty: Registry) -> None:
    tell, hour = Told(), timedelta(hours=1)
    key = {"account x:1": "The key has died"}
    queued = [
        empty.incidents.note(key, [], AT, tell),
        empty.incidents.note(key, [], AT + hour, tell),
        empty.incidents.note({**key, "account x:2": "Suspended"}, [], AT + 2 * hour, tell),
        empty.incidents.note({}, ["account x:1", "account x:9"], AT + 3 * hour, tell),
        empty.incidents.note({}, ["account x:1"], AT + 4 * hour, tell),
        empty.incidents.note(key, [], AT + 5 * hour, tell),
    ]
    assert queued == [1, 0, 1, 1, 0, 1]
    assert tell.calls == [
        (["account x:1"], []),
        (["account x:2"], []),
        ([], ["account x:1"]),
        (["account x:1"], []),
    ]
    assert [trouble.subject for trouble in empty.incidents.open()] == ["account x:2", "account x:1"]


def test_where_the_mail_cannot_be_written_down_the_incident_is_not_noted_either(empty: Registry) -> None:
    def broken(began: Sequence[Trouble], over: Sequence[Trouble]) -> list[NewMail]:
        raise BadInput("No address", "Add one")

    with pytest.raises(BadInput):
        empty.incidents.note({"run collect": "failed"}, [], AT, broken)
    assert empty.incidents.open() == []
