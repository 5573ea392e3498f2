"""How posts are made: their wordings and pictures, and what they refer to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sandbox.clock import WEEK
from sandbox.district import Channel
from sandbox.phrases import (
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
from sandbox.pictures import Wish, picture
from sandbox.telling import UNSEEN, Week
from sandbox.things import Attachment, Registration, SandImage, SandPost, Version

_SPECIAL = {
    (1, "MillraceMS"): UNICODE,
    (2, "AFHS_Robotics"): HOSTILE,
    (3, "alderfallsps"): HOSTILE,
    (4, "millracescience"): long_text(14, seed=4),
    (5, "AFHS_Library"): long_text(3, seed=5),
}
"""Texts that a reader must survive, by week and handle: the first post of the week."""

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


def elsewhere(week: Week) -> Iterator[SandPost]:
    """What accounts outside the registry write on X; ours answer, quote or repost some of it."""
    for author in week.rng.sample(week.told.public("x", "staff", "organisation"), 4):
        at = week.start + timedelta(minutes=week.rng.randrange(30, 600))
        number = week.snowflake(at)
        text = fill(week.rng.choice(STRANGERS), week.rng)
        yield SandPost("x", number, author.platform_id, "post", (Version(number, text, at),), (), number)


def compose(week: Week, channel: Channel, account: Registration, wish: Wish | None, first: bool) -> SandPost:
    """The next post of an account, with the picture that the plan wants of it."""
    special = _SPECIAL.get((week.number, channel.handle)) if first else None
    at = _school_time(week, wish)
    is_free = wish is None and special is None
    targets = [p for p in week.told.posts.values() if _can_be_referred_to(week, p, account, at)] if is_free else []
    if targets and week.rng.random() < 0.16:
        return _reference(week, account, week.rng.choice(targets), at)
    post = _post(week, channel, account, wish, special or post_text(channel.topic, week.rng), at)
    if is_free and week.rng.random() < 0.05:
        return replace(post, deleted_at=at + timedelta(minutes=week.rng.randrange(60, 1200)))
    return post


def _school_time(week: Week, wish: Wish | None) -> datetime:
    """Monday to Saturday, seven to nine; planned pictures Tuesday to Friday, away from any permission's edge."""
    day = week.rng.randrange(1, 5) if wish else week.rng.randrange(0, 6)
    return week.start + timedelta(days=day, seconds=week.rng.randrange(14 * 3600))


def _post(week: Week, channel: Channel, account: Registration, wish: Wish | None, text: str, at: datetime) -> SandPost:
    on_x = account.platform == "x"
    post_id = week.snowflake(at) if on_x else f"{account.platform_id}_{week.page_number(at)}"
    return SandPost(
        platform=account.platform,
        post_id=post_id,
        author_id=account.platform_id,
        kind="post",
        versions=_wordings(week, account.platform, post_id, text, at),
        attachments=tuple(_attachments(week, channel, wish, at)),
        conversation_id=post_id if on_x else None,
    )


def _wordings(week: Week, platform: str, post_id: str, text: str, at: datetime) -> tuple[Version, ...]:
    """The first wording, and for one post in twelve a second, of some a third: on X within the hour."""
    versions = [Version(post_id, text, at)]
    while len(versions) < 3 and week.rng.random() < 0.085:
        last = versions[-1]
        later = last.at + timedelta(minutes=week.rng.randrange(3, 28 if platform == "x" else 700))
        version_id = week.snowflake(later) if platform == "x" else post_id
        versions.append(Version(version_id, edited(last.text, week.rng), later))
    return tuple(versions)


def _can_be_referred_to(week: Week, post: SandPost, by: Registration, at: datetime) -> bool:
    """Whether ``post`` is somebody else's on X, recent, plain, and there to stay."""
    return (
        post.platform == by.platform == "x"
        and post.kind == "post"
        and at - WEEK < post.created_at < at
        and post.author_id != by.platform_id
        and week.told.actors[post.author_id].handle not in UNSEEN
        and not post.attachments
        and len(post.versions) == 1
        and post.deleted_at is None
    )


def _reference(week: Week, account: Registration, target: SandPost, at: datetime) -> SandPost:
    """A repost, a quote or an answer. No account answers another registered one: their threads stay their own."""
    ours = week.told.collectable(target.author_id)
    kind = week.rng.choice(("repost", "quote") if ours else ("repost", "quote", "reply"))
    week.told.kept.add(target.post_id)
    number, author = week.snowflake(at), week.told.actors[target.author_id]
    text = {
        "repost": f"RT @{author.handle}: {target.versions[0].text}",
        "quote": fill(week.rng.choice(QUOTES), week.rng),
        "reply": f"@{author.handle} {fill(week.rng.choice(OFFICIAL_ANSWERS), week.rng)}",
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


def _attachments(week: Week, channel: Channel, wish: Wish | None, at: datetime) -> Iterator[Attachment]:
    if wish and wish.what == "again":
        yield _again(week, channel, wish.name, at)
    elif wish:
        shown = _attach(week, channel, _new_image(week, channel, wish), at)
        week.told.planned[f"{week.number}/{channel.handle}"] = shown
        yield shown
    elif week.rng.random() < 0.17:
        for _ in range(week.rng.choice((1, 1, 1, 1, 2))):
            yield _attach(week, channel, _new_image(week, channel, None), at)


def _new_image(week: Week, channel: Channel, wish: Wish | None) -> SandImage:
    image = picture(f"w{week.number:02}-{len(week.told.images):04}", channel, wish, week.rng)
    week.told.images[image.image_id] = image
    return image


def _again(week: Week, channel: Channel, name: str, at: datetime) -> Attachment:
    """A picture shown before: the same account gives the same URL, another uploads the bytes anew."""
    before = week.told.planned[name]
    if name.endswith(f"/{channel.handle}"):
        return before
    return _attach(week, channel, week.told.images[before.image_id], at)


def _attach(week: Week, channel: Channel, image: SandImage, at: datetime) -> Attachment:
    suffix = "png" if image.format == "png" else "jpg"
    alt = f"{image.kind.capitalize()}: {image.words[0]}" if week.rng.random() < 0.6 else None
    if channel.platform == "x":
        url = f"https://pbs.twimg.com/media/{_letters(week, 15)}.{suffix}"
        return Attachment(f"3_{week.snowflake(at)}", url, image.image_id, alt)
    photo = week.page_number(at)
    name = f"{week.rng.randrange(10**8, 10**9)}_{photo}_{week.rng.randrange(10**16, 10**17)}_n.{suffix}"
    url = f"https://scontent.xx.fbcdn.net/v/t39.30808-6/{name}?_nc_cat=103&oh=00_{_letters(week, 22)}&oe=6A5C3F80"
    return Attachment(photo, url, image.image_id, alt)


def _letters(week: Week, count: int) -> str:
    return "".join(week.rng.choices(_ALPHABET, k=count))
