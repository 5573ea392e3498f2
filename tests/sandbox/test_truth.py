"""The truth about small worlds, case by case, and about the default one as a whole."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from sandbox.clock import EPOCH, FIRST_DEMO, WEEK
from sandbox.images import encoded
from sandbox.truth import MediaTruth, OutboundTruth, RecordTruth, Truth, outcome_at, permission, truth
from sandbox.world import (
    Actor,
    Attachment,
    Follow,
    Grant,
    Placement,
    Registration,
    SandComment,
    SandImage,
    SandPost,
    Version,
    World,
)

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ACCOUNTS = {
    "x": Registration(
        "x", "10", "Otters", "staff-001", "afps", "", "c", LONG_AGO, LONG_AGO, datetime(2030, 1, 1, tzinfo=UTC)
    ),
    "facebook": Registration(
        "facebook", "20", "otters", "staff-001", "afps", "", "c", LONG_AGO, LONG_AGO, datetime(2030, 1, 1, tzinfo=UTC)
    ),
}
FIRST, SECOND = EPOCH + WEEK, EPOCH + 2 * WEEK


def _at(days: float) -> datetime:
    return EPOCH + timedelta(days=days)


def _post(platform: str, *days: float, deleted: float | None = None, number: str = "1", **more: object) -> SandPost:
    """A post with a version at each of ``days`` from the epoch."""
    post_id = number if platform == "x" else f"20_{number}"
    ids = [f"{post_id}{'0' * n}" if platform == "x" else post_id for n in range(len(days))]
    versions = tuple(Version(i, f"text {n}", _at(day)) for n, (i, day) in enumerate(zip(ids, days, strict=True)))
    gone = None if deleted is None else _at(deleted)
    author = ACCOUNTS[platform].platform_id
    return SandPost(platform, post_id, author, "post", versions, deleted_at=gone, **more)  # type: ignore[arg-type]


def _comment(post: SandPost, day: float, deleted: float | None = None, number: str = "9") -> SandComment:
    gone = None if deleted is None else _at(deleted)
    comment_id = number if post.platform == "x" else f"1_{number}"
    version = Version(comment_id, "hello", _at(day))
    return SandComment(post.platform, comment_id, post.post_id, None, "77", (version,), gone)


def _world(*posts: SandPost, comments: tuple[SandComment, ...] = (), **more: object) -> World:
    base = World(0, 3, (), (), (), tuple(ACCOUNTS.values()), (), (), posts, comments, (), ())
    return replace(base, **more)  # type: ignore[arg-type]


def _found(world: World, *captures: datetime) -> dict[str, tuple[str, int, str]]:
    """Text, number of versions and state of each record."""
    told = truth(world, captures)
    return {r.record_id: (r.text, r.versions, r.state) for r in (*told.posts, *told.comments)}


@pytest.mark.parametrize(("platform", "record_id"), [("x", "x:post:1"), ("facebook", "facebook:post:20_1")])
class TestAPost:
    def test_is_known_from_the_first_capture_after_it(self, platform: str, record_id: str) -> None:
        world = _world(_post(platform, 8))
        assert _found(world, FIRST) == {}
        assert _found(world, FIRST, SECOND) == {record_id: ("text 0", 1, "present")}

    def test_made_and_deleted_between_two_captures_is_never_seen(self, platform: str, record_id: str) -> None:
        assert _found(_world(_post(platform, 8, deleted=9)), FIRST, SECOND) == {}

    def test_deleted_after_a_capture_is_known_as_deleted_at_the_next(self, platform: str, record_id: str) -> None:
        world = _world(_post(platform, 1, deleted=9))
        assert _found(world, FIRST) == {record_id: ("text 0", 1, "present")}
        assert _found(world, SECOND, FIRST) == {record_id: ("text 0", 1, "deleted")}
        assert _found(world, SECOND) == {}


def test_x_tells_every_wording_even_those_before_the_first_capture() -> None:
    world = _world(_post("x", 1, 1.01, 1.02))
    assert _found(world, FIRST) == {"x:post:1": ("text 2", 3, "present")}


def test_x_tells_no_wording_of_the_future() -> None:
    world = _world(_post("x", 6.99, 7.01))
    assert _found(world, FIRST) == {"x:post:1": ("text 0", 1, "present")}
    assert _found(world, FIRST, SECOND) == {"x:post:1": ("text 1", 2, "present")}


def test_facebook_tells_only_the_wording_that_stood_at_each_capture() -> None:
    world = _world(_post("facebook", 1, 2, 8, 9))
    assert _found(world, FIRST) == {"facebook:post:20_1": ("text 1", 1, "present")}
    assert _found(world, FIRST, SECOND) == {"facebook:post:20_1": ("text 3", 2, "present")}
    assert _found(world, SECOND) == {"facebook:post:20_1": ("text 3", 1, "present")}


def test_a_comment_carries_its_root_and_the_account_whose_thread_it_is_in() -> None:
    post = _post("facebook", 1)
    told = truth(_world(post, comments=(_comment(post, 2),)), [FIRST])
    expected = RecordTruth(
        record_id="facebook:comment:1_9",
        platform="facebook",
        account="otters",
        kind="comment",
        text="hello",
        versions=1,
        state="present",
        created_at=_at(2),
        post_id="facebook:post:20_1",
    )
    assert told.comments == (expected,)


def test_a_comment_under_a_post_that_was_gone_before_any_capture_is_never_found() -> None:
    post = _post("x", 1, deleted=3)
    assert _found(_world(post, comments=(_comment(post, 2),)), FIRST) == {}


def test_a_comment_made_after_its_root_was_deleted_is_not_looked_for() -> None:
    post = _post("x", 1, deleted=8)
    assert list(_found(_world(post, comments=(_comment(post, 9),)), FIRST, SECOND)) == ["x:post:1"]


def test_a_comment_on_x_outlives_the_post_that_was_deleted_after_its_capture() -> None:
    post = _post("x", 1, deleted=9)
    assert _found(_world(post, comments=(_comment(post, 2),)), FIRST, SECOND) == {
        "x:post:1": ("text 0", 1, "deleted"),
        "x:comment:9": ("hello", 1, "present"),
    }


def test_x_searches_the_whole_past_on_the_first_capture_and_a_week_on_later_ones() -> None:
    post = _post("x", 1)
    world = _world(post, comments=(_comment(post, 8),))
    late = EPOCH + 2 * WEEK + timedelta(days=6)
    assert "x:comment:9" in _found(world, late)
    assert "x:comment:9" not in _found(world, FIRST, late)
    assert "x:comment:9" in _found(world, FIRST, SECOND, late)


def test_facebook_lists_every_comment_however_old() -> None:
    post = _post("facebook", 1)
    late = EPOCH + 2 * WEEK + timedelta(days=6)
    assert "facebook:comment:1_9" in _found(_world(post, comments=(_comment(post, 8),)), FIRST, late)


def test_an_account_without_consent_is_refused_and_a_cut_off_one_disconnected() -> None:
    account = ACCOUNTS["x"]
    assert outcome_at(account, FIRST) == "ok"
    assert outcome_at(replace(account, consent_expires_at=FIRST), FIRST) == "refused"
    assert outcome_at(replace(account, consent_verified_at=SECOND), FIRST) == "refused"
    assert outcome_at(replace(account, suspended_at=FIRST), FIRST) == "disconnected"
    assert outcome_at(replace(account, token_died_at=FIRST), FIRST) == "disconnected"
    assert outcome_at(replace(account, suspended_at=SECOND, token_died_at=SECOND), FIRST) == "ok"


def test_what_was_captured_before_an_account_was_cut_off_stays_as_it_was() -> None:
    cut = replace(ACCOUNTS["x"], suspended_at=_at(8))
    world = _world(_post("x", 1, deleted=9), _post("x", 10, number="2"), registrations=(cut,))
    assert _found(world, FIRST, SECOND) == {"x:post:1": ("text 0", 1, "present")}
    assert [a.outcome for a in truth(world, [FIRST, SECOND]).accounts] == ["disconnected"]


def _grant(account: str, starts: float, ends: float | None, platform: str = "x", asset: str = "seal") -> Grant:
    return Grant(asset, account, platform, "p", _at(starts), None if ends is None else _at(ends), "s", "w")


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ([], "no_permission"),
        ([_grant("Otters", 1, 9)], "permitted"),
        ([_grant("Otters", 5, None)], "permitted"),
        ([_grant("all", 1, 9, platform="")], "permitted"),
        ([_grant("Otters", 1, 5)], "expired"),
        ([_grant("Otters", 6, None)], "not_yet"),
        ([_grant("Otters", 1, 2), _grant("Otters", 6, 7)], "expired"),
        ([_grant("Otters", 1, 2), _grant("all", 4, 6)], "permitted"),
        ([_grant("Badgers", 1, 9), _grant("Otters", 1, 9, platform="facebook")], "no_permission"),
        ([_grant("Otters", 1, 9, asset="mascot")], "no_permission"),
    ],
)
def test_a_use_is_judged_by_the_permissions_at_the_time_of_the_post(grants: list[Grant], expected: str) -> None:
    assert permission(grants, "seal", ACCOUNTS["x"], _at(5)) == expected


def _image(**changes: object) -> SandImage:
    image = SandImage("i", "classroom", 5, 960, 640, "jpeg", ("Be kind",))
    return replace(image, **changes)  # type: ignore[arg-type]


def _showing(image: SandImage, **more: object) -> World:
    shown = Attachment("3_1", "https://pbs.twimg.com/media/a.jpg", "i")
    return _world(_post("x", 5, attachments=(shown,)), images=(image,), **more)


def test_a_mark_is_reported_with_its_box_and_the_digest_of_its_bytes() -> None:
    image = _image(mark=Placement("district-seal", 100, 50, 128))
    told = truth(_showing(image, grants=(_grant("Otters", 1, 2, asset="district-seal"),)), [FIRST])
    digest = sha256(encoded(image)).hexdigest()
    assert [(u.record_id, u.mark_id, u.outcome, u.sha256) for u in told.logo_uses] == [
        ("x:post:1", "district-seal", "expired", digest)
    ]
    assert told.logo_uses[0].box == (100, 50, 228, 178)
    assert told.lookalike_uses == ()


def test_a_lookalike_is_told_apart_from_a_mark() -> None:
    told = truth(_showing(_image(lookalike=Placement("water-board", 100, 50, 128))), [FIRST])
    assert told.logo_uses == ()
    assert [(u.mark_id, u.outcome) for u in told.lookalike_uses] == [("water-board", "not_ours")]


@pytest.mark.parametrize(
    ("fault", "has_bytes", "readable"),
    [
        (None, True, True),
        ("pixel", True, True),
        ("missing", False, False),
        ("truncated", True, False),
        ("bomb", True, False),
        ("not_image", True, False),
    ],
)
def test_a_broken_image_is_told_with_what_can_be_had_of_it(fault: str | None, has_bytes: bool, readable: bool) -> None:
    image = _image(fault=fault)
    digest = sha256(encoded(image)).hexdigest() if has_bytes else None
    url = "https://pbs.twimg.com/media/a.jpg"
    expected = MediaTruth("x:post:1", "x", "Otters", "3_1", url, "i", digest, fault, readable)
    assert truth(_showing(image), [FIRST]).media == (expected,)


def test_an_outsider_is_reported_while_it_is_followed_at_the_last_capture() -> None:
    actors = (
        Actor("x", "10", "Otters", "", "", "school", LONG_AGO),
        Actor("x", "30", "Shoes", "", "", None, LONG_AGO),
        Actor("x", "31", "DrMoss", "", "", "staff", LONG_AGO),
    )
    follows = (
        Follow("x", "10", "30", _at(1), _at(9)),
        Follow("x", "10", "31", _at(1)),
        Follow("x", "30", "10", _at(8)),
        Follow("x", "31", "10", _at(1)),
    )
    world = _world(actors=actors, follows=follows)
    first, second = truth(world, [FIRST]), truth(world, [FIRST, SECOND])
    assert first.outbound_outside == (OutboundTruth("x", "Otters", "30", "Shoes"),)
    assert second.outbound_outside == ()
    assert [(t.inbound[0].staff, t.inbound[0].unknown) for t in (first, second)] == [(1, 0), (1, 1)]


def test_captures_must_lie_in_the_world() -> None:
    with pytest.raises(ValueError, match="3 weeks"):
        truth(_world(), [])
    with pytest.raises(ValueError, match="3 weeks"):
        truth(_world(), [EPOCH + 3 * WEEK + timedelta(seconds=1)])


@pytest.fixture(scope="module")
def demo() -> Truth:
    """The truth after the first demo."""
    return truth(World.make(), [FIRST_DEMO])


def test_the_demo_shows_every_answer_about_permissions_and_six_lookalikes(demo: Truth) -> None:
    assert Counter(u.outcome for u in demo.logo_uses) == {
        "permitted": 9,
        "no_permission": 9,
        "expired": 6,
        "not_yet": 4,
    }
    assert len(demo.lookalike_uses) == 6


def test_no_marked_picture_of_the_demo_is_posted_within_a_day_of_a_permissions_edge(demo: Truth) -> None:
    """So that it does not matter whether a date is read in UTC or in the district's zone."""
    edges = [edge for g in World.make().grants for edge in (g.starts, g.ends) if edge]
    assert min(abs(use.posted_at - edge) for use in demo.logo_uses for edge in edges) > timedelta(days=1)


