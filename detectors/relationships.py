"""Whom a registered account follows that is not known to be of the educational community (clause 4.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from records.canonical import digest
from records.model import Direction, Evidence, Observation, Relationship

RULE = "outbound-outside-community"
RULE_VERSION = 1
CLAUSE = "4.2"

Classifier = Callable[[Relationship], str | None]


def outside_community(
    relationships: Iterable[tuple[Relationship, Evidence]],
    community_class: Classifier,
    roster_date: date | datetime,
    now: datetime,
) -> list[Observation]:
    """An observation for each outbound relationship whose other side is no known member of the community.

    Inbound relationships are information and never observed: nobody chooses who follows them. The confidence
    of 1.0 is that of an exact look-up by platform id and handle. It says that the other side is not on the
    roster, and nothing about whether it belongs to the community: most families have no handle recorded.

    Parameters
    ----------
    relationships : current ones, each with where it was seen.
    community_class : ``staff``, ``student``, ``guardian``, ``school``, ``organisation``, or None for an outsider.
    roster_date : the day of the roster that the classifier knows.
    now : when the observation is made (aware).
    """
    return [
        _observation(relationship, evidence, roster_date, now)
        for relationship, evidence in relationships
        if relationship.direction is Direction.OUTBOUND and community_class(relationship) is None
    ]


def _observation(
    relationship: Relationship, evidence: Evidence, roster_date: date | datetime, now: datetime
) -> Observation:
    chosen = {
        "account": relationship.account_id,
        "counterpart": relationship.counterpart_key,
        "kind": relationship.kind,
        "direction": relationship.direction,
    }
    return Observation(
        observation_id=digest({"rule": RULE, "version": RULE_VERSION, "evidence": chosen}),
        rule=RULE,
        rule_version=RULE_VERSION,
        clause=CLAUSE,
        account_id=relationship.account_id,
        record_id=None,
        subject=relationship.counterpart_key,
        confidence=1.0,
        strong=True,
        evidence=evidence,
        observed_at=now,
        details=_details(relationship, roster_date),
    )


def _details(relationship: Relationship, roster_date: date | datetime) -> dict[str, str]:
    day = roster_date.date() if isinstance(roster_date, datetime) else roster_date
    details = {"direction": relationship.direction.value, "kind": relationship.kind, "roster_date": day.isoformat()}
    if relationship.handle_key:
        details["handle"] = relationship.handle_key
    if relationship.name:
        details["name"] = relationship.name
    return details
