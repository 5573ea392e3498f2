"""The connectors against the sandbox, through the real clients: two captures a week apart see what was so."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from connector_scene import no_sleep

from connectors import Budget, Scope, Transport, connector, fetch_media, parse
from connectors.base import Checked
from records.errors import TokenDead, Unavailable
from records.model import (
    Account,
    Check,
    Comment,
    Completeness,
    Envelope,
    Gone,
    MediaItem,
    Platform,
    Post,
    Record,
    Relationship,
    Tombstone,
)
from sandbox.clock import FIRST_DEMO
from sandbox.world import Registration, SandComment, SandPost, World

FIRST = FIRST_DEMO
SECOND = FIRST + timedelta(days=7)
SINCE = FIRST - timedelta(hours=2)
FULL = Completeness.FULL


@contextmanager
def sandbox(dialect: str, now: datetime) -> Iterator[str]:
    """A sandbox in a process of its own, by its address; it ends with its standard input."""
    command = [sys.executable, "-m", "sandbox", "serve", "--dialect", dialect, "--now", now.isoformat()]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([*command, "--search-all-per-second", "1000"], text=True, **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.stdin.close()
            process.wait(20)


class District:
    """The registered accounts and a way to look at them; ``now`` is the clock of both sides."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.now = FIRST
        self.secrets: dict[str, str] = requests.get(f"{url}/control/credentials", timeout=10).json()
        self.transport = Transport(url, lambda: self.now)
        self.budget = Budget(folder / "budget.sqlite", 1000.0, lambda: self.now, spacing={}, sleep=no_sleep)

    def move_clock(self, now: datetime) -> None:
        self.now = now
        requests.put(f"{self.url}/control/clock", json={"now": now.isoformat()}, timeout=10)

    def look(self, account: Account, check: Check, scope: Scope, kept: list[Envelope]) -> Checked:
        key = bytes.fromhex(self.secrets["hallpass_minimise"])
        secret = self.secrets[account.credential]
        client = connector(account.platform, secret, self.transport, self.budget, minimise_key=key, sleep=no_sleep)
        return client.check(check, account, scope, kept.append)


@dataclass
class Capture:
    """What one visit to one account kept."""

    kept: list[Envelope] = field(default_factory=list)
    checked: dict[Check, Checked] = field(default_factory=dict)

    def records(self, *types: type) -> list[Any]:
        return [record for envelope in self.kept for record in parse(envelope) if isinstance(record, types)]

    def posts(self) -> list[str]:
        return list(dict.fromkeys(p.record_id for p in self.records(Post) if p.account_id))

    def comments(self) -> list[str]:
        return list(dict.fromkeys(c.record_id for c in self.records(Comment)))


def account_of(registration: Registration) -> Account:
    return Account(
        account_id=f"account-{registration.platform_id}",
        platform=Platform(registration.platform),
        platform_id=registration.platform_id,
        handle=registration.handle,
        owner_id=registration.owner_id,
        school=registration.school_id,
        purpose=registration.purpose,
        credential=registration.credential,
        registered_at=registration.registered_at,
        consent_verified_at=registration.consent_verified_at,
        consent_expires_at=registration.consent_expires_at,
    )


def visit(district: District, account: Account, since: datetime | None, before: Capture | None) -> Capture:
    """Every check, as the pipeline makes them."""
    capture = Capture()

    def look(check: Check, known: list[str]) -> None:
        capture.checked[check] = district.look(account, check, Scope(district.now, since, known), capture.kept)

    for check in (Check.PROFILE, Check.POSTS, Check.FOLLOWING, Check.FOLLOWERS):
        look(check, [])
    earlier = before.posts() if before else []
    look(Check.COMMENTS, list(dict.fromkeys([*capture.posts(), *earlier])))
    look(Check.RECHECK, [*earlier, *(before.comments() if before else [])])
    return capture


