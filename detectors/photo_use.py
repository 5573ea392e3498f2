"""From photographs found in a post's picture to observations (clause 4.9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from detectors.logos.observe import Shown
from detectors.photos import EXACT, RADIUS, PhotoMatch
from records.canonical import digest
from records.model import Observation

RULE = "photo-use"
RULE_VERSION = 1
CLAUSE = "4.9"


def observe(
    shown: Shown, matches: Sequence[PhotoMatch], detector: str, references: str, now: datetime
) -> list[Observation]:
    """One observation for each of the district's photographs in the picture: that it is used, not that it may not be.

    The id depends on the record, the picture and the photograph alone, as for marks.

    Parameters
    ----------
    detector, references : versions of the detector and of its reference set, kept in the details.
    now : when the observation is made (aware).
    """
    return [_observation(shown, match, detector, references, now) for match in matches]


def confidence(distance: int) -> float:
    """Of a match at a Hamming ``distance`` of 256: 0.99 up to :data:`EXACT`, falling to 0.85 at :data:`RADIUS`."""
    doubt = max(0, distance - EXACT) / (RADIUS - EXACT)
    return round(0.99 - 0.14 * min(doubt, 1.0), 4)


def _observation(shown: Shown, match: PhotoMatch, detector: str, references: str, now: datetime) -> Observation:
    seen = {
        "record": shown.record_id,
        "media": shown.media_sha256,
        "photograph": match.photo,
    }
    return Observation(
        observation_id=digest({"rule": RULE, "version": RULE_VERSION, "evidence": seen}),
        rule=RULE,
        rule_version=RULE_VERSION,
        clause=CLAUSE,
        account_id=shown.account_id,
        record_id=shown.record_id,
        subject=match.photo,
        confidence=confidence(match.distance),
        strong=match.distance <= EXACT,
        evidence=shown.evidence,
        observed_at=now,
        posted_at=shown.posted_at,
        media_sha256=shown.media_sha256,
        details={
            "hash_distance": f"{match.distance} of 256 bits",
            "image_hash": match.image_hash,
            "mirrored": "yes" if match.mirrored else "no",
            "detector": detector,
            "references": references,
        },
    )