def test_the_demo_has_ten_outsiders_and_three_accounts_that_cannot_be_collected(demo: Truth) -> None:
    assert len(demo.outbound_outside) == 10
    assert Counter(a.outcome for a in demo.accounts) == {"ok": 21, "refused": 1, "disconnected": 2}
    unseen = {a.handle for a in demo.accounts if a.outcome != "ok"}
    assert not unseen & {r.account for r in (*demo.posts, *demo.comments, *demo.media, *demo.logo_uses)}


def test_the_second_demo_sees_edits_and_deletions_of_what_the_first_one_captured() -> None:
    told = truth(World.make(weeks=7), [FIRST_DEMO, FIRST_DEMO + WEEK])
    old = [r for r in (*told.posts, *told.comments) if r.created_at < FIRST_DEMO]
    changed = Counter((r.platform, r.kind == "comment", r.state) for r in old if r.state == "deleted" or r.versions > 1)
    assert changed["facebook", False, "deleted"] == changed["x", False, "deleted"] == 2
    assert changed["facebook", False, "present"] >= 2
    assert changed["x", True, "deleted"] >= 2
    assert changed["facebook", True, "deleted"] >= 2


def test_the_truth_can_be_written_as_json(demo: Truth) -> None:
    written = json.loads(json.dumps(asdict(demo), default=datetime.isoformat))
    assert len(written["posts"]) == len(demo.posts)
    assert written["captures"] == ["2026-10-19T11:00:00+00:00"]
