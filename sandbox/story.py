"""What happens, week by week: posts, comments, edits, deletions. Each week is drawn from its own numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from sandbox.clock import COMMENTED_FOR, EPOCH, FIRST_WEEKS, WEEK, snowflake, week_start
from sandbox.district import EXPIRED, SUSPENDED, TOKEN_DEAD, Channel, District, channel_of
from sandbox.phrases import (
    ANSWERS,
    COMMENTS,
    HOSTILE,
    OFFICIAL_ANSWERS,
    QUOTES,
    STRANGERS,
    UNICODE,
    edited,
    fill,
    long_text,
    post_text,
)
from sandbox.pictures import Wish, picture, wishes
from sandbox.things import Actor, Attachment, Registration, SandComment, SandImage, SandPost, Version

_Item = TypeVar("_Item", SandPost, SandComment)
_UNSEEN = (EXPIRED, SUSPENDED, TOKEN_DEAD)
_SPECIAL = {
    (1, "MillraceMS"): UNICODE,
    (2, "AFHS_Robotics"): HOSTILE,
    (3, "alderfallsps"): HOSTILE,
    (4, "millracescience"): long_text(14, Random(4)),
    (5, "AFHS_Library"): long_text(3, Random(5)),
}
_DISCUSSED = {(4, "alderfallsps"): 34, (5, "AFHS_News"): 18}
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that was posted, in the order of its making."""

    posts: tuple[SandPost, ...]
    comments: tuple[SandComment, ...]
    images: tuple[SandImage, ...]


def tell(district: District, actors: tuple[Actor, ...], seed: int, weeks: int) -> Story:
    """The story of the first ``weeks`` weeks."""
    teller = _Teller(district, actors)
    for week in range(1, weeks + 1):
        _Week(teller, week, Random(f"{seed}/week/{week}")).tell()
    return Story(tuple(teller.posts.values()), tuple(teller.comments.values()), tuple(teller.images.values()))


class _Teller:
    """What has been told so far. ``kept`` are posts that something else leans on: they are never deleted."""

    def __init__(self, district: District, actors: tuple[Actor, ...]) -> None:
        self.channels = {channel_of(r).handle: (channel_of(r), r) for r in district.registrations}
        self.actors = {a.platform_id: a for a in actors}
        self.posts: dict[str, SandPost] = {}
        self.comments: dict[str, SandComment] = {}
        self.images: dict[str, SandImage] = {}
        self.planned: dict[str, Attachment] = {}
        self.kept: set[str] = set()

    def public(self, platform: str, *roles: str | None) -> list[Actor]:
        """Who can write on a platform, by role."""
        return [a for a in self.actors.values() if a.platform == platform and a.role in roles]

    def collectable(self, author_id: str) -> bool:
        """Whether the author is a registered account that hallpass is able to collect."""
        author = self.actors[author_id]
        return author.role == "school" and author.handle not in _UNSEEN


