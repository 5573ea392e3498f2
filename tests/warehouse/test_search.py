"""Search: what matches, what is shown, and an index that follows the published copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import tantivy
from archive_kit import ACCOUNT, NOW, hours, page, parse, post

from records.errors import BadInput
from records.model import Comment, Envelope, Platform
from warehouse.landing import Landing
from warehouse.load import load
from warehouse.publish import open_published, publish
from warehouse.seal import seal
from warehouse.search import SHARDS, Narrow, Search

REPLY = Comment("x:comment:9", "9", Platform.X, None, "x:post:1", None, "7", "FanOne", "Fan", "the fair was fun", NOW)
PAGES = [
    page(
        NOW,
        post(1, "Science-Fair tonight! Bring your café <b> poster"),
        post(2, "fair science is a fair game", created_at=hours(-48)),
        post(3, "Scientists visit the library", account_id="x:account:2"),
        REPLY,
    )
]


@contextmanager
def searching(folder: Path, *pages: Envelope) -> Iterator[Search]:
    for each in pages:
        Landing(folder).land("x", [each], NOW)
    load(folder, parse, NOW)
    publish(folder)
    with closing(open_published(folder)) as published:
        yield Search(folder, published)


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ('"science fair"', [1]),
        ('"SCIENCE FAIR"', [1]),
        ("cafe", [1]),
        ("science fair", [1, 2]),
        ("science AND NOT poster", [2]),
        ("poster OR library", [1, 3]),
        ("(poster OR library) AND fair", [1]),
        ("scien*", [1, 2, 3]),
        ("CAFÉ* AND scien*", [1]),
        ("author:fan*", [9]),
        ('"science fa"*', [1]),
        ("science", [1, 2]),
        ("author:fanone", [9]),
        ("nowhere", []),
    ],
)
def test_words_find_what_is_written_down(tmp_path: Path, words: str, finds: list[int]) -> None:
    with searching(tmp_path, *PAGES) as search:
        assert search.update() == 4
        assert sorted(int(h.record_id.split(":")[2]) for h in search.find(words)) == finds


def found(search: Search, words: str, narrow: Narrow) -> set[int]:
    return {int(h.record_id.split(":")[2]) for h in search.find(words, narrow)}


def test_a_search_is_narrowed_by_account_kind_time_and_literal_text(tmp_path: Path) -> None:
    with searching(tmp_path, *PAGES) as search:
        search.update()
        assert found(search, "fair", Narrow()) == {1, 2, 9}
        assert found(search, "fair OR library", Narrow(account_id=ACCOUNT)) == {1, 2}
        assert found(search, "fair", Narrow(kind="comment")) == {9}
        assert found(search, "fair", Narrow(since=NOW)) == {1, 9}
        assert found(search, "fair", Narrow(until=NOW)) == {2}
        assert found(search, "fair", Narrow(literally="Science-Fair")) == {1}


def test_a_hit_is_the_archives_own_row_with_an_escaped_snippet(tmp_path: Path) -> None:
    with searching(tmp_path, *PAGES) as search:
        search.update()
        (hit,) = search.find("tonight")
    assert (hit.record_id, hit.version_id, hit.kind, hit.account_id) == ("x:post:1", "1", "post", ACCOUNT)
    assert (hit.created_at, hit.current, hit.text) == (NOW, True, "Science-Fair tonight! Bring your café <b> poster")
    assert hit.snippet == "Science-Fair <b>tonight</b>! Bring your café &lt;b&gt; poster"


def test_every_version_is_found_and_the_current_one_is_told(tmp_path: Path) -> None:
    edits = [page(NOW, post(1, "old words", version="1")), page(hours(1), post(1, "new words", version="2"))]
    with searching(tmp_path, *edits) as search:
        search.update()
        assert {(h.text, h.current) for h in search.find("words")} == {("old words", False), ("new words", True)}


def test_an_update_adds_only_what_is_new_and_again_adds_nothing(tmp_path: Path) -> None:
    with searching(tmp_path, *PAGES) as search:
        assert (search.update(), search.update()) == (4, 0)
    with searching(tmp_path, page(hours(1), post(1, "edited", version="7"), post(5, "a second fair"))) as search:
        assert search.update() == 2
        assert found(search, "fair", Narrow()) == {1, 2, 5, 9}


def test_a_killed_update_is_done_again_without_doubles(tmp_path: Path) -> None:
    with searching(tmp_path, *PAGES) as search:
        search.update()
        state = (tmp_path / "index" / "indexed.json").read_bytes()
    with searching(tmp_path, page(hours(1), post(5, "another fair"))) as search:
        search.update()
        (tmp_path / "index" / "indexed.json").write_bytes(state)  # killed after the index's commit, before ours
        search.update()
        assert [h.record_id for h in search.find("another")] == ["x:post:5"]


def test_what_moved_since_it_was_indexed_is_found_where_it_is_now(tmp_path: Path) -> None:
    with searching(tmp_path, *PAGES) as search:
        search.update()
        before = search.find("fair OR library")
    seal(tmp_path, parse, NOW.replace(year=NOW.year + 2))
    with searching(tmp_path, page(hours(1), post(1, "the fair is over", version="2"))) as search:
        assert [(h.record_id, h.text, h.current) for h in search.find("fair OR library")] == [
            (h.record_id, h.text, h.record_id != "x:post:1") for h in before
        ]
        assert search.rebuild() == 5
        assert {(h.text, h.current) for h in search.find("fair AND (tonight OR over)")} == {
            ("Science-Fair tonight! Bring your café <b> poster", False),
            ("the fair is over", True),
        }


def test_shards_share_the_documents_and_a_search_asks_all_of_them(tmp_path: Path) -> None:
    everything = page(NOW, *(post(n, f"fair number {n}") for n in range(60)))
    with searching(tmp_path, everything) as search:
        assert search.update() == 60
        held = [shard.searcher().num_docs for shard in search._open()]
        assert (len(held), sum(held), min(held) > 0) == (SHARDS, 60, True)
        hits = search.find("fair", limit=100)
    assert sorted(h.snippet for h in hits) == sorted(f"<b>fair</b> number {n}" for n in range(60))


def test_a_missing_shard_makes_the_index_anew(tmp_path: Path) -> None:
    with searching(tmp_path, *PAGES) as search:
        search.update()
        shutil.rmtree(tmp_path / "index" / "tantivy" / "1")
        with pytest.raises(BadInput, match="hallpass collect"):
            search.find("fair")
        assert search.update() == 4
        assert found(search, "fair", Narrow()) == {1, 2, 9}


@pytest.mark.parametrize("damage", [b"", b"half ["])
def test_a_damaged_state_makes_the_index_anew(tmp_path: Path, damage: bytes) -> None:
    with searching(tmp_path, *PAGES) as search:
        search.update()
        (tmp_path / "index" / "indexed.json").write_bytes(damage)
        assert search.update() == 4
        assert found(search, "fair", Narrow()) == {1, 2, 9}
        assert search.rebuild() == 4


def test_an_index_of_an_earlier_version_is_made_anew(tmp_path: Path) -> None:
    with searching(tmp_path, *PAGES) as search:
        search.update()
        shutil.rmtree(tmp_path / "index" / "tantivy")
        (tmp_path / "index" / "tantivy").mkdir()
        earlier = tantivy.SchemaBuilder().add_text_field("text", stored=True).build()
        tantivy.Index(earlier, str(tmp_path / "index" / "tantivy"))
        with pytest.raises(BadInput, match="hallpass collect"):
            search.find("fair")
        assert search.update() == 4
        assert found(search, "fair", Narrow()) == {1, 2, 9}


def test_what_is_no_longer_in_the_archive_is_not_shown(tmp_path: Path) -> None:
    with searching(tmp_path, *PAGES) as search:
        search.update()
    with searching(tmp_path / "other", page(NOW, post(8, "nothing"))) as other:
        search = Search(tmp_path, other._published)
        assert search.find("fair") == []


@pytest.mark.parametrize("words", ['"open', "(a OR", "nofield:x", ""])
def test_what_is_no_query_says_so_or_finds_nothing(tmp_path: Path, words: str) -> None:
    with searching(tmp_path, *PAGES) as search:
        search.update()
        try:
            assert search.find(words) == []
        except BadInput as error:
            assert "cannot be read" in str(error)


def test_before_the_first_update_a_search_says_what_to_do(tmp_path: Path) -> None:
    with searching(tmp_path, *PAGES) as search, pytest.raises(BadInput, match="nothing is indexed"):
        search.find("fair")
