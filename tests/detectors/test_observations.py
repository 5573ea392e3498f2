"""Observations from matches and relationships: who, what, where, and an id that evidence alone decides."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from detectors.logos import LogoMatch, Why
from detectors.logos.observe import Shown, observe
from detectors.relationships import outside_community
from records.model import Direction, Evidence, Observation, Platform, Relationship

NOW = datetime(2026, 10, 19, 11, tzinfo=UTC)
LATER = datetime(2026, 10, 26, 11, tzinfo=UTC)
POSTED = datetime(2026, 10, 14, 15, 30, tzinfo=UTC)
WHY = Why(41.5, 18, 0.71, 0.9, 1.0, 0.98, 5, "ab" * 16, "cd" * 16)


def relationship(key: str, direction: Direction = Direction.OUTBOUND) -> Relationship:
    return Relationship(
        "acc-1", Platform.X, direction, "follow", f"x:{key}", f"handle{key}", f"Name {key}", minimised=False
    )


def classify(known: dict[str, str]):
    return lambda one: known.get(one.counterpart_key)


def test_only_outbound_relationships_outside_the_community_are_observed() -> None:
    seen = [
        (relationship("1"), Evidence("b1", 4)),
        (relationship("2"), Evidence("b1", 5)),
        (relationship("3", Direction.INBOUND), Evidence("b1", 6)),
    ]
    [one] = outside_community(seen, classify({"x:1": "guardian"}), datetime(2026, 10, 18, tzinfo=UTC), NOW)
    assert one == Observation(
        observation_id=one.observation_id,
        rule="outbound-outside-community",
        rule_version=1,
        clause="4.2",
        account_id="acc-1",
        record_id=None,
        subject="x:2",
        confidence=1.0,
        strong=True,
        evidence=Evidence("b1", 5),
        observed_at=NOW,
        details={
            "direction": "outbound",
            "kind": "follow",
            "roster_date": "2026-10-18",
            "handle": "handle2",
            "name": "Name 2",
        },
    )


def test_the_same_relationship_seen_later_has_the_same_id() -> None:
    first, again, other = (
        outside_community([(relationship(key), Evidence(batch, 1))], classify({}), NOW.date(), at)[0].observation_id
        for key, batch, at in (("2", "b1", NOW), ("2", "b9", LATER), ("3", "b1", NOW))
    )
    assert first == again != other


def match(mark: str, score: float, left: int = 10) -> LogoMatch:
    return LogoMatch(mark, score, (left, 20, left + 90, 110), score > 0.9, WHY)


SHOWN = Shown("x:post:1", "acc-1", "f" * 64, POSTED, Evidence("b1", 7))


def test_each_mark_is_observed_once_with_its_surest_place() -> None:
    seal, ram = observe(SHOWN, [match("ram", 0.6), match("seal", 0.8, 300), match("seal", 0.97)], "1", "abc", NOW)
    assert (ram.subject, ram.confidence, ram.strong) == ("ram", 0.6, False)
    assert seal == Observation(
        observation_id=seal.observation_id,
        rule="logo-use",
        rule_version=1,
        clause="4.9",
        account_id="acc-1",
        record_id="x:post:1",
        subject="seal",
        confidence=0.97,
        strong=True,
        evidence=Evidence("b1", 7),
        observed_at=NOW,
        posted_at=POSTED,
        media_sha256="f" * 64,
        box=(10, 20, 100, 110),
        details={
            "votes": "41.5 from 18 patches",
            "agreement": "0.71",
            "overlap": "0.90",
            "visible": "1.00",
            "looks": "0.98",
            "hash_distance": "5 of 128 bits",
            "reference_hash": "ab" * 16,
            "image_hash": "cd" * 16,
            "detector": "1",
            "references": "abc",
        },
    )


@pytest.mark.parametrize(("score", "detector", "at"), [(0.55, "1", NOW), (0.97, "2", NOW), (0.97, "1", LATER)])
def test_a_newer_look_at_the_same_use_keeps_its_id(score: float, detector: str, at: datetime) -> None:
    [first] = observe(SHOWN, [match("seal", 0.97)], "1", "abc", NOW)
    [again] = observe(SHOWN, [match("seal", score)], detector, "def", at)
    assert again.observation_id == first.observation_id


def test_no_match_is_no_observation() -> None:
    assert observe(SHOWN, [], "1", "abc", NOW) == []
