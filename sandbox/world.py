"""The made-up district as a whole, and what of it exists at a moment.

The same seed gives the same district, and each week is drawn from its own numbers: a world of more weeks
holds, up to the end of a smaller one, exactly what the smaller one holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from sandbox.bonds import befriend
from sandbox.clock import SEED, weeks_until
from sandbox.crowd import gather
from sandbox.district import found
from sandbox.story import tell
from sandbox.things import (
    Actor,
    Attachment,
    Follow,
    Grant,
    Organisation,
    Person,
    Placement,
    Registration,
    SandComment,
    SandImage,
    SandPost,
    School,
    Version,
)

__all__ = [
    "Actor",
    "Attachment",
    "Follow",
    "Grant",
    "Moment",
    "Organisation",
    "Person",
    "Placement",
    "Registration",
    "SandComment",
    "SandImage",
    "SandPost",
    "School",
    "Version",
    "World",
]

_FANS_A_WEEK = 3

_Item = TypeVar("_Item", SandPost, SandComment)
_Value = TypeVar("_Value")


def _grouped(pairs: Iterable[tuple[tuple[str, str], _Value]]) -> dict[tuple[str, str], list[_Value]]:
    """Values by key, each group in the order given."""
    groups: dict[tuple[str, str], list[_Value]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)


@dataclass(frozen=True)
class World:
    """Everything that is so, from the epoch to the end of the last week."""

    seed: int
    weeks: int
    schools: tuple[School, ...]
    people: tuple[Person, ...]
    actors: tuple[Actor, ...]
    registrations: tuple[Registration, ...]
    organisations: tuple[Organisation, ...]
    grants: tuple[Grant, ...]
    posts: tuple[SandPost, ...]
    comments: tuple[SandComment, ...]
    images: tuple[SandImage, ...]
    follows: tuple[Follow, ...]

    @classmethod
    def make(cls, seed: int = SEED, weeks: int = 6) -> World:
        """The district of ``seed`` with ``weeks`` weeks of life."""
        district = found(seed)
        actors = gather(district, seed)
        story = tell(district, actors, seed, weeks)
        return cls(
            seed=seed,
            weeks=weeks,
            schools=district.schools,
            people=district.people,
            actors=actors,
            registrations=district.registrations,
            organisations=district.organisations,
            grants=district.grants,
            posts=story.posts,
            comments=story.comments,
            images=story.images,
            follows=befriend(district, actors, seed, weeks),
        )

    @classmethod
    def until(cls, now: datetime, seed: int = SEED) -> World:
        """The district with as many weeks as ``now`` needs."""
        return cls.make(seed, weeks_until(now))

    def at(self, now: datetime) -> Moment:
        """What of it exists at ``now``; costs nothing, ask as often as you like."""
        return Moment(self, now)

    @cached_property
    def image_by_id(self) -> dict[str, SandImage]:
        """Images by ``image_id``."""
        return {image.image_id: image for image in self.images}

    @cached_property
    def image_by_url(self) -> dict[str, SandImage]:
        """Images by the full URL that an attachment gives (queries included)."""
        return {a.url: self.image_by_id[a.image_id] for post in self.posts for a in post.attachments}

    @cached_property
    def _actors(self) -> dict[tuple[str, str], Actor]:
        by_id = {(a.platform, a.platform_id): a for a in self.actors}
        return by_id | {(a.platform, a.handle.lower()): a for a in self.actors}

    @cached_property
    def _registrations(self) -> dict[tuple[str, str], Registration]:
        by_id = {(r.platform, r.platform_id): r for r in self.registrations}
        return by_id | {(r.platform, r.handle.lower()): r for r in self.registrations}

    @cached_property
    def _posts(self) -> dict[tuple[str, str], SandPost]:
        return {(p.platform, v.version_id): p for p in self.posts for v in p.versions}

    @cached_property
    def _comments(self) -> dict[tuple[str, str], SandComment]:
        return {(c.platform, v.version_id): c for c in self.comments for v in c.versions}

    @cached_property
    def _posts_by(self) -> dict[tuple[str, str], list[SandPost]]:
        return _grouped(((p.platform, p.author_id), p) for p in self.posts)

    @cached_property
    def _comments_on(self) -> dict[tuple[str, str], list[SandComment]]:
        return _grouped(((c.platform, c.post_id), c) for c in self.comments)

    @cached_property
    def _replies_in(self) -> dict[tuple[str, str], list[SandPost]]:
        return _grouped(((p.platform, p.conversation_id or ""), p) for p in self.posts if p.kind == "reply")

    @cached_property
    def _inbound(self) -> dict[tuple[str, str], list[Follow]]:
        return _grouped(((f.platform, f.followed_id), f) for f in self.follows)

    @cached_property
    def _outbound(self) -> dict[tuple[str, str], list[Follow]]:
        return _grouped(((f.platform, f.follower_id), f) for f in self.follows)


@dataclass(frozen=True, slots=True)
class Moment:
    """The world as an API would show it at ``now``: without what is deleted, ended or yet to come.

    A suspended account's posts are still returned here; whether it may be seen is the platform's
    business, see :attr:`Registration.suspended_at`.
    """

    world: World
    now: datetime

    def actor(self, platform: str, key: str) -> Actor | None:
        """An actor by platform id, or by handle whatever its case."""
        return self.world._actors.get((platform, key)) or self.world._actors.get((platform, key.lower()))

    def registration(self, platform: str, key: str) -> Registration | None:
        """A registered account by platform id, or by handle whatever its case."""
        found = self.world._registrations
        return found.get((platform, key)) or found.get((platform, key.lower()))

    def post(self, platform: str, post_id: str) -> SandPost | None:
        """A post by the id of any version that exists now."""
        return self._alive(self.world._posts.get((platform, post_id)), post_id)

    def comment(self, platform: str, comment_id: str) -> SandComment | None:
        """A comment by the id of any version that exists now."""
        return self._alive(self.world._comments.get((platform, comment_id)), comment_id)

    def posts_by(self, platform: str, author_id: str) -> list[SandPost]:
        """An author's posts, newest first."""
        return self._shown(self.world._posts_by.get((platform, author_id), ()))[::-1]

    def comments_on(self, platform: str, post_id: str) -> list[SandComment]:
        """All comments of the thread under a post, replies to replies too, oldest first."""
        return self._shown(self.world._comments_on.get((platform, post_id), ()))

    def conversation(self, conversation_id: str) -> list[SandPost | SandComment]:
        """X: what answers in a conversation (without the root), the registered account's own replies too, oldest first.

        It does not matter whether the root still exists: X keeps the answers to a deleted post.
        """
        replies = self._shown(self.world._replies_in.get(("x", conversation_id), ()))
        return sorted([*self.comments_on("x", conversation_id), *replies], key=lambda item: item.created_at)

    def versions(self, item: SandPost | SandComment) -> tuple[Version, ...]:
        """The versions made so far, oldest first; the last one is current. Empty before the first."""
        return tuple(v for v in item.versions if v.at <= self.now)

    def followers(self, platform: str, platform_id: str) -> list[Actor]:
        """Who follows (X) or likes as a Page (Facebook) an account, latest first."""
        return self._ends(self.world._inbound.get((platform, platform_id), ()), inbound=True)

    def following(self, platform: str, platform_id: str) -> list[Actor]:
        """Whom an account follows (X), or which Pages a Page likes (Facebook), latest first."""
        return self._ends(self.world._outbound.get((platform, platform_id), ()), inbound=False)

    def followers_count(self, platform: str, platform_id: str) -> int:
        """The number that a profile shows; on Facebook it counts people whom no route ever names."""
        if platform == "x":
            return len(self.followers(platform, platform_id))
        registration = self.registration(platform, platform_id)
        return registration.fans + _FANS_A_WEEK * (weeks_until(self.now) - 1) if registration else 0

    def _ends(self, follows: Iterable[Follow], inbound: bool) -> list[Actor]:
        current = [f for f in follows if f.started_at <= self.now and (f.ended_at is None or self.now < f.ended_at)]
        current.sort(key=lambda follow: follow.started_at, reverse=True)
        return [self.world._actors[f.platform, f.follower_id if inbound else f.followed_id] for f in current]

    def _shown(self, items: Iterable[_Item]) -> list[_Item]:
        return [item for item in items if self._exists(item)]

    def _alive(self, item: _Item | None, version_id: str) -> _Item | None:
        if item is None or not self._exists(item):
            return None
        return item if any(v.version_id == version_id for v in self.versions(item)) else None

    def _exists(self, item: SandPost | SandComment) -> bool:
        return item.created_at <= self.now and (item.deleted_at is None or self.now < item.deleted_at)
