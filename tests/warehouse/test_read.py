"""The pipeline's questions, asked of a real published copy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
from archive_kit import ACCOUNT, NOW, hours, page, parse, post

from records.model import (
    Check,
    Comment,
    Completeness,
    Coverage,
    Direction,
    Envelope,
    Evidence,
    Gone,
    ImageVerdict,
    Judgement,
    MediaFile,
    MediaItem,
    Observation,
    Outcome,
    Platform,
    Relationship,
    Tombstone,
)
from records.own import to_envelope
from warehouse import read
from warehouse.landing import Landing
from warehouse.load import load
from warehouse.publish import open_published, publish

OTHER = "x:account:2"
FOLLOW = Relationship(ACCOUNT, Platform.X, Direction.OUTBOUND, "follow", "x:77", "brandx", "Brand X", False)
SHA = "ab" * 32


@contextmanager
def published(folder: Path, *envelopes: Envelope) -> Iterator[duckdb.DuckDBPyConnection]:
    if envelopes:
        Landing(folder).land("x", envelopes, NOW)
    load(folder, parse, NOW)
    publish(folder)
    with closing(open_published(folder)) as connection:
        yield connection


def reply(number: int, post_id: str, created_at: datetime = NOW) -> Comment:
    name = f"x:comment:{number}"
    return Comment(name, str(number), Platform.X, None, post_id, None, "9", "fan", "Fan", "hi", created_at)


def photo(number: int, url: str | None = "https://pbs.twimg.com/1.jpg") -> MediaItem:
    return MediaItem(f"x:media:{number}", Platform.X, ACCOUNT, "photo", url)


def fetched(number: int, sha256: str | None = SHA, error: str | None = None) -> Envelope:
    return to_envelope(MediaFile(f"x:media:{number}", sha256, 10, "image/png", error), NOW, ACCOUNT)


def scan(check: Check, at: datetime, completeness: Completeness = Completeness.FULL) -> Envelope:
    return to_envelope(Coverage(ACCOUNT, check, at, at, Outcome.OK, completeness), at)


def test_known_records_are_the_accounts_recent_posts_and_the_comments_on_them(tmp_path: Path) -> None:
    gone = Tombstone("x:post:5", Gone.DELETED, "")
    landed = page(
        NOW,
        post(1),
        post(2, account_id=OTHER),
        post(3, created_at=hours(-48)),
        post(4),
        post(5),
        reply(11, "x:post:1"),
        reply(12, "x:post:2"),
        reply(13, "x:post:1", hours(-48)),
    )
    missing = page(hours(1), Tombstone("x:post:4", Gone.DELETED, ""))
    with published(tmp_path, landed, missing, page(hours(1), gone), page(hours(2), gone)) as copy:
        known = read.known_records(copy, ACCOUNT, hours(-24))
    assert known == ["x:comment:11", "x:post:1", "x:post:4"]


def test_media_are_wanted_until_they_are_fetched_or_given_up(tmp_path: Path) -> None:
    items = page(NOW, photo(1), photo(2), photo(3), photo(4, url=None))
    tries = [fetched(3, None, f"timed out {n}") for n in range(read.MEDIA_TRIES)]
    with published(tmp_path, items, fetched(1), fetched(2, None, "timed out"), *tries) as copy:
        assert read.media_wanted(copy, ACCOUNT) == [photo(2)]
        assert read.media_wanted(copy, OTHER) == []


def test_media_of_this_visit_are_wanted_by_their_newer_url(tmp_path: Path) -> None:
    newer = photo(2, "https://pbs.twimg.com/1.jpg?sig=2")
    with published(tmp_path, page(NOW, photo(1), photo(2)), fetched(1)) as copy:
        assert read.media_wanted(copy, ACCOUNT, [photo(1), newer, photo(9)]) == [newer, photo(9)]


def uses(folder: Path, *envelopes: Envelope, references: str = "r1") -> list[tuple[str, str]]:
    with published(folder, *envelopes) as copy:
        return [(u.media_sha256, u.record_id) for u in read.images_to_judge(copy, "logos-1", references)]


def test_an_image_is_judged_once_for_a_detector_and_its_references(tmp_path: Path) -> None:
    shown = page(NOW, post(1, media_ids=("x:media:1",)), photo(1))
    assert uses(tmp_path, shown, fetched(1)) == [(SHA, "x:post:1")]
    assert uses(tmp_path, to_envelope(ImageVerdict(SHA, "logos-1", "r1", "clean"), NOW)) == []
    assert uses(tmp_path, references="r2") == [(SHA, "x:post:1")]


def test_a_new_use_of_a_marked_image_is_looked_at_and_of_a_clean_one_is_not(tmp_path: Path) -> None:
    clean = "cd" * 32
    first = page(NOW, post(1, media_ids=("x:media:1", "x:media:2")))
    seen = Observation("o1", "logo", 1, "4.9", ACCOUNT, "x:post:1", "seal", 0.9, True, None, NOW, NOW, SHA)
    marked = to_envelope(ImageVerdict(SHA, "logos-1", "r1", "marked"), NOW)
    passed = to_envelope(ImageVerdict(clean, "logos-1", "r1", "clean"), NOW)
    assert uses(tmp_path, first, fetched(1), fetched(2, clean), marked, passed, to_envelope(seen, NOW)) == []
    again = page(hours(1), post(2, media_ids=("x:media:1", "x:media:2")))
    assert uses(tmp_path, again) == [(SHA, "x:post:2")]


def test_an_image_use_carries_the_sighting_that_showed_it_first(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landing.land("x", [page(NOW, post(1))], NOW)
    shown = post(1, "now with a picture", version="2", media_ids=("x:media:1",))
    batch = landing.land("x", [page(hours(1)), page(hours(1), shown)], NOW)
    landing.land("x", [page(hours(2), shown), fetched(1)], NOW)
    with published(tmp_path) as copy:
        assert read.images_to_judge(copy, "logos-1", "r1") == [
            read.ImageUse(SHA, "x:post:1", ACCOUNT, NOW, Evidence(batch.batch_id, 2))
        ]


def test_posts_of_strangers_are_never_shown_to_the_detector(tmp_path: Path) -> None:
    assert uses(tmp_path, page(NOW, post(1, account_id=None, media_ids=("x:media:1",))), fetched(1)) == []


def test_a_relationship_is_current_until_a_complete_scan_misses_it(tmp_path: Path) -> None:
    with published(tmp_path, page(NOW, FOLLOW), scan(Check.FOLLOWING, NOW)) as copy:
        (related,) = read.current_relationships(copy, ACCOUNT)
        assert (related.relationship, related.first_seen_at, related.last_seen_at) == (FOLLOW, NOW, NOW)
        assert related.evidence.line == 1
        assert read.current_relationships(copy, OTHER) == []
    with published(
        tmp_path, scan(Check.FOLLOWERS, hours(1)), scan(Check.FOLLOWING, hours(1), Completeness.PARTIAL)
    ) as copy:
        assert len(read.current_relationships(copy)) == 1
    with published(tmp_path, scan(Check.FOLLOWING, hours(2))) as copy:
        assert read.current_relationships(copy) == []


def test_where_no_scan_was_complete_every_relationship_stands(tmp_path: Path) -> None:
    with published(tmp_path, page(NOW, FOLLOW), scan(Check.FOLLOWING, hours(9), Completeness.PARTIAL)) as copy:
        assert [r.relationship for r in read.current_relationships(copy)] == [FOLLOW]


def test_observations_come_back_whole_with_their_newest_judgement(tmp_path: Path) -> None:
    logo = Observation(
        "o1", "logo", 1, "4.9", ACCOUNT, "x:post:1", "seal", 0.9, True, Evidence("b", 1), NOW, hours(-5), SHA,
        (1, 2, 3, 4), {"mark": "seal"},
    )  # fmt: skip
    follow = Observation("o2", "outside", 1, "4.2", ACCOUNT, None, "x:77", 1.0, True, None, NOW)
    old, new = (Judgement("o1", outcome, None, hours(n), "b") for n, outcome in enumerate(["not_yet", "permitted"]))
    with published(tmp_path, *(to_envelope(r, NOW) for r in (logo, follow, new, old))) as copy:
        assert read.judged_observations(copy) == [read.Judged(logo, new), read.Judged(follow, None)]


def test_counts_say_what_the_archive_holds(tmp_path: Path) -> None:
    records = [post(1), post(2, "a"), post(3, account_id=None), reply(11, "x:post:1"), FOLLOW, photo(1)]
    edited = page(hours(1), post(2, "b", version="20"), Tombstone("x:post:1", Gone.PRIVATE, ""))
    seen = Observation("o1", "logo", 1, "4.9", ACCOUNT, None, "seal", 0.9, True, None, NOW)
    broken = Envelope("x.users_tweets", b"<html>", NOW)
    landed = [page(NOW, *records), edited, broken, fetched(1), replace(fetched(2), status=201), to_envelope(seen, NOW)]
    with published(tmp_path, *landed) as copy:
        assert read.counts(copy) == read.Counts(
            posts=2, comments=1, edited=1, gone=1, images=1, relationships=1, parse_problems=1, observations={"logo": 1}
        )
