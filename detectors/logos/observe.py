"""From matches in a post's picture to observations (clause 4.9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from detectors.logos.detector import LogoMatch
from records.canonical import digest
from records.model import Evidence, Observation

RULE = "logo-use"
RULE_VERSION = 1
CLAUSE = "4.9"


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture where a record shows it. ``record_id`` is the post's or comment's."""

    record_id: str
    account_id: str
    media_sha256: str
    posted_at: datetime | None
    evidence: Evidence | None


def observe(
    shown: Shown, matches: Sequence[LogoMatch], detector: str, references: str, now: datetime
) -> list[Observation]:
    """One observation for each mark in the picture, its surest match; that it *is used*, never that it may not be.

    The id depends on the record, the picture and the mark alone: a newer detector that sees the same
    use says nothing new, and what a reviewer dismissed stays dismissed.

    Parameters
    ----------
    detector, references : versions of the detector and of its reference set, kept in the details.
    now : when the observation is made (aware).
    """
    surest: dict[str, LogoMatch] = {}
    for match in sorted(matches, key=lambda m: (-m.score, m.mark, m.box)):
        surest.setdefault(match.mark, match)
    return [_observation(shown, match, detector, references, now) for match in surest.values()]


def _observation(shown: Shown, match: LogoMatch, detector: str, references: str, now: datetime) -> Observation:
    seen = {"record": shown.record_id, "media": shown.media_sha256, "mark": match.mark}
    why = match.why
    reasons = {
        "votes": f"{why.votes:g} from {why.voters} patches",
        "agreement": f"{why.agreement:.2f}",
        "overlap": f"{why.overlap:.2f}",
        "visible": f"{why.visible:.2f}",
        "looks": f"{why.looks:.2f}",
        "hash_distance": f"{why.distance} of 128 bits",
        "reference_hash": why.reference_hash,
        "image_hash": why.image_hash,
    }
    return Observation(
        observation_id=digest({"rule": RULE, "version": RULE_VERSION, "evidence": seen}),
        rule=RULE,
        rule_version=RULE_VERSION,
        clause=CLAUSE,
        account_id=shown.account_id,
        record_id=shown.record_id,
        subject=match.mark,
        confidence=match.score,
        strong=match.strong,
        evidence=shown.evidence,
        observed_at=now,
        posted_at=shown.posted_at,
        media_sha256=shown.media_sha256,
        box=match.box,
        details={**reasons, "detector": detector, "references": references},
    )
