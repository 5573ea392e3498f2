"""What a story knows while it is being told: the state so far, and the week that is being made."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from random import Random

from sandbox.clock import EPOCH, WEEK, snowflake, week_start
from sandbox.district import EXPIRED, SUSPENDED, TOKEN_DEAD, Channel, District, channel_of
from sandbox.things import Actor, Attachment, Registration, SandComment, SandImage, SandPost, Version

UNSEEN = (EXPIRED, SUSPENDED, TOKEN_DEAD)


@dataclass
class Told:
    """Everything so far. ``kept`` are ids of posts that something leans on: they are never deleted.

    ``planned`` are the pictures that the plan names, by ``"{week}/{handle}"``, to be shown again.
    """

    district: District
    everybody: tuple[Actor, ...]
    posts: dict[str, SandPost] = field(default_factory=dict)
    comments: dict[str, SandComment] = field(default_factory=dict)
    images: dict[str, SandImage] = field(default_factory=dict)
    planned: dict[str, Attachment] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)

    @cached_property
    def channels(self) -> list[tuple[Channel, Registration]]:
        """The registered accounts with what they are about."""
        return [(channel_of(r), r) for r in self.district.registrations]

    @cached_property
    def actors(self) -> dict[str, Actor]:
        """Everybody by platform id."""
        return {actor.platform_id: actor for actor in self.everybody}

    def public(self, platform: str, *roles: str | None) -> list[Actor]:
        """Who can write on a platform, by role."""
        return [a for a in self.everybody if a.platform == platform and a.role in roles]

    def collectable(self, author_id: str) -> bool:
        """Whether the author is a registered account that hallpass is able to collect."""
        author = self.actors[author_id]
        return author.role == "school" and author.handle not in UNSEEN

    def answered(self) -> set[str | None]:
        """Ids of what somebody has answered or refers to."""
        return {c.parent_id for c in self.comments.values()} | {p.refers_to for p in self.posts.values()}

    def add(self, post: SandPost) -> None:
        """Take a new post in, or a changed one in the place of its old self."""
        self.posts[post.post_id] = post

    def hear(self, comment: SandComment) -> None:
        """Take a new comment in, or a changed one in the place of its old self."""
        self.comments[comment.comment_id] = comment


@dataclass(frozen=True)
class Week:
    """A week in the making, with its own random numbers."""

    told: Told
    number: int
    rng: Random

    @property
    def start(self) -> datetime:
        """When it begins."""
        return week_start(self.number)

    def some_time(self) -> datetime:
        """A moment of the week, an hour from its ends at least."""
        return self.start + timedelta(seconds=self.rng.randrange(3600, int(WEEK.total_seconds()) - 3600))

    def snowflake(self, at: datetime) -> str:
        """A new id on X."""
        return snowflake(at, self.rng.getrandbits(22))

    def page_number(self, at: datetime) -> str:
        """A new id on Facebook, where ids grow with time too but say nothing of it."""
        seconds = int((at - EPOCH) / timedelta(seconds=1))
        return str(122_100_000_000_000_000 + seconds * 10_000 + self.rng.randrange(10_000))

    def said(self, post: SandPost, parent_id: str | None, author_id: str, text: str, at: datetime) -> SandComment:
        """A comment on ``post`` under a new id."""
        on_x = post.platform == "x"
        number = self.snowflake(at) if on_x else f"{post.post_id.split('_')[1]}_{self.page_number(at)}"
        return SandComment(post.platform, number, post.post_id, parent_id, author_id, (Version(number, text, at),))
