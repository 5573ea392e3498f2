"""An archive for the communications office's tests: facts about registered accounts, landed and published."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from PIL import Image, ImageDraw

from console.context import Console
from detectors.relationships import RULE as OUTSIDE
from records.canonical import digest
from records.model import (
    Account,
    Comment,
    Direction,
    Envelope,
    Evidence,
    Gone,
    Judgement,
    MediaFile,
    MediaItem,
    Observation,
    Platform,
    Post,
    Record,
    Relationship,
    Tombstone,
)
from warehouse.landing import Landing
from warehouse.load import load
from warehouse.publish import publish
from warehouse.search import Search

SEEN_AT = datetime(2026, 10, 19, 11, tzinfo=UTC)
POSTED_AT = datetime(2026, 10, 14, 16, tzinfo=UTC)
BOX = (40, 30, 100, 90)
MARK = "district-seal"


def picture(text: str = "", size: tuple[int, int] = (320, 200)) -> bytes:
    """A JPEG with a disc in :data:`BOX`; another ``text`` is another picture."""
    image = Image.new("RGB", size, "#87a7b8")
    pen = ImageDraw.Draw(image)
    pen.ellipse(BOX, fill="#7a1f2b")
    pen.text((140, 90), text, fill="black")
    file = io.BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()


@dataclass
class ReviewScene:
    """Facts are told one by one; :meth:`publish` makes them the archive that the console reads."""

    console: Console
    told: int = 0

    def __post_init__(self) -> None:
        self.landing = Landing(self.console.folder)
        everybody = self.console.registry.accounts()
        self.accounts: list[Account] = [each for each in everybody if each.platform is Platform.X]

    def fetched(self, at: datetime, *records: Record) -> Evidence:
        """Land ``records`` as fetched at ``at``; where the first of them stands."""
        self.told += 1
        envelopes = [
            Envelope("test.record", pickle.dumps(record), at, url=f"https://api.twitter.com/2/tweets?n={self.told}-{n}")
            for n, record in enumerate(records)
        ]
        return Evidence(self.landing.land("test", envelopes, at).batch_id, 1)

    def posted(
        self, number: int, text: str, by: Account | None = None, shown: bytes | None = None, at: datetime = POSTED_AT
    ) -> Post:
        """A post, seen once, with its picture."""
        by = by or self.accounts[0]
        media = (f"x:media:{number}",) if shown else ()
        post = Post(
            f"x:post:{number}", str(number), Platform.X, by.account_id, by.platform_id, "post", text, at,
            conversation_id=str(number), permalink=f"https://x.com/i/web/status/{number}", media_ids=media,
        )  # fmt: skip
        self.fetched(SEEN_AT, post)
        if shown:
            sha256 = self.landing.land_media(shown)
            item = MediaItem(media[0], Platform.X, by.account_id, "photo", "https://pbs.twimg.com/media/a.jpg")
            self.fetched(SEEN_AT, item, MediaFile(media[0], sha256, len(shown), "image/jpeg"))
        return post

    def edited(self, post: Post, text: str) -> Post:
        """The same post with other words, under a new version."""
        newer = replace(post, version_id=f"{post.version_id}9", text=text)
        self.fetched(SEEN_AT + timedelta(hours=1), newer)
        return newer

    def deleted(self, post: Post) -> None:
        """Two separate answers say that it is gone."""
        for hours in (2, 3):
            self.fetched(
                SEEN_AT + timedelta(hours=hours), Tombstone(post.record_id, Gone.DELETED, f"not found {hours}")
            )

    def commented(self, post: Post, number: int, text: str, name: str, handle: str) -> Comment:
        """What a stranger wrote under a post."""
        comment = Comment(
            f"x:comment:{number}", str(number), Platform.X, None, post.record_id, None, f"9{number}", handle, name,
            text, POSTED_AT + timedelta(hours=number % 24),
        )  # fmt: skip
        self.fetched(SEEN_AT, comment)
        return comment

    def marked(
        self,
        post: Post,
        shown: bytes,
        outcome: str | None = "no_permission",
        confidence: float = 0.97,
        observed_at: datetime = SEEN_AT,
        mark: str = MARK,
    ) -> Observation:
        """A mark is recognised in the post's picture, and the registry has answered ``outcome``."""
        sha256 = self.landing.land_media(shown)
        assert post.account_id
        seen = Observation(
            observation_id=digest([post.record_id, sha256, mark]),
            rule="logo-use",
            rule_version=1,
            clause="4.9",
            account_id=post.account_id,
            record_id=post.record_id,
            subject=mark,
            confidence=confidence,
            strong=confidence > 0.9,
            evidence=self.fetched(SEEN_AT, post),
            observed_at=observed_at,
            posted_at=post.created_at,
            media_sha256=sha256,
            box=BOX,
            details={"detector": "2", "visible": "0.98"},
        )
        return self._judged(seen, outcome, "The registry's own words about it")

    def follows(self, handle: str, by: Account | None = None, observed_at: datetime = SEEN_AT) -> Observation:
        """A registered account follows somebody who is not known on the roster."""
        by, key = by or self.accounts[0], f"x:{digest(handle)[:8]}"
        related = Relationship(by.account_id, Platform.X, Direction.OUTBOUND, "follow", key, handle, "Some Body", False)
        seen = Observation(
            observation_id=digest([by.account_id, key]),
            rule=OUTSIDE,
            rule_version=1,
            clause="4.2",
            account_id=by.account_id,
            record_id=None,
            subject=key,
            confidence=1.0,
            strong=True,
            evidence=self.fetched(observed_at, related),
            observed_at=observed_at,
            details={"roster_date": "2026-10-01", "direction": "outbound", "kind": "follow", "handle": handle},
        )
        return self._judged(seen, "outside_community", "Nobody on the roster is known by this handle")

    def _judged(self, seen: Observation, outcome: str | None, basis: str) -> Observation:
        self.fetched(seen.observed_at, seen)
        if outcome:
            judgement = Judgement(seen.observation_id, outcome, None, seen.observed_at, basis)
            self.fetched(seen.observed_at, judgement)
        return seen

    def publish(self) -> None:
        """Everything told so far, loaded, published and indexed."""
        load(self.console.folder, _parse, SEEN_AT)
        publish(self.console.folder)
        with self.console.archive.cursor() as published:
            Search(self.console.folder, published).update()


def _parse(envelope: Envelope) -> Iterable[Record]:
    yield pickle.loads(envelope.body)
