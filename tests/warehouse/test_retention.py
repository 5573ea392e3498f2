"""Disposition: what may go goes whole, what stays is untouched, and every proof still holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard
from archive_kit import ACCOUNT, NOW, hours, page, parse, post, tables
from disposition_kit import LAW, OLD, POSTS, SIGNER, announced, disposals_of, old, planned_for, settle

from records.errors import BadInput, EvidenceDamaged
from records.model import (
    Decision,
    Envelope,
    Evidence,
    ImageVerdict,
    MediaFile,
    MediaItem,
    Observation,
    Platform,
    Tombstone,
)
from records.model import Gone as GoneHow
from records.own import OwnRecord, to_envelope
from records.retention import LegalHold, RetentionRule, Series, Trigger, earlier
from warehouse import durable
from warehouse.envelopes import is_stub
from warehouse.landing import Batch, Landing, all_lines_of
from warehouse.ledger import Ledger, proven
from warehouse.publish import forget_former, open_published, publish
from warehouse.rebuild import rebuild
from warehouse.retention import SOURCE, Law, Plan, drop, planned
from warehouse.seal import seal
from warehouse.search import Search
from warehouse.verify import Disposed, Verified, verify


def own(record: OwnRecord) -> Envelope:
    return to_envelope(record, NOW, ACCOUNT)


def landed(folder: Path, *envelopes: Envelope) -> Batch:
    batch = Landing(folder).land("x", envelopes, NOW)
    settle(folder)
    return batch


def checked(folder: Path, **more: Any) -> Verified:
    return verify(folder, parse, SIGNER.verifier(), NOW, threads=1, **more)


def lines(of: Plan) -> set[int]:
    """The plan's lines, of the one batch that a test landed."""
    return {each.line for each in of.lines}


def everything_said(folder: Path) -> bytes:
    """All that landing, the archive, the published copies and the pictures hold, uncompressed where that matters."""
    files = [path for part in ("landing", "media", "warehouse", "published") for path in (folder / part).rglob("*")]
    contents = [path.read_bytes() for path in files if path.is_file()]
    unpacked = [zstandard.ZstdDecompressor().stream_reader(c).read() for c in contents if c.startswith(b"\x28\xb5\x2f")]
    return b"".join([*contents, *unpacked])


def test_without_a_rule_everything_is_kept(tmp_path: Path) -> None:
    landed(tmp_path, page(NOW, old(1)))
    assert planned_for(tmp_path, replace(LAW, rules={})).lines == ()


def test_a_line_goes_when_every_record_in_it_is_past_its_period(tmp_path: Path) -> None:
    landed(tmp_path, page(NOW, old(1)), page(NOW, old(2), post(3)), page(NOW, post(4)), page(NOW))
    found = planned_for(tmp_path)
    assert lines(found) == {1}
    assert (found.records, found.earliest, found.latest) == ({"posts": 1}, OLD, OLD)
    assert found.kept == {"nothing in it has a period": 1, "the period for posts is not over": 2}
    assert planned(found.content()) == found


def test_a_period_counted_from_the_capture_is_longer(tmp_path: Path) -> None:
    landed(tmp_path, page(NOW, old(1)), page(earlier(NOW, 84), old(2)))
    captured = {Series.POSTS: replace(POSTS[Series.POSTS], trigger=Trigger.CAPTURED)}
    assert lines(planned_for(tmp_path, replace(LAW, rules=captured))) == {2}


@pytest.mark.parametrize(
    ("moment", "over"),
    [
        (datetime(2019, 10, 19, 11, tzinfo=UTC), True),
        (datetime(2019, 10, 19, 11, 0, 1, tzinfo=UTC), False),
        (datetime(9999, 12, 31, tzinfo=UTC), False),
        (datetime(1, 1, 1, tzinfo=UTC), True),
    ],
)
def test_a_period_ends_on_the_same_day_and_hour(moment: datetime, over: bool) -> None:
    assert POSTS[Series.POSTS].over(moment, NOW) is over


def test_what_has_no_series_with_a_rule_and_what_cannot_be_read_stay(tmp_path: Path) -> None:
    decision = own(Decision("e1", OLD, "supt", "grant.given", "G1", "asked"))
    broken = Envelope("test.page", b"not json", OLD, account_id=ACCOUNT)
    answer = page(NOW, Tombstone("x:post:1", GoneHow.DELETED, "404"))
    landed(tmp_path, decision, broken, answer)
    found = planned_for(tmp_path)
    assert found.lines == ()
    assert found.kept == {"always kept": 1, "cannot be read": 1, "the period for posts is not over": 1}


