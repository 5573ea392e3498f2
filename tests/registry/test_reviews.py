"""Reviews: steps that only people take, kept for good, never two at once on the same thing."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from roster_kit import AT

from records.errors import BadInput, Conflict, Refused
from records.model import Account
from registry import Registry
from registry.reviews import CONFIRMED, DISMISSALS, NEXT, STATES, Change, Precision, Review, Step
from registry.users import Role, UserDraft

LATER = AT + timedelta(hours=1)
SEAL = Change("a" * 64, "logo-use", "x:1845", "seal", "same picture", 0)
CLUB = Change("b" * 64, "outbound-outside-community", "x:1845", "x:77", "same club", 0)


def now_at(change: Change, version: int) -> Change:
    return replace(change, version=version)


@pytest.fixture
def contacted(registry: Registry, account: Account) -> str:
    """An observation of the teacher's account that ann has confirmed."""
    registry.reviews.move([SEAL], "contacted", "ann", AT)
    return SEAL.observation_id


def test_an_observation_that_nobody_touched_has_no_review(registry: Registry) -> None:
    assert (registry.reviews.get("a" * 64), registry.reviews.all(), registry.reviews.history("a" * 64)) == (
        None,
        {},
        [],
    )


def test_a_step_is_on_record_with_its_event(registry: Registry) -> None:
    registry.reviews.move([SEAL], "dismissed", "ann", AT, "not_ours", " the town's seal ")
    review = Review(
        "a" * 64, "logo-use", "x:1845", "seal", "same picture", "dismissed", "not_ours", "the town's seal", "ann", AT, 1
    )
    assert registry.reviews.all() == {"a" * 64: review}
    assert registry.reviews.history("a" * 64) == [Step(1, "dismissed", "not_ours", "the town's seal", "ann", AT, False)]
    (event,) = registry.outbox()
    assert (event.action, event.by, event.at, event.subject, event.reason) == (
        "review.moved", "ann", AT, "a" * 64, "the town's seal",
    )  # fmt: skip
    together = event.data["together"]
    assert event.data == {
        "state": "dismissed",
        "reason": "not_ours",
        "rule": "logo-use",
        "account_id": "x:1845",
        "together": together,
    }


def test_what_somebody_moved_last_is_known_until_it_is_taken_back(registry: Registry) -> None:
    reviews, both = registry.reviews, [SEAL.observation_id, CLUB.observation_id]
    assert reviews.last_moved("ann") == []
    reviews.move([SEAL, CLUB], "in_review", "ann", AT)
    assert (reviews.last_moved("ann"), reviews.last_moved("bob")) == (both, [])
    reviews.move([replace(CLUB, version=1)], "contacted", "ann", AT)
    assert reviews.last_moved("ann") == [CLUB.observation_id]
    reviews.undo([CLUB.observation_id], "ann", AT)
    assert reviews.last_moved("ann") == []


def test_who_comes_second_is_told_who_was_first_and_changes_nothing(registry: Registry) -> None:
    registry.reviews.move([SEAL], "contacted", "ann", AT)
    with pytest.raises(Conflict, match=r"'Staff contacted' since 2026-09-07 08:00 UTC, by ann\. Open it again"):
        registry.reviews.move([CLUB, SEAL], "dismissed", "bob", LATER, "harmless")
    assert {key: review.state for key, review in registry.reviews.all().items()} == {"a" * 64: "contacted"}
    assert len(registry.outbox()) == 1


