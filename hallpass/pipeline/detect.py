"""Detect: show the detectors what is new, land what they observed, and ask the registry what held at the time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from detectors import photo_use
from detectors.batch import Look, detect_many
from detectors.logos.detector import VERSION
from detectors.logos.observe import RULE as LOGO_USE
from detectors.logos.observe import Shown, observe
from detectors.photos import VERSION as PHOTOS_VERSION
from detectors.relationships import outside_community
from hallpass.pipeline.office import Office, opened
from hallpass.progress import Event, announce
from hallpass.settings import Settings
from records.canonical import digest
from records.errors import Refused
from records.model import ImageVerdict, Judgement, Observation, Platform, Relationship
from records.own import OwnRecord, to_envelope
from registry import Photographs, References
from warehouse import read

log = structlog.get_logger(__name__)


def plan_images(settings: Settings) -> list[list[str]]:
    """SHA-256 of the pictures to look at, in batches of ``settings.image_batch_size``."""
    with opened(settings) as office:
        uses = _uses(office, _known(office.references(), office.photographs()))
    images = list(dict.fromkeys(use.media_sha256 for use in uses))
    announce(Event("run", "detect", "pictures", 0, len(images)))
    return [images[i : i + settings.image_batch_size] for i in range(0, len(images), settings.image_batch_size)]


def look_at_images(settings: Settings, images: Sequence[str]) -> int:
    """Look for the district's marks and photographs in ``images``, land verdicts and what was observed; how many.

    Raises
    ------
    LandingFailed : nothing of the batch was noted; it is looked at again.
    """
    with opened(settings) as office:
        references, photographs = office.references(), office.photographs()
        known = _known(references, photographs)
        noted: list[OwnRecord] = []
        uses = defaultdict(list)
        for use in _uses(office, known):
            uses[use.media_sha256].append(use)
        wanted = [image for image in images if image in uses]
        paths = [office.landing.media_path(image) for image in wanted]
        looks = detect_many(
            references.marks,
            paths,
            references.lookalikes,
            cache=office.folder / "references",
            photos=photographs.files,
        )
        for image, look in zip(wanted, looks, strict=True):
            noted += _noted(office, uses[image], look, known)
        _land(office, noted)
    announce(Event("step", "detect", "pictures", len(wanted)))
    return len(wanted)


def look_at_relationships(settings: Settings) -> int:
    """Observe whom registered accounts follow and the roster does not know; how many were not noticed before."""
    with opened(settings) as office, office.published() as published:
        if published is None:
            return 0
        known = {judged.observation.observation_id for judged in read.judged_observations(published)}
        new = [seen for seen in _outside(office, published) if seen.observation_id not in known]
        _land(office, new)
    return len(new)


def judge(settings: Settings) -> int:
    """Land what the registry now says about each observation, where that differs from before; how many."""
    with opened(settings) as office, office.published() as published:
        if published is None:
            return 0
        outside = {seen.observation_id for seen in _outside(office, published)}
        judged = read.judged_observations(published)
        answers = ((row.judgement, _judgement(office, row.observation, outside)) for row in judged)
        new = [_after(old, answer) for old, answer in answers if _differs(answer, old)]
        _land(office, new)
    return len(new)


def _known(references: References, photographs: Photographs) -> str:
    """Names all that pictures are compared with, so that they are looked at again when it changes."""
    if not photographs.files:
        return references.digest
    return digest({"references": references.digest, "photographs": photographs.digest, "version": PHOTOS_VERSION})


def _uses(office: Office, known: str) -> list[read.ImageUse]:
    with office.published() as published:
        return read.images_to_judge(published, VERSION, known) if published else []


def _noted(office: Office, uses: Iterable[read.ImageUse], look: Look, known: str) -> Iterable[OwnRecord]:
    """The verdict on one picture, and an observation for each record that shows it."""
    now = office.settings.now()
    yield ImageVerdict(look.image.name, VERSION, known, look.outcome, look.detail)
    for use in uses:
        shown = Shown(use.record_id, use.account_id, use.media_sha256, use.posted_at, use.evidence)
        yield from observe(shown, look.matches, VERSION, known, now)
        yield from photo_use.observe(shown, look.photos, PHOTOS_VERSION, known, now)


def _outside(office: Office, published: read.Published) -> list[Observation]:
    """Whom registered accounts follow now and who is neither on the roster nor an accepted organisation.

    Raises
    ------
    Refused : no roster was ever imported, so everybody would be a stranger.
    """
    communities = {platform: office.community(platform) for platform in Platform}
    roster_date = communities[Platform.X].roster_date
    if roster_date is None:
        raise Refused(
            "Relationships cannot be held against a roster: none was imported", "Run `hallpass roster import`"
        )

    def classify(relationship: Relationship) -> str | None:
        community = communities[relationship.platform]
        return community.classify(relationship.counterpart_key, relationship.handle_key)

    related = [(r.relationship, r.evidence) for r in read.current_relationships(published)]
    return outside_community(related, classify, roster_date, office.settings.now())


def _judgement(office: Office, seen: Observation, outside: Container[str]) -> Judgement:
    now = office.settings.now()
    if seen.rule in (LOGO_USE, photo_use.RULE):
        at = seen.posted_at or seen.observed_at
        answer = office.registry.permission(seen.subject, seen.account_id, at, office.settings.timezone)
        return Judgement(seen.observation_id, answer.outcome, answer.grant_id, now, answer.basis)
    if seen.observation_id in outside:
        basis = "Nobody on the roster and no accepted organisation is known by this handle"
        return Judgement(seen.observation_id, "outside_community", None, now, basis)
    return Judgement(seen.observation_id, "withdrawn", None, now, "It ended, or the other side is accepted now")


def _differs(new: Judgement, old: Judgement | None) -> bool:
    return old is None or (new.outcome, new.grant_id) != (old.outcome, old.grant_id)


def _after(old: Judgement | None, new: Judgement) -> Judgement:
    """``new`` as later than the one that it replaces: the latest counts, and a clock may stand still, as the made-up
    district's does from one demo to the next.
    """
    if old is None or old.judged_at < new.judged_at:
        return new
    return replace(new, judged_at=old.judged_at + timedelta.resolution)


def _land(office: Office, records: Sequence[OwnRecord]) -> None:
    now = office.settings.now()
    log.info("landed", records=len(records))
    if records:
        office.landing.land("observations", [to_envelope(record, now) for record in records], now)