@pytest.mark.parametrize(
    ("hold", "stays"),
    [
        (LegalHold("H1", ACCOUNT, None, None, None, "claim"), {1, 2}),
        (LegalHold("H1", "x:account:2", None, None, None, "claim"), set()),
        (LegalHold("H1", None, "x:post:2", None, None, "claim"), {2}),
        (LegalHold("H1", None, "x:media:7", None, None, "claim"), {1}),
        (LegalHold("H1", None, None, OLD, OLD + timedelta(days=1), "claim"), {1, 2}),
        (LegalHold("H1", None, None, OLD + timedelta(days=1), hours(-1), "claim"), set()),
        (LegalHold("H1", ACCOUNT, "x:post:1", OLD, None, "claim"), {1}),
        (LegalHold("H1", ACCOUNT, "x:post:1", None, OLD, "claim"), set()),
    ],
)
def test_a_hold_keeps_what_fits_all_that_it_names(tmp_path: Path, hold: LegalHold, stays: set[int]) -> None:
    landed(tmp_path, page(NOW, old(1, media_ids=("x:media:7",))), page(NOW, old(2)))
    found = planned_for(tmp_path, replace(LAW, holds=(hold,)))
    assert lines(found) == {1, 2} - stays
    assert found.kept == ({"held by H1": len(stays)} if stays else {})


def test_what_an_observation_that_stays_rests_on_stays(tmp_path: Path) -> None:
    batch = landed(tmp_path, page(NOW, old(1)), page(NOW, old(2)))
    seen = Observation("o1", "logo", 1, "4.9", ACCOUNT, "x:post:1", "seal", 0.9, True, Evidence(batch.batch_id, 1), OLD)
    Landing(tmp_path).land("observations", [own(seen)], NOW)
    found = planned_for(tmp_path)
    assert lines(found) == {2}
    assert found.kept["something that stays rests on it"] == 1
    both = POSTS | {Series.OBSERVATIONS: RetentionRule(Series.OBSERVATIONS, 12, Trigger.CAPTURED, "A", "b")}
    assert len(planned_for(tmp_path, Law(both, (), NOW + timedelta(days=400))).lines) == 3


def with_pictures(folder: Path) -> dict[str, str]:
    """Old posts with a picture each; a new post shows the second one's item, a new item has the third one's bytes."""
    landing = Landing(folder)
    names = {n: landing.land_media(f"picture {n}".encode()) for n in "123"}
    items = {n: MediaItem(f"x:media:{n}", Platform.X, ACCOUNT, "photo", f"https://x/{n}") for n in "1234"}
    shown = {"4": "3"}
    landed(
        folder,
        *(page(NOW, old(int(n), media_ids=(f"x:media:{n}",)), items[n]) for n in "123"),
        page(NOW, post(5, media_ids=("x:media:2", "x:media:4")), items["4"]),
        *(own(MediaFile(f"x:media:{n}", names[shown.get(n, n)], 9, "image/png")) for n in "1234"),
        own(ImageVerdict(names["1"], "logo 1", "refs", "clean")),
        own(ImageVerdict(names["3"], "logo 1", "refs", "clean")),
    )
    return names


def test_a_picture_goes_with_the_last_post_that_shows_it(tmp_path: Path) -> None:
    names = with_pictures(tmp_path)
    found = planned_for(tmp_path)
    assert lines(found) == {1, 2, 3, 5, 7, 9}  # three posts, where their pictures 1 and 3 lie, what was seen in 1
    assert found.media == (names["1"],)


def test_what_was_disposed_of_is_nowhere_any_more_and_every_proof_holds(tmp_path: Path) -> None:
    names = with_pictures(tmp_path)
    batch = landed(tmp_path, page(hours(1), old(6, "a secret of 2015")), page(hours(1), post(8, "of today")))
    publish(tmp_path)
    proofs = [Ledger(tmp_path).prove(Evidence(batch.batch_id, line)) for line in range(3)]
    steps = Ledger(tmp_path).steps()
    of = announced(tmp_path, planned_for(tmp_path))
    drop(tmp_path, of)
    rebuild(tmp_path, parse, NOW)
    publish(tmp_path)
    forget_former(tmp_path)
    settle(tmp_path)
    said = everything_said(tmp_path)
    assert b"of today" in said
    assert b"secret of 2015" not in said and b"picture 1" not in said
    assert Landing(tmp_path).media_path(names["2"]).exists()
    text = SIGNER.verifier().opened(steps[-1].note)
    assert text and all(proven(proof, text) for proof in proofs)
    assert [Ledger(tmp_path).prove(Evidence(batch.batch_id, n)).commitment for n in range(3)] == [
        proof.commitment for proof in proofs
    ]
    found = checked(tmp_path, trusted=[step.note for step in steps])
    assert found.disposed == (Disposed("D1", "12-345", NOW, 7, 1, 0),)
    before = tables(tmp_path)
    rebuild(tmp_path, parse, NOW)
    assert tables(tmp_path) == before
    assert planned_for(tmp_path).lines == ()


