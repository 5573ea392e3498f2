"""Loading: each batch once, in any order to the same content; a version only where content changed."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import pytest
from archive_kit import ACCOUNT, NOW, contents, hours, page, parse, post, rows, tables
from hypothesis import given, settings
from hypothesis import strategies as st

from records.canonical import plain
from records.errors import Busy
from records.model import (
    Check,
    Comment,
    Completeness,
    Coverage,
    Decision,
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
    ProfileSnapshot,
    Record,
    Relationship,
    Tombstone,
)
from records.own import to_envelope
from warehouse import database, merge
from warehouse.landing import Landing
from warehouse.load import load, load_into

PROFILE = ProfileSnapshot("x:profile:1", Platform.X, ACCOUNT, "melrose", "Melrose", "bio", None, 10, 5)
FOLLOW = Relationship(ACCOUNT, Platform.X, Direction.OUTBOUND, "follow", "x:77", "brandx", "Brand X", False)
PHOTO = MediaItem("x:media:3_1", Platform.X, ACCOUNT, "photo", "https://pbs.twimg.com/media/a.jpg", "alt", 8, 9)
OBSERVATION = Observation(
    "o1", "logo", 1, "4.9", ACCOUNT, "x:post:1", "seal", 0.9, True, Evidence("b", 1), NOW, NOW, "ab", (1, 2, 3, 4)
)
DELETED = Tombstone("x:post:1", Gone.DELETED, "resource-not-found")


def comment(number: int, text: str, **more: object) -> Comment:
    reply = Comment(
        f"x:comment:{number}", str(number), Platform.X, None, "x:post:1", None, "9", "fan", "Fan", text, NOW
    )
    return replace(reply, **more)  # type: ignore[arg-type]


def archive(folder: Path, *pages: Envelope) -> None:
    """Each page landed as its own batch, and loaded by itself."""
    for each in pages:
        Landing(folder).land("x", [each], NOW)
        load(folder, parse, NOW)


def current(folder: Path, columns: str = "state, versions") -> list[tuple[object, ...]]:
    return rows(folder, f"SELECT {columns} FROM record_current ORDER BY record_id")


def test_every_field_of_a_post_is_in_its_row(tmp_path: Path) -> None:
    landed = post(
        1, "hi", in_reply_to="x:post:0", permalink="https://x.com/1", hidden=False, media_ids=("x:media:3_1",)
    )
    archive(tmp_path, page(hours(1), landed))
    (row,) = rows(tmp_path, "SELECT * EXCLUDE (content, batch_id) FROM post_version")
    expected = list(vars_of(landed).values())
    assert list(row) == [*expected, hours(1), hours(1), 1]


def vars_of(record: Record) -> dict[str, object]:
    fields = {name: getattr(record, name) for name in plain(record)}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in fields.items()}


def test_the_envelope_keeps_the_verbatim_body(tmp_path: Path) -> None:
    text = Envelope("own.nothing", b'{"z": 1,  "a":\t"\xc3\xa9\\u0000"}', NOW)
    archive(tmp_path, text, replace(text, body=b"\xff\x00\n"))
    kept = rows(tmp_path, "SELECT body, body_b64 FROM envelope ORDER BY ALL")
    assert kept == [(text.body.decode(), None), (None, "/wAK")]


def test_the_body_column_is_compressed_with_zstandard(tmp_path: Path) -> None:
    archive(tmp_path, page(NOW, *(post(n, f"text {n}") for n in range(50))))
    with closing(database.connect(database.archive_path(tmp_path), read_only=True)) as connection:
        kinds = connection.execute(
            "SELECT DISTINCT compression FROM pragma_storage_info('envelope') WHERE column_name = 'body'"
        ).fetchall()
    assert ("ZSTD",) in kinds


def test_loading_again_changes_nothing(tmp_path: Path) -> None:
    archive(tmp_path, page(NOW, post(1), comment(2, "first"), PROFILE, FOLLOW, PHOTO))
    before = tables(tmp_path)
    report = load(tmp_path, parse, hours(99))
    assert (report.batches, report.envelopes, report.records) == (0, 0, 0)
    assert tables(tmp_path) == before


def test_what_is_seen_again_unchanged_makes_no_version_but_a_later_sighting(tmp_path: Path) -> None:
    archive(tmp_path, page(NOW, post(1)), page(hours(5), post(1)))
    assert rows(tmp_path, "SELECT first_seen_at, last_seen_at FROM post_version") == [(NOW, hours(5))]
    assert current(tmp_path, "versions, first_seen_at, last_seen_at") == [(1, NOW, hours(5))]


def test_an_edit_is_a_new_version_and_the_current_one(tmp_path: Path) -> None:
    archive(tmp_path, page(NOW, post(1, "frist")), page(hours(1), post(1, "first", version="2")))
    assert rows(tmp_path, "SELECT version_id, text FROM post_version ORDER BY 1") == [("1", "frist"), ("2", "first")]
    assert rows(tmp_path, "SELECT text, versions, state FROM post") == [("first", 2, "present")]


def test_the_edits_of_x_are_ordered_by_their_numbers_even_when_an_older_one_is_seen_later(tmp_path: Path) -> None:
    archive(tmp_path, page(NOW, post(1, "new", version="10")), page(hours(1), post(1, "old", version="9")))
    assert rows(tmp_path, "SELECT text, versions FROM post") == [("new", 2)]


def test_a_facebook_comment_that_is_changed_back_shows_what_it_says_now(tmp_path: Path) -> None:
    a, b = (comment(2, text, platform=Platform.FACEBOOK, version_id=text) for text in "ab")
    archive(tmp_path, page(NOW, a), page(hours(1), b), page(hours(2), a))
    assert rows(tmp_path, "SELECT text, versions FROM comment") == [("a", 2)]


def test_a_partial_sighting_neither_hides_the_whole_one_nor_its_owner(tmp_path: Path) -> None:
    archive(tmp_path, page(NOW, post(1)), page(hours(1), post(1, created_at=None, account_id=None)))
    assert rows(tmp_path, "SELECT account_id, created_at, versions FROM post") == [(ACCOUNT, NOW, 1)]


def test_an_account_that_a_later_sighting_knows_is_kept(tmp_path: Path) -> None:
    archive(tmp_path, page(NOW, post(1, account_id=None)), page(hours(1), post(1)))
    assert rows(tmp_path, "SELECT account_id, versions FROM post") == [(ACCOUNT, 1)]


def test_counts_of_a_profile_make_no_version(tmp_path: Path) -> None:
    archive(tmp_path, page(NOW, PROFILE), page(hours(1), replace(PROFILE, followers=11)))
    assert current(tmp_path, "kind, versions") == [("profile", 1)]
    assert rows(tmp_path, 'SELECT "at", followers, following FROM profile_count ORDER BY 1') == [
        (NOW, 10, 5),
        (hours(1), 11, 5),
    ]


def test_a_picture_keeps_one_row_with_its_newest_url(tmp_path: Path) -> None:
    newer = replace(PHOTO, url="https://pbs.twimg.com/media/a.jpg?sig=2")
    archive(tmp_path, page(hours(1), newer), page(NOW, PHOTO))
    assert rows(tmp_path, "SELECT url, first_seen_at, last_seen_at FROM media_item") == [(newer.url, NOW, hours(1))]


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ([Gone.DELETED], "missing"),
        ([Gone.DELETED, Gone.DELETED], "deleted"),
        ([Gone.PRIVATE, Gone.PRIVATE], "private"),
        ([Gone.DELETED, Gone.FORBIDDEN], "forbidden"),
        ([Gone.DELETED, Gone.DELETED, Gone.SUSPENDED], "deleted"),
        ([Gone.UNKNOWN], "unknown"),
    ],
)
def test_gone_is_typed_and_two_confirmations_make_a_deletion(tmp_path: Path, answers: list[Gone], state: str) -> None:
    pages = [page(hours(1 + n), replace(DELETED, gone=gone)) for n, gone in enumerate(answers)]
    archive(tmp_path, page(NOW, post(1)), *pages)
    assert current(tmp_path, "state, gone_at") == [(state, hours(1))]


def test_two_confirmations_in_one_batch_at_one_moment_make_a_deletion(tmp_path: Path) -> None:
    archive(tmp_path, page(NOW, post(1)))
    Landing(tmp_path).land("x", [page(hours(1), DELETED), page(hours(1), DELETED)], NOW)
    load(tmp_path, parse, NOW)
    assert current(tmp_path, "state, gone_at") == [("deleted", hours(1))]


def test_one_envelope_that_says_deleted_twice_is_one_confirmation(tmp_path: Path) -> None:
    archive(tmp_path, page(NOW, post(1)), page(hours(1), DELETED, DELETED))
    assert current(tmp_path, "state") == [("missing",)]


def test_a_later_sighting_makes_a_record_present_again_and_confirmations_start_anew(tmp_path: Path) -> None:
    archive(tmp_path, page(NOW, post(1)), page(hours(1), DELETED), page(hours(2), post(1)))
    assert current(tmp_path, "state, gone_at") == [("present", None)]
    archive(tmp_path, page(hours(3), DELETED))
    assert current(tmp_path, "state, gone_at") == [("missing", hours(3))]


def test_an_answer_about_a_record_that_nobody_saw_makes_no_record(tmp_path: Path) -> None:
    archive(tmp_path, page(NOW, DELETED))
    assert current(tmp_path) == []
    assert rows(tmp_path, "SELECT record_id, gone FROM tombstone") == [("x:post:1", "deleted")]


def test_a_load_killed_before_its_checkpoint_leaves_no_trace_and_is_done_by_the_next(tmp_path: Path) -> None:
    archive(tmp_path, page(NOW, post(1)))
    before = tables(tmp_path)
    Landing(tmp_path).land("x", [page(hours(1), post(1, "hullo", "2"), post(2))], NOW)
    if (child := os.fork()) == 0:
        try:
            with database.open_archive(database.archive_path(tmp_path)) as connection:
                assert load_into(connection, Landing(tmp_path), parse, NOW).batches == 1
                os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert tables(tmp_path) == before
    assert load(tmp_path, parse, NOW).batches == 1
    assert current(tmp_path) == [("present", 2), ("present", 1)]


def test_a_killed_load_keeps_what_it_had_checkpointed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2, 3):
        Landing(tmp_path).land("x", [page(hours(number), post(number))], NOW)
    monkeypatch.setattr("warehouse.load.LEAST_BYTES", 1)  # a transaction for each
    monkeypatch.setattr("warehouse.load.BYTES_A_CHECKPOINT", 0)
    if (child := os.fork()) == 0:
        try:
            written = iter([merge.merge, merge.merge, lambda *_: os.kill(os.getpid(), signal.SIGKILL)])
            monkeypatch.setattr("warehouse.merge.merge", lambda *rows: next(written)(*rows))
            monkeypatch.setattr("warehouse.parallel._FEW", 3)  # a thread prepares: the child is a fork
            load(tmp_path, parse, NOW)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert rows(tmp_path, "SELECT count(*) FROM batch") == [(2,)]
    assert load(tmp_path, parse, NOW).batches == 1
    assert current(tmp_path) == [("present", 1)] * 3


def test_the_first_of_two_observations_with_one_id_is_kept(tmp_path: Path) -> None:
    later = replace(OBSERVATION, confidence=0.5, observed_at=hours(7))
    archive(tmp_path, to_envelope(later, hours(7)), to_envelope(OBSERVATION, NOW))
    assert rows(tmp_path, "SELECT confidence, observed_at, evidence_batch, evidence_line, box FROM observation") == [
        (0.9, NOW, "b", 1, [1, 2, 3, 4])
    ]


def test_the_newest_judgement_is_the_current_one(tmp_path: Path) -> None:
    first = Judgement("o1", "no_permission", None, NOW, "no grant")
    second = Judgement("o1", "permitted", "g1", hours(1), "grant g1")
    archive(tmp_path, to_envelope(second, hours(1)), to_envelope(first, NOW))
    assert rows(tmp_path, "SELECT outcome, grant_id FROM judgement_current") == [("permitted", "g1")]
    assert rows(tmp_path, "SELECT count(*) FROM judgement") == [(2,)]


def test_our_own_records_come_back_whole(tmp_path: Path) -> None:
    coverage = Coverage(ACCOUNT, Check.POSTS, NOW, hours(1), Outcome.OK, Completeness.FULL, 3, None, NOW)
    verdict = ImageVerdict("ab", "logos-1", "r1", "marked")
    decision = Decision("e1", NOW, "supt", "grant.added", "g1", "asked", {"b": "2", "a": "1"})
    file = MediaFile("x:media:3_1", "ab", 10, "image/png")
    archive(tmp_path, *(to_envelope(r, NOW) for r in (coverage, verdict, decision, file)))
    assert rows(tmp_path, "SELECT * EXCLUDE (content, batch_id, first_seen_at) FROM coverage") == [
        (ACCOUNT, "posts", NOW, hours(1), "ok", "full", 3, None, NOW, None, None, 1)
    ]
    assert rows(tmp_path, 'SELECT media_sha256, detector, "references", outcome, detail FROM image_verdict') == [
        ("ab", "logos-1", "r1", "marked", "")
    ]
    assert rows(tmp_path, 'SELECT "at", "by", data FROM decision') == [(NOW, "supt", '{"a": "1", "b": "2"}')]
    assert rows(tmp_path, "SELECT media_id, sha256, size, fetched_at FROM media_file") == [
        ("x:media:3_1", "ab", 10, NOW)
    ]


def test_a_body_that_does_not_parse_is_kept_and_noted_and_the_rest_is_loaded(tmp_path: Path) -> None:
    broken = Envelope("x.users_tweets", b"<html>502</html>", NOW)
    batch = Landing(tmp_path).land("x", [broken, page(NOW, post(1))], NOW)
    report = load(tmp_path, parse, NOW)
    assert (report.envelopes, report.records, report.problems) == (2, 1, 1)
    assert rows(tmp_path, "SELECT batch_id, line FROM parse_problem") == [(batch.batch_id, 1)]
    assert rows(tmp_path, "SELECT body FROM envelope WHERE line = 1") == [("<html>502</html>",)]


def test_a_number_beyond_64_bits_is_a_noted_problem_and_loses_nothing_else(tmp_path: Path) -> None:
    huge = replace(PROFILE, record_id="x:profile:2", followers=10**30)
    archive(tmp_path, page(NOW, PROFILE, huge, post(1)))
    assert rows(tmp_path, "SELECT record_id FROM profile_count") == [("x:profile:1",)]
    assert rows(tmp_path, "SELECT count(*) FROM post_version") == [(1,)]
    ((error,),) = rows(tmp_path, "SELECT error FROM parse_problem")
    assert error.startswith("ProfileSnapshot does not fit its table")


def test_hostile_text_is_loaded_as_far_as_utf8_can_say_it(tmp_path: Path) -> None:
    body = json.dumps([{"type": "Post", **plain(post(1, "nul \x00 half \ud83d pair \U0001f600 ' -- \u202e"))}])
    archive(tmp_path, replace(page(NOW), body=body.encode()))
    assert rows(tmp_path, "SELECT text FROM post") == [("nul \x00 half ? pair \U0001f600 ' -- \u202e",)]


def test_a_damaged_batch_is_named_and_the_others_are_loaded(tmp_path: Path) -> None:
    bad = Landing(tmp_path).land("x", [page(NOW, post(1))], NOW)
    Landing(tmp_path).land("x", [page(NOW, post(2))], NOW)
    bad.path.chmod(0o644)
    content = bytearray(bad.path.read_bytes())
    content[-10] ^= 1
    bad.path.write_bytes(content)
    report = load(tmp_path, parse, NOW)
    assert report.batches == 1
    assert [str(bad.path) in line for line in report.damaged] == [True]
    assert current(tmp_path, "record_id") == [("x:post:2",)]


def test_a_second_loader_is_told_at_once_that_the_first_is_at_work(tmp_path: Path) -> None:
    with database.only_loader(tmp_path), pytest.raises(Busy, match="Wait for it to end, then run again"):
        load(tmp_path, parse, NOW)
    load(tmp_path, parse, NOW)


moments = st.integers(0, 6).map(lambda n: NOW + timedelta(hours=n))
edits = st.builds(post, st.integers(1, 3), st.sampled_from("ab"), st.sampled_from(["7", "8", "10"]))
partial = st.builds(replace, edits, account_id=st.just(None), created_at=st.sampled_from([None, NOW]))
replies = st.builds(
    comment, st.integers(1, 2), st.sampled_from("ab"), version_id=st.sampled_from("ab"),
    platform=st.just(Platform.FACEBOOK), author_name=st.sampled_from(["Fan", None]),
)  # fmt: skip
pictures = st.builds(
    replace, st.just(PHOTO), url=st.sampled_from([None, "u1", "u2"]), width=st.sampled_from([None, 1, 2])
)
profiles = st.builds(replace, st.just(PROFILE), bio=st.sampled_from("ab"), followers=st.integers(1, 3))
follows = st.builds(replace, st.just(FOLLOW), name=st.sampled_from(["A", "B", None]))
answers = st.builds(Tombstone, st.sampled_from(["x:post:1", "x:post:2"]), st.sampled_from(list(Gone)), st.just(""))
pages = st.builds(
    page, moments, edits | partial, edits | partial | replies, pictures | profiles | follows | answers
)  # fmt: skip
findings = st.builds(
    lambda at, confidence: to_envelope(replace(OBSERVATION, confidence=confidence, observed_at=at), at),
    moments,
    st.sampled_from([0.25, 0.75]),
)
batches = st.lists(st.lists(pages | findings, min_size=1, max_size=3), min_size=2, max_size=6)


def content_after(landed: Sequence[Sequence[Envelope]], one_load: bool) -> dict[str, list[tuple[object, ...]]]:
    """The whole archive once these batches have come in this order, each loaded as it comes or all at the end."""
    with tempfile.TemporaryDirectory() as folder, database.open_archive(Path(folder) / "archive") as connection:
        landing = Landing(Path(folder))
        for batch in landed:
            landing.land("x", batch, NOW)
            if not one_load:
                load_into(connection, landing, parse, NOW)
        load_into(connection, landing, parse, NOW)
        return contents(connection)


@settings(max_examples=8, deadline=None)
@given(batches, st.randoms(use_true_random=False))
def test_batches_in_any_order_and_all_at_once_give_the_same_content(
    landed: Sequence[Sequence[Envelope]], random: Random
) -> None:
    content = content_after(landed, one_load=False)
    assert content_after(random.sample(landed, len(landed)), one_load=False) == content
    assert content_after(landed, one_load=True) == content
    for table in ("post_version", "comment_version", "media_item", "relationship", "observation"):
        keys = [cell for row in content[table] for cell in row if isinstance(cell, UUID)]
        assert len(set(keys)) == len(keys) == len(content[table])
