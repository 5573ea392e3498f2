"""Landing: what goes in comes out, byte for byte, and nothing half-written is ever seen."""

from __future__ import annotations

import hashlib
import json
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from records.errors import EvidenceDamaged
from records.model import Envelope
from warehouse.landing import Landing

NOW = datetime(2026, 10, 19, 11, tzinfo=UTC)
PAGE = Envelope(
    kind="x.users_tweets",
    body=b'{"data":[{"id":"1","text":"caf\xc3\xa9\\n"}]}',
    fetched_at=NOW,
    account_id="x:account:1",
    url="https://api.twitter.com/2/users/1/tweets",
    headers={"x-rate-limit-remaining": "12"},
    subject="x:post:1",
)


def lines(path: Path) -> list[dict[str, object]]:
    content = zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    return [json.loads(line) for line in content.splitlines()]


envelopes = st.builds(
    Envelope,
    kind=st.sampled_from(["x.users_tweets", "facebook.comments", "own.coverage"]),
    body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode),
    fetched_at=st.datetimes(timezones=st.just(UTC)),
    account_id=st.none() | st.text(max_size=20),
    url=st.text(st.characters(codec="utf-8"), max_size=40),
    status=st.integers(100, 599),
    headers=st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=3),
    subject=st.none() | st.text(max_size=9),
    minimised=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(envelopes, min_size=1, max_size=6))
def test_what_was_landed_is_read_back(landed: list[Envelope]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        landing = Landing(Path(folder))
        batch = landing.land("x", landed, NOW)
        assert list(landing.read(batch)) == list(enumerate(landed, start=1))
        assert landing.batches() == [batch]


def test_a_batch_longer_than_one_read_comes_back_whole(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    landed = [replace(PAGE, body=bytes([65 + n % 26]) * 300_000) for n in range(12)]
    assert [e for _, e in landing.read(landing.land("x", landed, NOW))] == landed


def test_a_file_is_a_header_line_and_one_envelope_a_line(tmp_path: Path) -> None:
    batch = Landing(tmp_path).land("x", [PAGE, replace(PAGE, body=b"\xff\xfe")], NOW)
    header, first, second = lines(batch.path)
    assert batch.path == tmp_path / "landing" / "x" / "2026-10-19" / f"{batch.batch_id}.jsonl.zst"
    assert header == {
        "format": "hallpass landing 1",
        "source": "x",
        "created_at": "2026-10-19T11:00:00Z",
        "records": 2,
        "sha256": batch.sha256,
    }
    assert len(str(first.pop("salt"))) == 32
    assert first == {
        "kind": "x.users_tweets",
        "account_id": "x:account:1",
        "subject": "x:post:1",
        "method": "GET",
        "url": "https://api.twitter.com/2/users/1/tweets",
        "status": 200,
        "headers": {"x-rate-limit-remaining": "12"},
        "fetched_at": "2026-10-19T11:00:00Z",
        "minimised": False,
        "sha256": hashlib.sha256(PAGE.body).hexdigest(),
        "body": PAGE.body.decode(),
    }
    assert second["body_b64"] == "//4=" and "body" not in second


def test_landing_the_same_again_finds_the_same_batch(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    first = landing.land("x", [PAGE], NOW)
    before = first.path.read_bytes()
    again = landing.land("x", [PAGE], datetime(2026, 12, 24, tzinfo=UTC))
    assert again == first
    assert first.path.read_bytes() == before


def test_the_source_and_every_byte_name_the_batch(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    variants = [PAGE, replace(PAGE, body=PAGE.body + b" "), replace(PAGE, url=""), replace(PAGE, status=201)]
    ids = {landing.land("x", [v], NOW).batch_id for v in variants} | {landing.land("y", [PAGE], NOW).batch_id}
    assert len(ids) == 5


def test_a_batch_without_envelopes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one envelope"):
        Landing(tmp_path).land("x", [], NOW)


@pytest.mark.parametrize("source", ["", "../x", "X", "x/y", ".x"])
def test_a_source_that_is_not_a_plain_word_is_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(ValueError, match="lower-case"):
        Landing(tmp_path).land(source, [PAGE], NOW)


def test_two_lines_of_the_same_content_have_different_commitments(tmp_path: Path) -> None:
    batch = Landing(tmp_path).land("x", [PAGE, PAGE], NOW)
    _, first, second = lines(batch.path)
    assert first.pop("salt") != second.pop("salt")
    assert first == second


def _land(folder: str) -> bytes:
    return Landing(Path(folder)).land("x", [PAGE] * 50, NOW).path.read_bytes()


def test_processes_that_land_the_same_batch_at_once_agree_on_its_bytes(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        seen = set(pool.map(_land, [str(tmp_path)] * 16))
    assert len(seen) == 1
    assert [p.name for p in tmp_path.rglob("*.tmp")] == []


def test_media_are_kept_by_their_content(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    sha256 = landing.land_media(b"picture")
    assert sha256 == hashlib.sha256(b"picture").hexdigest()
    assert landing.media_path(sha256) == tmp_path / "media" / sha256[:2] / sha256
    assert landing.media_path(sha256).read_bytes() == b"picture"
    assert landing.land_media(b"picture") == sha256


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "AB" * 32, "ab" * 31])
def test_media_are_asked_for_by_a_digest_only(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        Landing(tmp_path).media_path(name)


def test_landed_files_are_read_only(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    batch = landing.land("x", [PAGE], NOW)
    media = landing.media_path(landing.land_media(b"picture"))
    assert {f"{p.stat().st_mode & 0o777:o}" for p in (batch.path, media)} == {"444"}


def damaged(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


def recompressed(path: Path, old: bytes, new: bytes) -> bytes:
    content = zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    assert old in content
    return zstandard.ZstdCompressor().compress(content.replace(old, new, 1))


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda p: p.read_bytes()[:-3], "did not decompress full frame"),
        (lambda p: p.read_bytes() + b"\n", "unused data"),
        (lambda p: p.read_bytes() * 2, "unused data"),
        (lambda p: b"", r"no readable header \(cut short"),
        (lambda p: b"not zstandard at all", "no readable header"),
        (lambda p: recompressed(p, b"caf", b"cof"), "does not match its SHA-256"),
        (lambda p: recompressed(p, b"users/1/", b"users/2/"), "not the ones that were landed"),
        (lambda p: recompressed(p, b'"records":2', b'"records":3'), "not the ones that were landed"),
        (lambda p: recompressed(p, b'"kind"', b'"mind"'), "is not an envelope"),
    ],
)
def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path, damage: object, says: str) -> None:
    landing = Landing(tmp_path)
    batch = landing.land("x", [PAGE, PAGE], NOW)
    damaged(batch.path, damage(batch.path))  # type: ignore[operator]
    with pytest.raises(EvidenceDamaged, match=says) as caught:
        for each in landing.batches():
            list(landing.read(each))
    assert str(batch.path) in str(caught.value)
    assert caught.value.todo == "Restore the file from a backup"


def test_files_that_are_still_being_written_are_no_batches(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    batch = landing.land("x", [PAGE], NOW)
    batch.path.with_name(f".{batch.path.name}.tmp").write_bytes(b"half")
    batch.path.with_name(f".half{batch.path.name}").write_bytes(b"half")
    assert landing.batches() == [batch]