def test_what_was_disposed_of_is_in_no_sealed_year_any_more(tmp_path: Path) -> None:
    last_year = datetime(2025, 6, 1, tzinfo=UTC)
    envelopes = [page(last_year, old(1, "a secret of 2015")), page(last_year, post(2, "of today"))]
    Landing(tmp_path).land("x", envelopes, last_year)
    settle(tmp_path)
    assert seal(tmp_path, parse, NOW) == [2025]
    publish(tmp_path)
    drop(tmp_path, announced(tmp_path, planned_for(tmp_path)))
    rebuild(tmp_path, parse, NOW)
    publish(tmp_path)
    forget_former(tmp_path)
    publish(tmp_path)
    said = everything_said(tmp_path)
    assert b"of today" in said and b"secret of 2015" not in said
    assert [disposed.waiting for disposed in checked(tmp_path).disposed] == [0]


def test_a_search_finds_what_stayed_alone(tmp_path: Path) -> None:
    landed(tmp_path, page(NOW, old(1, "science fair of 2015")), page(NOW, post(2, "science fair of today")))
    drop(tmp_path, announced(tmp_path, planned_for(tmp_path)))
    rebuild(tmp_path, parse, NOW)
    publish(tmp_path)
    with open_published(tmp_path) as reader:
        search = Search(tmp_path, reader)
        search.rebuild()
        assert [hit.record_id for hit in search.find('"science fair"')] == ["x:post:2"]


def test_dropping_again_changes_nothing_and_a_restored_payload_is_dropped_again(tmp_path: Path) -> None:
    batch = landed(tmp_path, page(NOW, old(1)), page(NOW, post(2)))
    former = batch.path.read_bytes()
    of = announced(tmp_path, planned_for(tmp_path))
    drop(tmp_path, of)
    after = batch.path.read_bytes()
    drop(tmp_path, of)
    assert batch.path.read_bytes() == after
    durable.write(batch.path, [former], overwrite=True)
    rebuild(tmp_path, parse, NOW)
    assert [d.waiting for d in checked(tmp_path).disposed] == [1]
    drop(tmp_path, of)
    assert is_stub(list(all_lines_of(batch))[1])


def test_nothing_is_dropped_that_the_signed_ledger_does_not_announce(tmp_path: Path) -> None:
    batch = landed(tmp_path, page(NOW, old(1)))
    of = disposals_of(planned_for(tmp_path))
    before = batch.path.read_bytes()
    with pytest.raises(BadInput, match="the signed ledger does not have a disposal"):
        drop(tmp_path, of)
    Landing(tmp_path).land(SOURCE, [to_envelope(each, NOW) for each in of], NOW)
    with pytest.raises(BadInput, match="the signed ledger does not have a disposal"):
        drop(tmp_path, of)
    settle(tmp_path)
    with pytest.raises(BadInput):
        drop(tmp_path, [replace(of[0], permission="another")])
    assert batch.path.read_bytes() == before


def test_a_line_that_is_not_the_planned_one_is_not_dropped(tmp_path: Path) -> None:
    batch = landed(tmp_path, page(NOW, old(1)), page(NOW, post(2)))
    found = planned_for(tmp_path)
    other = replace_line(found, 2)
    before = batch.path.read_bytes()
    with pytest.raises(EvidenceDamaged, match="is not the batch that the ledger has"):
        drop(tmp_path, announced(tmp_path, other))
    assert batch.path.read_bytes() == before


def replace_line(found: Plan, line: int) -> Plan:
    (only,) = found.lines
    moved = type(only)(only.batch_id, line, only.commitment)
    return Plan((moved,), found.media, found.records, found.earliest, found.latest, found.kept)


def test_a_disposition_that_fails_in_the_middle_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batches = [landed(tmp_path, page(hours(n), old(n)), page(hours(n), post(10 + n))) for n in range(4)]
    of = announced(tmp_path, planned_for(tmp_path))
    write, left = durable.write, [2]

    def failing(*arguments: Any, **options: Any) -> None:
        if not left[0]:
            raise OSError(28, "No space left on device")
        left[0] -= 1
        write(*arguments, **options)

    monkeypatch.setattr(durable, "write", failing)
    with pytest.raises(Exception, match="run it again: it goes on where it stopped"):
        drop(tmp_path, of)
    monkeypatch.undo()
    rebuild(tmp_path, parse, NOW)
    assert [d.waiting for d in checked(tmp_path).disposed] == [2]
    drop(tmp_path, of)
    rebuild(tmp_path, parse, NOW)
    assert [d.waiting for d in checked(tmp_path).disposed] == [0]
    assert all(b"long ago" not in b"".join(all_lines_of(batch)) for batch in batches)
