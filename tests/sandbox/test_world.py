"""The made-up district: its size, its repeatability, and what of it exists at a moment."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from sandbox.clock import COMMENTED_FOR, EPOCH, FIRST_DEMO, WEEK, snowflake, week_start, weeks_until
from sandbox.district import EXPIRED, SUSPENDED, TOKEN_DEAD
from sandbox.phrases import HOSTILE
from sandbox.world import Moment, SandComment, SandPost, Version, World


@pytest.fixture(scope="module")
def world() -> World:
    """The district up to the end of week 10."""
    return World.make(weeks=10)


def _registered(world: World) -> set[str]:
    return {r.platform_id for r in world.registrations}


def _published(world: World) -> list[SandPost]:
    return [p for p in world.posts if p.author_id in _registered(world)]


def _contents(moment: Moment) -> tuple[object, ...]:
    world = moment.world
    posts = {p.post_id: moment.versions(p) for p in world.posts if moment.post(p.platform, p.post_id)}
    comments = {c.comment_id: moment.versions(c) for c in world.comments if moment.comment(c.platform, c.comment_id)}
    follows = {r.handle: {a.handle for a in moment.followers(r.platform, r.platform_id)} for r in world.registrations}
    followed = {r.handle: {a.handle for a in moment.following(r.platform, r.platform_id)} for r in world.registrations}
    return posts, comments, follows, followed


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    assert World.make(weeks=7) == World.make(weeks=7)
    assert World.make(seed=1, weeks=1).posts != World.make(seed=2, weeks=1).posts


@pytest.mark.parametrize("weeks", [6, 7, 8])
def test_a_longer_world_agrees_with_a_shorter_one_up_to_its_end(world: World, weeks: int) -> None:
    end = week_start(weeks + 1)
    assert _contents(World.make(weeks=weeks).at(end)) == _contents(world.at(end))


def test_the_district_has_the_people_and_accounts_that_it_should(world: World) -> None:
    roles = Counter("staff" if p.role in ("administrator", "teacher", "aide") else p.role for p in world.people)
    assert Counter(s.kind for s in world.schools) == {"district": 1, "school": 3}
    assert roles == {"staff": 40, "student": 180, "guardian": 250}
    assert Counter(r.platform for r in world.registrations) == {"x": 13, "facebook": 11}
    owners = {p.sourced_id for p in world.people}
    assert {r.owner_id for r in world.registrations} <= owners
    assert {a for p in world.people for a in p.agents} == {p.sourced_id for p in world.people if p.role == "guardian"}


def test_one_account_has_no_consent_one_is_suspended_and_one_token_is_dead_at_the_first_demo(world: World) -> None:
    at = FIRST_DEMO
    assert [r.handle for r in world.registrations if r.consent_expires_at <= at] == [EXPIRED]
    assert [r.handle for r in world.registrations if r.suspended_at and r.suspended_at <= at] == [SUSPENDED]
    assert [r.handle for r in world.registrations if r.token_died_at and r.token_died_at <= at] == [TOKEN_DEAD]


def test_one_app_token_serves_x_and_each_page_has_its_own(world: World) -> None:
    expected = {r.platform_id: f"hallpass_facebook_{r.platform_id}" for r in world.registrations}
    expected |= {r.platform_id: "hallpass_x" for r in world.registrations if r.platform == "x"}
    assert {r.platform_id: r.credential for r in world.registrations} == expected


def test_six_weeks_hold_about_what_was_asked_for() -> None:
    six = World.make(weeks=6)
    posts = _published(six)
    assert 320 <= len(posts) <= 400
    assert 480 <= len(six.comments) <= 650
    assert 80 <= len(six.images) <= 110
    assert {(p.platform, p.kind) for p in posts} == {
        ("facebook", "post"),
        ("x", "post"),
        ("x", "reply"),
        ("x", "quote"),
        ("x", "repost"),
    }


def test_every_id_is_new_and_grows_with_time_and_pages_have_fifteen_digits(world: World) -> None:
    ids = [(p.platform, v.version_id) for p in world.posts for v in p.versions if p.platform == "x"]
    ids += [(p.platform, p.post_id) for p in world.posts if p.platform == "facebook"]
    ids += [(c.platform, c.comment_id) for c in world.comments]
    assert len(ids) == len(set(ids))
    assert len({a.platform_id for a in world.actors}) == len(world.actors)
    assert {len(r.platform_id) for r in world.registrations if r.platform == "facebook"} == {15}
    stamped = sorted((v.at, int(v.version_id)) for p in world.posts if p.platform == "x" for v in p.versions)
    numbers = [number >> 22 for _, number in stamped]
    assert numbers == sorted(numbers)
    assert all(number >> 22 == int(snowflake(at)) >> 22 for at, number in stamped)


def test_handles_are_unique_whatever_their_case_and_of_the_form_that_x_allows(world: World) -> None:
    handles = [a.handle for a in world.actors if a.platform == "x"]
    assert len({h.lower() for h in handles}) == len(handles)
    assert [h for h in handles if not re.fullmatch(r"[A-Za-z0-9_]{1,15}", h)] == []


def test_x_gives_each_edit_its_own_id_within_the_hour_and_facebook_keeps_the_id(world: World) -> None:
    edited = [p for p in world.posts if len(p.versions) > 1]
    assert {p.platform for p in edited} == {"x", "facebook"}
    for post in edited:
        ids = {v.version_id for v in post.versions}
        times = [v.at for v in post.versions]
        assert times == sorted(times)
        assert len({v.text for v in post.versions}) == len(post.versions)
        if post.platform == "x":
            assert len(ids) == len(post.versions)
            assert times[-1] - times[0] < timedelta(hours=1)
        else:
            assert ids == {post.post_id}


def test_nobody_answers_before_the_root_or_the_parent_or_later_than_search_reaches(world: World) -> None:
    roots = {p.post_id: p for p in world.posts}
    parents = roots | {c.comment_id: c for c in world.comments}
    for comment in world.comments:
        assert timedelta(0) < comment.created_at - roots[comment.post_id].created_at < COMMENTED_FOR
        if comment.parent_id:
            assert parents[comment.parent_id].created_at < comment.created_at


def test_comments_are_threaded_on_both_platforms(world: World) -> None:
    replies = [c for c in world.comments if c.parent_id is not None]
    nested = [c for c in replies if c.parent_id in {r.comment_id for r in replies}]
    assert {c.platform for c in replies} == {c.platform for c in nested} == {"x", "facebook"}


def test_recent_search_once_a_week_cannot_miss_a_comment_by_seconds(world: World) -> None:
    """A pipeline asks for seven days less half a minute, and a comment at a capture's minute would be lost."""
    assert min((c.created_at - EPOCH) % WEEK for c in world.comments if c.platform == "x") > timedelta(minutes=1)