@pytest.mark.parametrize(
    ("to_state", "reason", "error", "words"),
    [
        ("burned", "", BadInput, "'burned' is no state to move to"),
        ("new", "", BadInput, "'new' is no state to move to"),
        ("dismissed", "", BadInput, "needs its reason"),
        ("dismissed", "boring", BadInput, "needs its reason"),
        ("contacted", "harmless", BadInput, "a reason to dismiss only"),
        ("referred", "", Refused, "'New' cannot be followed by 'Referred'. From here it can go to: in review or"),
        ("closed", "", Refused, "'New' cannot be followed by 'Closed'"),
    ],
)
def test_a_step_that_cannot_be_taken_leaves_no_trace(
    registry: Registry, to_state: str, reason: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        registry.reviews.move([SEAL], to_state, "ann", AT, reason)
    assert (registry.reviews.all(), registry.outbox()) == ({}, [])


def test_a_step_upon_a_review_that_is_not_there_is_refused(registry: Registry) -> None:
    with pytest.raises(BadInput, match="has no review"):
        registry.reviews.move([now_at(SEAL, 3)], "contacted", "ann", AT)


def test_taking_back_leads_to_where_it_was_and_is_a_step_itself(registry: Registry) -> None:
    registry.reviews.move([SEAL], "in_review", "ann", AT, note="looking")
    registry.reviews.move([now_at(SEAL, 1)], "dismissed", "ann", AT, "harmless")
    registry.reviews.undo([SEAL.observation_id], "ann", LATER)
    review = registry.reviews.get(SEAL.observation_id)
    assert review is not None
    assert (review.state, review.reason, review.note, review.version, review.at) == (
        "in_review",
        "",
        "looking",
        3,
        LATER,
    )
    assert [(s.state, s.undo) for s in registry.reviews.history(SEAL.observation_id)] == [
        ("in_review", False), ("dismissed", False), ("in_review", True),
    ]  # fmt: skip


def test_nobody_takes_back_what_somebody_else_did(registry: Registry) -> None:
    registry.reviews.move([SEAL, CLUB], "in_review", "ann", AT)
    registry.reviews.move([now_at(CLUB, 1)], "contacted", "bob", AT)
    with pytest.raises(Conflict, match="'Staff contacted' since 2026-09-07 08:00 UTC, by bob"):
        registry.reviews.undo([SEAL.observation_id, CLUB.observation_id], "ann", LATER)
    assert {r.version for r in registry.reviews.all().values()} == {1, 2}
    with pytest.raises(BadInput, match="is new"):
        registry.reviews.undo(["c" * 64], "ann", LATER)


def test_precision_counts_what_was_confirmed_against_what_the_detector_got_wrong(registry: Registry) -> None:
    changes = [replace(SEAL, observation_id=f"{n:064}") for n in range(6)]
    registry.reviews.move(changes[:3], "contacted", "ann", AT)
    registry.reviews.move([replace(changes[0], version=1)], "closed", "ann", AT)
    registry.reviews.move(changes[3:4], "dismissed", "ann", AT, "not_ours")
    registry.reviews.move(changes[4:5], "dismissed", "ann", AT, "permitted_elsewhere")
    registry.reviews.move(changes[5:], "in_review", "ann", AT)
    registry.reviews.move([CLUB], "dismissed", "ann", AT, "not_outside")
    assert registry.reviews.precision() == {
        "logo-use": Precision(3, 1),
        "outbound-outside-community": Precision(0, 1),
    }


@pytest.mark.parametrize(
    ("precision", "share", "interval"),
    [
        (Precision(0, 0), None, (0.0, 1.0)),
        (Precision(81, 19), 0.81, (0.722, 0.875)),
        (Precision(10, 0), 1.0, (0.722, 1.0)),
        (Precision(0, 10), 0.0, (0.0, 0.278)),
    ],
)
def test_the_interval_is_wilsons(precision: Precision, share: float | None, interval: tuple[float, float]) -> None:
    """Values from Brown, Cai and DasGupta (2001) and R's ``binom.confint(method="wilson")``."""
    assert (precision.share, tuple(round(end, 3) for end in precision.interval)) == (share, interval)


def test_the_owner_replies_to_what_is_confirmed_and_to_nothing_else(
    registry: Registry, account: Account, contacted: str
) -> None:
    registry.reviews.reply(contacted, "t1", "larkin", LATER, " It was the fair. ")
    (message,) = registry.reviews.messages(contacted)
    assert (message.kind, message.by, message.at, message.text) == ("reply", "larkin", LATER, "It was the fair.")
    assert registry.outbox()[-1].action == "review.reply"
    registry.reviews.move([CLUB], "in_review", "ann", AT)
    for observation_id, owner in ((CLUB.observation_id, "t1"), (contacted, "t2"), ("c" * 64, "t1")):
        with pytest.raises(Refused, match="not for you to answer"):
            registry.reviews.reply(observation_id, owner, "larkin", LATER, "words")
    with pytest.raises(BadInput, match="has no words"):
        registry.reviews.reply(contacted, "t1", "larkin", LATER, " ")


def test_an_appeal_is_answered_by_nobody_who_confirmed_or_wrote_it(registry: Registry, contacted: str) -> None:
    registry.reviews.appeal(contacted, "t1", "larkin", LATER, "The town owns it")
    assert list(registry.reviews.open_appeals()) == [contacted]
    for somebody in ("ann", "larkin"):
        with pytest.raises(Refused, match=f"{somebody} took part"):
            registry.reviews.answer_appeal(contacted, somebody, LATER, "No")
    with pytest.raises(Refused, match="waits already"):
        registry.reviews.appeal(contacted, "t1", "larkin", LATER, "Again")
    registry.reviews.answer_appeal(contacted, "bob", LATER, "It stands")
    assert registry.reviews.open_appeals() == {}
    review = registry.reviews.get(contacted)
    assert review is not None
    assert review.state == "contacted"
    with pytest.raises(BadInput, match="No appeal waits"):
        registry.reviews.answer_appeal(contacted, "bob", LATER, "Once more")


def test_an_appeal_is_not_answered_by_its_writer_or_a_reviewer_under_another_login(
    registry: Registry, contacted: str
) -> None:
    for login, person in (("larkin", "t1"), ("head", "t1"), ("ann", "t2"), ("office", "t2"), ("bob", "t3")):
        registry.users.add(UserDraft(login, login, frozenset({Role.COMMUNICATIONS}), person_id=person), "it", AT)
    registry.reviews.appeal(contacted, "t1", "larkin", LATER, "The town owns it")
    for somebody in ("head", "office"):
        with pytest.raises(Refused, match=f"{somebody} took part"):
            registry.reviews.answer_appeal(contacted, somebody, LATER, "No")
    registry.reviews.answer_appeal(contacted, "bob", LATER, "It stands")
    assert registry.reviews.open_appeals() == {}


def test_an_appeal_that_is_upheld_dismisses_the_observation_and_counts_as_it_says(
    registry: Registry, contacted: str
) -> None:
    registry.reviews.appeal(contacted, "t1", "larkin", LATER, "It is the town's")
    with pytest.raises(BadInput, match="needs its reason"):
        registry.reviews.answer_appeal(contacted, "bob", LATER, "True", dismiss_as="whim")
    assert [m.kind for m in registry.reviews.messages(contacted)] == ["appeal"]
    registry.reviews.answer_appeal(contacted, "bob", LATER, "True", dismiss_as="not_ours")
    review = registry.reviews.get(contacted)
    assert review is not None
    assert (review.state, review.reason, review.by, review.note) == ("dismissed", "not_ours", "bob", "True")
    assert registry.reviews.precision() == {"logo-use": Precision(0, 1)}


@cache
def migrated() -> Path:
    """An empty registry, to be copied."""
    path = Path(tempfile.mkdtemp(prefix="hallpass-reviews-")) / "registry.sqlite"
    atexit.register(shutil.rmtree, path.parent)
    Registry.open(path).close()
    return path


class ReviewSteps(RuleBasedStateMachine):
    """Any steps by anybody, against a plain model of what they may come to."""

    observations = Bundle("observations")

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.registry = Registry.open(shutil.copy(migrated(), self.folder.name))
        self.steps: dict[str, list[tuple[str, str, str]]] = {}
        self.events = 0

    @rule(target=observations, number=st.integers(0, 3))
    def observed(self, number: int) -> str:
        return f"{number:064}"

    @rule(
        observation=observations,
        to_state=st.sampled_from(list(STATES)),
        reason=st.sampled_from(["", *DISMISSALS]),
        by=st.sampled_from(["ann", "bob"]),
        stale=st.booleans(),
    )
    def move(self, observation: str, to_state: str, reason: str, by: str, stale: bool) -> None:
        steps = self.steps.get(observation, [])
        state = steps[-1][0] if steps else "new"
        allowed = to_state in NEXT[state] and (to_state == "dismissed") == bool(reason)
        version = max(0, len(steps) - 1) if stale else len(steps)
        change = Change(observation, "logo-use", "x:1", "seal", "g", version)
        try:
            self.registry.reviews.move([change], to_state, by, AT, reason)
        except Conflict as error:
            assert steps
            assert version != len(steps)
            assert error.what.endswith(f"by {steps[-1][2]}")
        except (BadInput, Refused):
            assert not allowed
        else:
            assert allowed
            assert version == len(steps)
            self.steps[observation] = [*steps, (to_state, reason, by)]
            self.events += 1

    @rule(observation=observations, by=st.sampled_from(["ann", "bob"]))
    def undo(self, observation: str, by: str) -> None:
        steps = self.steps.get(observation, [])
        try:
            self.registry.reviews.undo([observation], by, AT)
        except BadInput:
            assert not steps
        except Conflict:
            assert steps[-1][2] != by
        else:
            state, reason = steps[-2][:2] if len(steps) > 1 else ("new", "")
            self.steps[observation] = [*steps, (state, reason, by)]
            self.events += 1

    @invariant()
    def the_registry_says_what_was_done(self) -> None:
        if not hasattr(self, "registry"):
            return
        reviews = self.registry.reviews.all()
        assert {key: (r.state, r.reason, r.by) for key, r in reviews.items()} == {
            key: steps[-1] for key, steps in self.steps.items()
        }
        for key, steps in self.steps.items():
            assert [(s.state, s.reason, s.by) for s in self.registry.reviews.history(key)] == steps
        right = sum(steps[-1][0] in CONFIRMED for steps in self.steps.values())
        assert self.registry.reviews.precision().get("logo-use", Precision(0, 0)).right == right
        assert len(self.registry.outbox()) == self.events

    def teardown(self) -> None:
        if hasattr(self, "registry"):
            self.registry.close()
            self.folder.cleanup()


TestReviewSteps = ReviewSteps.TestCase
TestReviewSteps.settings = settings(max_examples=20, stateful_step_count=10, deadline=None)