@pytest.fixture(scope="module")
def world() -> World:
    return World.until(SECOND)


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    with sandbox("tweet", FIRST) as url:
        yield District(url, tmp_path_factory.mktemp("district"))


def visited(world: World) -> list[Registration]:
    """Every second account that can be seen: enough of both platforms, in half the time."""
    return [r for r in world.registrations if r.suspended_at is None and r.token_died_at is None][::2]


@pytest.fixture(scope="module")
def captures(district: District, world: World) -> dict[str, tuple[Capture, Capture]]:
    """Two captures of every account that can be seen, by its platform id."""
    accounts = {r.platform_id: account_of(r) for r in visited(world)}
    district.move_clock(FIRST)
    first = {key: visit(district, account, None, None) for key, account in accounts.items()}
    district.move_clock(SECOND)
    second = {key: visit(district, account, SINCE, first[key]) for key, account in accounts.items()}
    return {key: (first[key], second[key]) for key in accounts}


def stands(item: SandPost | SandComment, at: datetime) -> bool:
    return item.created_at <= at and (item.deleted_at is None or at < item.deleted_at)


def wordings(item: SandPost | SandComment) -> set[str]:
    """X keeps every wording; Facebook shows the one of the day."""
    sightings = [at for at in (FIRST, SECOND) if stands(item, at)]
    made = {at: [v.text for v in item.versions if v.at <= at] for at in sightings}
    return {text for at in sightings for text in (made[at] if item.platform == "x" else made[at][-1:])}


def seen_things(world: World, owner: str, platform: str) -> dict[str, SandPost | SandComment]:
    """What two captures must have seen of an account, by record id."""
    posts = [p for p in world.posts if p.author_id == owner and (stands(p, FIRST) or stands(p, SECOND))]
    roots = {p.post_id for p in posts}
    comments = [
        c
        for c in world.comments
        if c.platform == platform and c.post_id in roots and (stands(c, FIRST) or stands(c, SECOND))
    ]
    found: dict[str, SandPost | SandComment] = {f"{platform}:post:{p.post_id}": p for p in posts}
    return found | {f"{platform}:comment:{c.comment_id}": c for c in comments}


def test_every_wording_of_every_post_and_comment_is_seen_and_nothing_else(
    world: World, captures: dict[str, tuple[Capture, Capture]]
) -> None:
    for registration in visited(world):
        things = seen_things(world, registration.platform_id, registration.platform)
        expected = {(record_id, text) for record_id, thing in things.items() for text in wordings(thing)}
        records: list[Post | Comment] = [
            r for c in captures[registration.platform_id] for r in c.records(Post, Comment)
        ]
        got = {(r.record_id, r.text) for r in records if isinstance(r, Comment) or r.account_id}
        assert got == expected, registration.handle


def test_what_is_gone_has_two_confirmations_from_two_answers_and_nothing_else_has_any(
    world: World, captures: dict[str, tuple[Capture, Capture]]
) -> None:
    deletions = 0
    for registration in visited(world):
        first, second = captures[registration.platform_id]
        things = seen_things(world, registration.platform_id, registration.platform)
        known = {*first.posts(), *first.comments()}
        gone = {key for key, thing in things.items() if key in known and not stands(thing, SECOND)}
        answers = [{r.record_id for r in parse(e) if _is_deletion(r)} for e in second.kept]
        assert Counter(key for shown in answers for key in shown) == dict.fromkeys(gone, 2), registration.handle
        assert not first.records(Tombstone)
        deletions += len(gone)
    assert deletions > 0


def _is_deletion(record: Record) -> bool:
    return isinstance(record, Tombstone) and record.gone is Gone.DELETED


def test_pictures_are_those_of_the_posts_with_their_words_on_x(
    world: World, captures: dict[str, tuple[Capture, Capture]]
) -> None:
    for registration in visited(world):
        platform = registration.platform
        things = seen_things(world, registration.platform_id, platform)
        shown = [a for thing in things.values() if isinstance(thing, SandPost) for a in thing.attachments]
        expected = {(f"{platform}:media:{a.media_id}", a.url, a.alt_text if platform == "x" else None) for a in shown}
        media: list[MediaItem] = [m for c in captures[registration.platform_id] for m in c.records(MediaItem)]
        assert {(m.record_id, m.url, m.alt_text) for m in media if m.account_id} == expected, registration.handle


