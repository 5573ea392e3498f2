"""X's posts at one moment, indexed: each version of each post and comment as X would know it.

The index is built once for a moment of the world; answers are cut out of it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sandbox.world import Actor, Attachment, Moment, SandComment, SandImage, SandPost

_MENTION = re.compile(r"(?<![A-Za-z0-9_@])@([A-Za-z0-9_]{1,15})")
_HASHTAG = re.compile(r"(?<!\w)#(\w*[^\W\d]\w*)")
_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")
_REFERENCES = {"reply": "replied_to", "repost": "retweeted", "quote": "quoted"}
_LONG = 280
_EDITABLE_FOR = timedelta(hours=1)
_EDITS = 5


@dataclass(frozen=True, slots=True)
class Tweet:
    """One version of a post or comment; ``post_id`` is the version's own id, ``history`` all ids of the chain."""

    post_id: str
    author_id: str
    author_handle: str
    text: str
    kind: str
    created_at: datetime
    conversation_id: str
    history: tuple[str, ...]
    in_reply_to: str | None
    in_reply_to_id: str | None
    in_reply_to_handle: str | None
    mentions: tuple[str, ...]
    traits: frozenset[str]
    attachments: tuple[Attachment, ...]
    body: dict[str, Any]


def timestamp(at: datetime) -> str:
    """X's form of a time: UTC with milliseconds."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


class Index:
    """What X can answer at one moment of the world."""

    def __init__(self, moment: Moment) -> None:
        self.moment = moment
        self.versions: dict[str, Tweet] = {}
        self.current: list[Tweet] = []
        world = moment.world
        items: list[SandPost | SandComment] = [post for post in world.posts if post.platform == "x"]
        items += [comment for comment in world.comments if comment.platform == "x"]
        self._authors = {version.version_id: item.author_id for item in items for version in item.versions}
        items = [item for item in items if self._exists(item)]
        self._answers = Counter(_answered(item) for item in items)
        for item in items:
            chain = list(self._chain(item))
            self.versions |= {tweet.post_id: tweet for tweet in chain}
            self.current.append(chain[-1])
        self.current.sort(key=lambda tweet: int(tweet.post_id), reverse=True)

    @cached_property
    def visible(self) -> list[Tweet]:
        """Newest first: the current versions whose authors are not suspended, as search shows them."""
        return [tweet for tweet in self.current if not self.suspended(tweet.author_id)]

    @cached_property
    def by_author(self) -> dict[str, list[Tweet]]:
        """An author's current posts, newest first."""
        groups: dict[str, list[Tweet]] = defaultdict(list)
        for tweet in self.current:
            groups[tweet.author_id].append(tweet)
        return dict(groups)

    @cached_property
    def by_mention(self) -> dict[str, list[Tweet]]:
        """The visible posts that name a user (by id) or answer one, newest first."""
        groups: dict[str, list[Tweet]] = defaultdict(list)
        for tweet in self.visible:
            for user in {*tweet.mentions, *filter(None, [tweet.in_reply_to_id])} - {tweet.author_id}:
                groups[user].append(tweet)
        return dict(groups)

    def suspended(self, user_id: str) -> bool:
        """Whether X has suspended the user."""
        registration = self.moment.registration("x", user_id)
        return bool(registration and registration.suspended_at and registration.suspended_at <= self.moment.now)

    def user(self, actor: Actor) -> dict[str, Any]:
        """All fields of a user that the sandbox knows."""
        own = self.by_author.get(actor.platform_id, [])
        body: dict[str, Any] = {
            "id": actor.platform_id,
            "name": actor.name,
            "username": actor.handle,
            "created_at": timestamp(actor.joined_at),
            "description": actor.bio,
            "profile_image_url": "https://abs.twimg.com/sticky/default_profile_images/default_profile_normal.png",
            "protected": False,
            "public_metrics": {
                "followers_count": self.moment.followers_count("x", actor.platform_id) or int(actor.platform_id) % 997,
                "following_count": len(self.moment.following("x", actor.platform_id)),
                "tweet_count": len(own),
                "listed_count": 0,
                "like_count": int(actor.platform_id) % 211,
            },
            "verified": False,
            "verified_type": "none",
        }
        if entities := self._entities(actor.bio):
            body["entities"] = {"description": entities}
        return body | ({"most_recent_tweet_id": own[0].post_id} if own else {})

    @staticmethod
    def media(attachment: Attachment, image: SandImage) -> dict[str, Any]:
        """All fields of a photo; nothing says so where the author wrote no alt text."""
        body = {
            "media_key": attachment.media_id,
            "type": "photo",
            "url": attachment.url,
            "width": image.width,
            "height": image.height,
        }
        return body | ({"alt_text": attachment.alt_text} if attachment.alt_text else {})

    def _exists(self, item: SandPost | SandComment) -> bool:
        if isinstance(item, SandPost):
            return self.moment.post("x", item.post_id) is not None
        return self.moment.comment("x", item.comment_id) is not None

    def _chain(self, item: SandPost | SandComment) -> Iterator[Tweet]:
        author = self.moment.actor("x", item.author_id)
        if author is None:
            raise LookupError(f"the world has no X user {item.author_id}")
        history = tuple(version.version_id for version in self.moment.versions(item))
        answered = _answered(item)
        addressee = self.moment.actor("x", self._authors[answered]) if answered in self._authors else None
        attachments = item.attachments if isinstance(item, SandPost) else ()
        for version in self.moment.versions(item):
            entities = self._entities(version.text)
            tweet = Tweet(
                post_id=version.version_id,
                author_id=author.platform_id,
                author_handle=author.handle,
                text=version.text,
                kind=item.kind if isinstance(item, SandPost) else "reply",
                created_at=version.at,
                conversation_id=_conversation(item),
                history=history,
                in_reply_to=answered,
                in_reply_to_id=addressee.platform_id if addressee else None,
                in_reply_to_handle=addressee.handle if addressee else None,
                mentions=tuple(mention["id"] for mention in entities.get("mentions", ()) if "id" in mention),
                traits=_traits(entities, attachments),
                attachments=attachments,
                body={},
            )
            tweet.body.update(self._body(tweet, item, entities))
            yield tweet

    def _body(self, tweet: Tweet, item: SandPost | SandComment, entities: dict[str, Any]) -> dict[str, Any]:
        editable_until = item.created_at + _EDITABLE_FOR
        body: dict[str, Any] = {
            "id": tweet.post_id,
            "text": tweet.text if len(tweet.text) <= _LONG else tweet.text[: _LONG - 1] + "…",
            "edit_history_tweet_ids": list(tweet.history),
            "author_id": tweet.author_id,
            "conversation_id": tweet.conversation_id,
            "created_at": timestamp(tweet.created_at),
            "edit_controls": {
                "editable_until": timestamp(editable_until),
                "edits_remaining": _EDITS + 1 - len(tweet.history),
                "is_edit_eligible": tweet.kind in ("post", "quote"),
            },
            "lang": "en",
            "possibly_sensitive": False,
            "public_metrics": self._metrics(tweet),
            "reply_settings": "everyone",
            "display_text_range": [0, min(len(tweet.text), _LONG)],
        }
        if len(tweet.text) > _LONG:
            body["note_tweet"] = {"text": tweet.text} | ({"entities": entities} if entities else {})
        if entities:
            body["entities"] = entities
        if tweet.in_reply_to_id:
            body["in_reply_to_user_id"] = tweet.in_reply_to_id
        if tweet.attachments:
            body["attachments"] = {"media_keys": [attachment.media_id for attachment in tweet.attachments]}
        if referred := (item.refers_to if isinstance(item, SandPost) else tweet.in_reply_to):
            body["referenced_tweets"] = [{"type": _REFERENCES[tweet.kind], "id": referred}]
        return body

    def _metrics(self, tweet: Tweet) -> dict[str, int]:
        age = max(0, (self.moment.now - tweet.created_at).days)
        seen = 20 + int(tweet.post_id) // 7 % 180 * min(age + 1, 10)
        return {
            "retweet_count": seen // 60,
            "reply_count": self._answers[tweet.history[0]],
            "like_count": seen // 12,
            "quote_count": 0,
            "bookmark_count": 0,
            "impression_count": seen,
        }

    def _entities(self, text: str) -> dict[str, Any]:
        links = [
            {**_span(link), "url": link[0], "expanded_url": link[0], "display_url": link[0].split("://")[1][:30]}
            for link in _LINK.finditer(text)
        ]
        found = {
            "mentions": [self._mention(mention) for mention in _MENTION.finditer(text)],
            "hashtags": [{**_span(tag), "tag": tag[1]} for tag in _HASHTAG.finditer(text)],
            "urls": links,
        }
        return {name: entities for name, entities in found.items() if entities}

    def _mention(self, match: re.Match[str]) -> dict[str, Any]:
        actor = self.moment.actor("x", match[1])
        return {**_span(match), "username": match[1]} | ({"id": actor.platform_id} if actor else {})


def _span(match: re.Match[str]) -> dict[str, Any]:
    return {"start": match.start(), "end": match.end()}


def _answered(item: SandPost | SandComment) -> str | None:
    if isinstance(item, SandComment):
        return item.parent_id or item.post_id
    return item.refers_to if item.kind == "reply" else None


def _conversation(item: SandPost | SandComment) -> str:
    return item.post_id if isinstance(item, SandComment) else item.conversation_id or item.post_id


def _traits(entities: dict[str, Any], attachments: Iterable[Attachment]) -> frozenset[str]:
    names = {"mentions": "mentions", "hashtags": "hashtags", "urls": "links"}
    traits = {trait for name, trait in names.items() if name in entities}
    return frozenset(traits | {"media", "images"} if tuple(attachments) else traits)