@pytest.mark.parametrize("week", [7, 8, 9, 10])
def test_each_later_week_changes_what_was_captured_before(world: World, week: int) -> None:
    start, end = week_start(week), week_start(week + 1)

    def changes(items: tuple[SandPost, ...] | tuple[SandComment, ...]) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        for item in items:
            if item.created_at < start:
                found[item.platform, "edit"] += sum(start <= v.at < end for v in item.versions)
                found[item.platform, "delete"] += item.deleted_at is not None and start <= item.deleted_at < end
        return +found

    posts, comments = changes(world.posts), changes(world.comments)
    assert posts == {("x", "delete"): 2, ("facebook", "delete"): 2, ("facebook", "edit"): posts["facebook", "edit"]}
    assert posts["facebook", "edit"] >= 2
    assert set(comments) == {("x", "delete"), ("facebook", "delete"), ("facebook", "edit")}


@pytest.mark.parametrize("seed", range(5))
def test_a_post_that_something_leans_on_is_never_deleted(seed: int) -> None:
    world = World.make(seed, weeks=12)
    gone = {p.post_id for p in world.posts if p.deleted_at}
    assert not gone & {p.refers_to for p in world.posts}
    assert not gone & {p.conversation_id for p in world.posts if p.kind == "reply"}


def test_facebook_takes_comments_away_with_their_post(world: World) -> None:
    gone = {p.post_id: p.deleted_at for p in world.posts if p.platform == "facebook" and p.deleted_at}
    orphans = [c for c in world.comments if c.post_id in gone]
    assert orphans
    assert all(c.deleted_at is not None and c.deleted_at <= gone[c.post_id] for c in orphans)


def test_what_the_district_knows_of_an_actor_is_what_its_lists_say(world: World) -> None:
    kinds = {"student": "student", "guardian": "guardian"}
    listed = {(r.platform, r.handle.lower()): "school" for r in world.registrations}
    listed |= {(o.platform, o.handle.lower()): "organisation" for o in world.organisations}
    listed |= {
        (platform, handle.lower()): kinds.get(p.role, "staff") for p in world.people for platform, handle in p.handles
    }
    assert {a.role for a in world.actors} == {"staff", "student", "guardian", "school", "organisation", None}
    assert [a.handle for a in world.actors if a.role != listed.get((a.platform, a.handle.lower()))] == []


def test_some_handles_differ_from_the_roster_in_case_only(world: World) -> None:
    written = {handle for p in world.people for platform, handle in p.handles if platform == "x"}
    staff = [a.handle for a in world.actors if a.role == "staff"]
    assert [h for h in staff if h not in written and h.lower() in written]