class _Week:
    """One week in the making."""

    def __init__(self, teller: _Teller, number: int, rng: Random) -> None:
        self.told, self.number, self.rng = teller, number, rng
        self.start = week_start(number)

    def tell(self) -> None:
        """All of the week; changes to older things come from the first capture on."""
        older = dict(self.told.posts)
        self._elsewhere()
        plan = wishes(self.number, tuple(channel for channel, _ in self._able()), self.rng)
        for channel, registration in self.told.channels.values():
            self._account(channel, registration, plan.get(channel.handle, []))
        if self.number > FIRST_WEEKS:
            self._look_back(older)

    def _able(self) -> Iterator[tuple[Channel, Registration]]:
        return (pair for handle, pair in self.told.channels.items() if handle not in _UNSEEN)

    # Posts

    def _elsewhere(self) -> None:
        """What accounts outside the registry write on X; ours answer, quote or repost some of it."""
        for author in self.rng.sample(self.told.public("x", "staff", "organisation"), 4):
            at = self.start + timedelta(minutes=self.rng.randrange(30, 600))
            number = self._snowflake(at)
            text = fill(self.rng.choice(STRANGERS), self.rng)
            self._add(SandPost("x", number, author.platform_id, "post", (Version(number, text, at),), (), number))

    def _account(self, channel: Channel, registration: Registration, planned: list[Wish]) -> None:
        count = max(len(planned), self.rng.choice((2, 2, 2, 2, 2, 2, 3, 3, 3, 4)))
        for n in range(count):
            wish = planned[n] if n < len(planned) else None
            special = _SPECIAL.get((self.number, channel.handle)) if n == 0 else None
            post = self._post(channel, registration, wish, special)
            self._add(post)
            if post.deleted_at is None and post.kind in ("post", "quote"):
                self._discuss(post, _DISCUSSED.get((self.number, channel.handle)) if n == 0 else None)

    def _post(self, channel: Channel, account: Registration, wish: Wish | None, special: str | None) -> SandPost:
        at = self._school_time(wish)
        targets = (
            [] if wish or special else [p for p in self.told.posts.values() if self._can_be_referred_to(p, account, at)]
        )
        if targets and self.rng.random() < 0.16:
            return self._reference(account, self.rng.choice(targets), at)
        post_id, conversation = self._post_id(account, at)
        text = special or post_text(channel.topic, self.rng)
        post = SandPost(
            platform=account.platform,
            post_id=post_id,
            author_id=account.platform_id,
            kind="post",
            versions=self._wordings(account.platform, post_id, text, at),
            attachments=tuple(self._attachments(channel, wish, at)),
            conversation_id=conversation,
        )
        if not wish and not special and self.rng.random() < 0.05:
            return replace(post, deleted_at=at + timedelta(minutes=self.rng.randrange(60, 1200)))
        return post

    def _school_time(self, wish: Wish | None) -> datetime:
        """Monday to Saturday, seven to nine; planned pictures Tuesday to Friday, away from any permission's edge."""
        day = self.rng.randrange(1, 5) if wish else self.rng.randrange(0, 6)
        return self.start + timedelta(days=day, seconds=self.rng.randrange(14 * 3600))

    def _reference(self, account: Registration, target: SandPost, at: datetime) -> SandPost:
        """A repost, a quote or an answer to a post of somebody else's that is plain and stays."""
        foreign = not self.told.collectable(target.author_id)
        kind = self.rng.choice(("repost", "quote", "reply") if foreign else ("repost", "quote"))
        self.told.kept.add(target.post_id)
        number, author = self._snowflake(at), self.told.actors[target.author_id]
        text = {
            "repost": f"RT @{author.handle}: {target.versions[0].text}",
            "quote": fill(self.rng.choice(QUOTES), self.rng),
            "reply": f"@{author.handle} {fill(self.rng.choice(OFFICIAL_ANSWERS), self.rng)}",
        }[kind]
        return SandPost(
            platform="x",
            post_id=number,
            author_id=account.platform_id,
            kind=kind,
            versions=(Version(number, text, at),),
            conversation_id=target.post_id if kind == "reply" else number,
            refers_to=target.post_id,
        )

    def _can_be_referred_to(self, post: SandPost, by: Registration, at: datetime) -> bool:
        author = self.told.actors[post.author_id]
        return (
            post.platform == by.platform == "x"
            and post.kind == "post"
            and at - WEEK < post.created_at < at
            and post.author_id != by.platform_id
            and author.handle not in _UNSEEN
            and not post.attachments
            and len(post.versions) == 1
            and post.deleted_at is None
        )

    def _wordings(self, platform: str, post_id: str, text: str, at: datetime) -> tuple[Version, ...]:
        """The first wording, and for one post in twelve a second, of some a third: on X within the hour."""
        versions = [Version(post_id, text, at)]
        while len(versions) < 3 and self.rng.random() < 0.085:
            last = versions[-1]
            later = last.at + timedelta(minutes=self.rng.randrange(3, 28 if platform == "x" else 700))
            version_id = self._snowflake(later) if platform == "x" else post_id
            versions.append(Version(version_id, edited(last.text, self.rng), later))
        return tuple(versions)

    # Pictures

    def _attachments(self, channel: Channel, wish: Wish | None, at: datetime) -> Iterator[Attachment]:
        if wish and wish.what == "again":
            yield self._again(channel, wish.name, at)
        elif wish or self.rng.random() < 0.17:
            shown = self._attach(channel, self._picture(channel, wish), at)
            if wish:
                self.told.planned[f"{self.number}/{channel.handle}"] = shown
            yield shown
            if not wish and self.rng.random() < 0.2:
                yield self._attach(channel, self._picture(channel, None), at)

    def _picture(self, channel: Channel, wish: Wish | None) -> SandImage:
        image = picture(f"w{self.number:02}-{len(self.told.images):04}", channel, wish, self.rng)
        self.told.images[image.image_id] = image
        return image

    def _again(self, channel: Channel, name: str, at: datetime) -> Attachment:
        """A picture shown before: the same account gives the same URL, another uploads the bytes anew."""
        before = self.told.planned[name]
        if name.endswith(f"/{channel.handle}"):
            return before
        return self._attach(channel, self.told.images[before.image_id], at)

    def _attach(self, channel: Channel, image: SandImage, at: datetime) -> Attachment:
        suffix = "png" if image.format == "png" else "jpg"
        alt = f"{image.kind.capitalize()}: {image.words[0]}" if self.rng.random() < 0.6 else None
        if channel.platform == "x":
            name = "".join(self.rng.choices(_ALPHABET, k=15))
            url = f"https://pbs.twimg.com/media/{name}.{suffix}"
            return Attachment(f"3_{self._snowflake(at)}", url, image.image_id, alt)
        photo = self._page_number(at)
        name = f"{self.rng.randrange(10**8, 10**9)}_{photo}_{self.rng.randrange(10**16, 10**17)}_n.{suffix}"
        seal = "".join(self.rng.choices(_ALPHABET, k=22))
        url = f"https://scontent.xx.fbcdn.net/v/t39.30808-6/{name}?_nc_cat=103&oh=00_{seal}&oe=6A5C3F80"
        return Attachment(photo, url, image.image_id, alt)

    # Comments

    def _discuss(self, post: SandPost, wanted: int | None) -> None:
        """A thread: some answer the post, some each other, some write twice and delete."""
        count = wanted or self.rng.choice((0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 6))
        longest = COMMENTED_FOR / timedelta(minutes=1) - 1
        minutes = sorted(1 + int(self.rng.random() ** 3 * longest) for _ in range(count))
        thread: list[SandComment] = []
        for delay in minutes:
            thread.append(self._comment(post, thread, post.created_at + timedelta(minutes=delay)))
        if thread and self.rng.random() < 0.1:
            thread += self._official_answer(post, thread[0])
        answered = {c.parent_id for c in thread} | {p.refers_to for p in self.told.posts.values()}
        for comment in thread:
            self.told.comments[comment.comment_id] = self._regret(comment, comment.comment_id not in answered)

    def _comment(self, post: SandPost, thread: list[SandComment], at: datetime) -> SandComment:
        parent = self.rng.choice(thread) if thread and self.rng.random() < 0.4 else None
        text = fill(self.rng.choice(ANSWERS if parent else COMMENTS), self.rng)
        return self._said(post, parent.comment_id if parent else None, self._commenter(post.platform), text, at)

    def _said(self, post: SandPost, parent: str | None, author_id: str, text: str, at: datetime) -> SandComment:
        on_x = post.platform == "x"
        number = self._snowflake(at) if on_x else f"{post.post_id.split('_')[1]}_{self._page_number(at)}"
        return SandComment(post.platform, number, post.post_id, parent, author_id, (Version(number, text, at),))

    def _commenter(self, platform: str) -> str:
        known = self.told.public(platform, "student", "guardian", "staff")
        strangers = self.told.public(platform, None)
        return self.rng.choice(known if known and self.rng.random() < 0.5 else strangers).platform_id

    def _official_answer(self, post: SandPost, first: SandComment) -> list[SandComment]:
        """The account answers: on X by a post of its own, which is answered in turn; a Page writes a comment."""
        at = first.created_at + timedelta(minutes=self.rng.randrange(5, 90))
        text = fill(self.rng.choice(OFFICIAL_ANSWERS), self.rng)
        if at > post.created_at + COMMENTED_FOR - timedelta(hours=2):
            return []
        if post.platform == "facebook":
            return [self._said(post, first.comment_id, post.author_id, text, at)]
        number = self._snowflake(at)
        text = f"@{self.told.actors[first.author_id].handle} {text}"
        version = Version(number, text, at)
        root = post.post_id
        self._add(SandPost("x", number, post.author_id, "reply", (version,), (), root, first.comment_id))
        self.told.kept.update((post.post_id, number))
        return [self._said(post, number, first.author_id, "Thanks 👍", at + timedelta(minutes=40))]

    def _regret(self, comment: SandComment, alone: bool) -> SandComment:
        """Some comments that nobody answered are deleted within hours; some on Facebook are reworded."""
        chance = self.rng.random()
        if alone and chance < 0.05:
            return replace(comment, deleted_at=comment.created_at + timedelta(minutes=self.rng.randrange(10, 600)))
        if comment.platform == "facebook" and chance > 0.96:
            return self._reworded(comment, comment.created_at + timedelta(minutes=self.rng.randrange(2, 50)))
        return comment

    # Changes to what was captured before

    def _look_back(self, older: dict[str, SandPost]) -> None:
        """Deletions and edits of posts and comments of the four weeks before this one."""
        settled = [p for p in older.values() if self._is_settled(self.told.posts[p.post_id])]
        for platform in ("x", "facebook"):
            for post in self._sample([p for p in settled if p.platform == platform], 2):
                self._delete(post, self._some_time())
        for post in self._sample([p for p in settled if p.platform == "facebook"], 3):
            if self.told.posts[post.post_id].deleted_at is None:
                self._reword(post)
        for platform in ("x", "facebook"):
            for comment in self._sample(self._lone_comments(platform), 2):
                self.told.comments[comment.comment_id] = replace(comment, deleted_at=self._some_time())
        for comment in self._sample(self._lone_comments("facebook"), 2):
            self.told.comments[comment.comment_id] = self._reworded(comment, self._some_time())

    def _is_settled(self, post: SandPost) -> bool:
        """A post of an account that can be collected, old enough that nobody comments on it any more."""
        return (
            self.start - 4 * WEEK < post.created_at < self.start - COMMENTED_FOR
            and self.told.collectable(post.author_id)
            and post.post_id not in self.told.kept
            and post.kind == "post"
            and post.deleted_at is None
        )

    def _lone_comments(self, platform: str) -> list[SandComment]:
        """Comments of the week before, on posts that stay, that nobody answered."""
        answered = {c.parent_id for c in self.told.comments.values()} | {p.refers_to for p in self.told.posts.values()}
        return [
            c
            for c in self.told.comments.values()
            if c.platform == platform
            and self.start - WEEK < c.created_at < self.start
            and c.deleted_at is None
            and c.comment_id not in answered
            and self.told.posts[c.post_id].deleted_at is None
            and self.told.collectable(self.told.posts[c.post_id].author_id)
        ]

    def _delete(self, post: SandPost, at: datetime) -> None:
        """Facebook takes the comments away with the post; X leaves them."""
        self.told.posts[post.post_id] = replace(self.told.posts[post.post_id], deleted_at=at)
        for comment in list(self.told.comments.values()) if post.platform == "facebook" else ():
            if comment.post_id == post.post_id and comment.deleted_at is None:
                self.told.comments[comment.comment_id] = replace(comment, deleted_at=at)

    def _reword(self, post: SandPost) -> None:
        current = self.told.posts[post.post_id]
        version = Version(post.post_id, edited(current.versions[-1].text, self.rng), self._some_time())
        self.told.posts[post.post_id] = replace(current, versions=(*current.versions, version))

    def _reworded(self, comment: SandComment, at: datetime) -> SandComment:
        version = Version(comment.comment_id, f"{comment.versions[-1].text} (edit: thanks!)", at)
        return replace(comment, versions=(*comment.versions, version))

    # Numbers

    def _add(self, post: SandPost) -> None:
        self.told.posts[post.post_id] = post

    def _sample(self, choices: list[_Item], wanted: int) -> list[_Item]:
        return self.rng.sample(choices, min(wanted, len(choices)))

    def _some_time(self) -> datetime:
        return self.start + timedelta(seconds=self.rng.randrange(3600, int(WEEK.total_seconds()) - 3600))

    def _post_id(self, account: Registration, at: datetime) -> tuple[str, str | None]:
        if account.platform == "x":
            number = self._snowflake(at)
            return number, number
        return f"{account.platform_id}_{self._page_number(at)}", None

    def _snowflake(self, at: datetime) -> str:
        return snowflake(at, self.rng.getrandbits(22))

    def _page_number(self, at: datetime) -> str:
        """Facebook's ids grow with time too, but say nothing of it."""
        seconds = int((at - EPOCH) / timedelta(seconds=1))
        return str(122_100_000_000_000_000 + seconds * 10_000 + self.rng.randrange(10_000))