def test_relationships_are_those_of_the_day_and_facebook_says_what_it_hides(
    world: World, captures: dict[str, tuple[Capture, Capture]]
) -> None:
    moment = world.at(SECOND)
    hidden = {r.platform_id for r in world.registrations if r.suspended_at}
    for registration in visited(world):
        platform, owner = registration.platform, registration.platform_id
        capture = captures[owner][1]
        bonds: list[Relationship] = capture.records(Relationship)
        following = {actor.platform_id for actor in moment.following(platform, owner)} - hidden
        followers = {actor.platform_id for actor in moment.followers(platform, owner)} - hidden
        outbound = {bond.counterpart_key for bond in bonds if not bond.minimised}
        inbound = {bond.counterpart_key for bond in bonds if bond.minimised}
        checked = capture.checked[Check.FOLLOWERS]
        assert outbound == {f"{platform}:{key}" for key in following}
        if platform == "x":
            assert (len(inbound), checked.completeness, checked.seen) == (len(followers), FULL, len(followers))
        else:
            count = moment.followers_count(platform, owner)
            assert (len(inbound), checked.completeness, checked.seen) == (0, Completeness.COUNT_ONLY, count)


def test_no_secret_stands_in_anything_that_is_kept(
    district: District, captures: dict[str, tuple[Capture, Capture]]
) -> None:
    kept = b"".join(repr(e).encode() + e.body for pair in captures.values() for c in pair for e in c.kept)
    assert len(kept) > 100_000
    assert [name for name, secret in district.secrets.items() if secret.encode() in kept] == []


def test_a_suspended_account_and_a_dead_token_are_typed(district: District, world: World) -> None:
    suspended = next(r for r in world.registrations if r.suspended_at)
    dead = next(r for r in world.registrations if r.token_died_at)
    district.move_clock(SECOND)
    with pytest.raises(Unavailable) as caught:
        district.look(account_of(suspended), Check.PROFILE, Scope(SECOND, None), [])
    assert caught.value.gone is Gone.SUSPENDED
    with pytest.raises(TokenDead, match="IT authorises the Page again"):
        district.look(account_of(dead), Check.POSTS, Scope(SECOND, None), [])


def test_a_picture_comes_from_the_media_host_and_a_missing_one_says_so(
    district: District, captures: dict[str, tuple[Capture, Capture]], world: World
) -> None:
    media: list[MediaItem] = [m for pair in captures.values() for m in pair[1].records(MediaItem) if m.account_id]
    missing = [m for m in media if m.url and world.image_by_id[_image_id(world, m.url)].fault == "missing"]
    whole = [m for m in media if m.url and world.image_by_id[_image_id(world, m.url)].fault is None]
    content, file = fetch_media(whole[0], district.transport)
    assert content is not None
    assert (file.size, file.error) == (len(content), None)
    if missing:
        assert (fetch_media(missing[0], district.transport)[1].error or "").endswith("answered 404")


def _image_id(world: World, url: str) -> str:
    return world.image_by_url[url].image_id


def test_both_dialects_of_x_give_the_same_records(
    captures: dict[str, tuple[Capture, Capture]], world: World, tmp_path: Path
) -> None:
    x = [r for r in visited(world) if r.platform == "x"][:3]
    with sandbox("post", FIRST) as url:
        district = District(url, tmp_path)
        new = {r.platform_id: visit(district, account_of(r), None, None) for r in x}
    for registration in x:
        old = captures[registration.platform_id][0]
        assert set(new[registration.platform_id].records(object)) == set(old.records(object))
        assert b"edit_history_post_ids" in b"".join(e.body for e in new[registration.platform_id].kept)