def test_a_followed_stranger_has_a_handle_one_letter_from_a_staff_members(world: World) -> None:
    def differ(one: str, other: str) -> int:
        return sum(a != b for a, b in zip(one, other, strict=True)) if len(one) == len(other) else 99

    staff = [a.handle.lower() for a in world.actors if a.role == "staff"]
    near = [a for a in world.actors if a.role is None and any(differ(a.handle.lower(), s) == 1 for s in staff)]
    assert len(near) == 1
    assert [a.role for a in world.at(FIRST_DEMO).followers("x", near[0].platform_id)] == ["school"]


def test_each_account_on_x_follows_some_and_is_followed_by_many_strangers(world: World) -> None:
    moment = world.at(FIRST_DEMO)
    for r in (r for r in world.registrations if r.platform == "x"):
        assert 5 <= len(moment.following("x", r.platform_id)) <= 15
        assert 20 <= moment.followers_count("x", r.platform_id) <= 70
        assert sum(a.role is None for a in moment.followers("x", r.platform_id)) >= 10


def test_a_page_shows_a_number_of_followers_that_nobody_can_name(world: World) -> None:
    page = next(r for r in world.registrations if r.platform == "facebook")
    counts = [world.at(FIRST_DEMO + n * WEEK).followers_count("facebook", page.platform_id) for n in range(3)]
    assert counts == [page.fans + 15, page.fans + 18, page.fans + 21]


def test_some_texts_are_hostile_long_or_in_many_scripts(world: World) -> None:
    texts = [v.text for p in world.posts for v in p.versions]
    assert HOSTILE in texts
    assert max(len(t) for t in texts) > 2500
    assert any("欢迎" in t and "👩‍🏫" in t for t in texts)


def test_pictures_are_shown_again_under_the_same_and_under_another_url(world: World) -> None:
    shown = [a for p in world.posts for a in p.attachments]
    again = {i for i, n in Counter(a.image_id for a in shown).items() if n > 1}
    urls = {i: {a.url for a in shown if a.image_id == i} for i in again}
    assert sorted(len(u) for u in urls.values()) == [1, 1, 2]
    assert world.image_by_url[shown[0].url] == world.image_by_id[shown[0].image_id]


def _post(at: int, *later: int, deleted: int | None = None) -> SandPost:
    versions = tuple(Version(f"v{hour}", f"text {hour}", EPOCH + timedelta(hours=hour)) for hour in (at, *later))
    gone = None if deleted is None else EPOCH + timedelta(hours=deleted)
    return SandPost("x", versions[0].version_id, "1", "post", versions, (), versions[0].version_id, None, gone)


def test_a_moment_shows_neither_the_future_nor_the_deleted() -> None:
    world = replace(World.make(weeks=1), posts=(_post(1, 3, deleted=9), _post(5)))
    seen = {
        hour: [p.post_id for p in world.at(EPOCH + timedelta(hours=hour)).posts_by("x", "1")] for hour in (0, 1, 6, 9)
    }
    assert seen == {0: [], 1: ["v1"], 6: ["v5", "v1"], 9: ["v5"]}


def test_a_moment_finds_a_post_under_the_ids_that_exist_by_then() -> None:
    post = _post(1, 3)
    world = replace(World.make(weeks=1), posts=(post,))
    before, after = world.at(EPOCH + timedelta(hours=2)), world.at(EPOCH + timedelta(hours=3))
    assert [before.post("x", "v1"), before.post("x", "v3")] == [post, None]
    assert [after.post("x", "v1"), after.post("x", "v3")] == [post, post]
    assert [v.text for v in before.versions(post)] == ["text 1"]


def test_a_moment_finds_accounts_whatever_the_case_of_the_handle(world: World) -> None:
    moment = world.at(FIRST_DEMO)
    first = world.registrations[0]
    assert moment.registration("x", first.handle.upper()) == moment.registration("x", first.platform_id) == first
    actor = moment.actor("x", first.handle.swapcase())
    assert actor is not None
    assert actor.platform_id == first.platform_id
    assert moment.registration("facebook", first.platform_id) is None


def test_a_conversation_holds_the_comments_and_the_accounts_own_replies_in_time(world: World) -> None:
    moment = world.at(FIRST_DEMO)
    own = [p for p in world.posts if p.kind == "reply" and p.author_id in _registered(world)]
    root = next(p.conversation_id for p in own if moment.comments_on("x", p.conversation_id or ""))
    items = moment.conversation(root or "")
    assert {type(item) for item in items} == {SandPost, SandComment}
    assert [i.created_at for i in items] == sorted(i.created_at for i in items)


def test_a_week_begins_on_monday_at_eleven() -> None:
    assert [weeks_until(EPOCH), weeks_until(FIRST_DEMO), weeks_until(FIRST_DEMO + timedelta(seconds=1))] == [1, 6, 7]
    assert FIRST_DEMO.isoformat() == "2026-10-19T11:00:00+00:00"
