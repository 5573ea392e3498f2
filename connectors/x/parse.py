"""X's answers as records. Pure: the envelope in, value types out.

X renamed its dialect in 2026 (``referenced_tweets`` became ``referenced_posts`` and so on, see
PLATFORMS.md); :func:`_in_one_dialect` is the one place that knows both.

Which record a post becomes must not depend on the answer that showed it. A post by the account itself is a
Post. A post by somebody else is a Comment where it answers into a conversation that the account began, or
answers the account; else it is a Post with no account of ours (what the account reposted or quoted).

Private messages are not collected: ``x.direct_messages`` gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.values import count, identifier, json_object, mapping, moment, objects, text
from connectors.x.problems import gone
from records.model import (
    Comment,
    Direction,
    Envelope,
    MediaItem,
    Platform,
    Post,
    ProfileSnapshot,
    Record,
    Relationship,
    Tombstone,
)

PRIVATE = "x.direct_messages"
REPLIES = "x.replies"
"""The kind of a look-up of comments, as ``x.tweets`` is of posts: a miss names only an id, not what it was."""

_NAMES = {
    "tweets": "posts",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
}
_ASKED_BY_ID = ("id", "ids", "")
_KINDS = {"retweeted": "repost", "reposted": "repost", "replied_to": "reply", "quoted": "quote"}
_SHOWN_FIRST = ("repost", "reply", "quote")
_LISTS = {"x.followers": Direction.INBOUND, "x.following": Direction.OUTBOUND}

Json = Mapping[str, Any]


def parse(envelope: Envelope) -> Iterator[Record]:
    """The records of one answer, each once; versions of a post in the order in which they were made.

    Raises
    ------
    UnexpectedAnswer : where the body of a good status is not a JSON object.
    """
    if envelope.kind == PRIVATE or envelope.status >= 300:
        return
    page = _Page(envelope, _in_one_dialect(json_object(envelope.body, urlsplit(envelope.url).path)))
    yield from page.profiles()
    yield from page.media()
    yield from page.posts()
    yield from page.relationships()
    yield from page.tombstones()


def _in_one_dialect(body: Json) -> dict[str, Any]:
    """``body`` with the new dialect's names, in the places where this module looks."""
    renamed = _renamed(body)
    renamed["includes"] = _renamed(mapping(body.get("includes")))
    renamed["data"] = [_renamed(item) for item in objects(body.get("data"))]
    renamed["includes"]["posts"] = [_renamed(item) for item in objects(renamed["includes"].get("posts"))]
    return renamed


def _renamed(item: Json) -> dict[str, Any]:
    return {_NAMES.get(key, key): value for key, value in item.items()}


@dataclass(frozen=True, slots=True)
class _Seen:
    """A post as X showed it. ``first_id`` is the id of its first version."""

    raw: Json
    post_id: str
    first_id: str
    author_id: str | None
    conversation_id: str | None
    references: Mapping[str, str]

    @classmethod
    def read(cls, raw: Json) -> _Seen | None:
        """The post, or None where ``raw`` is something else (a user, a list, a message)."""
        post_id = identifier(raw.get("id"))
        if post_id is None or text(raw.get("text")) is None or "event_type" in raw:
            return None
        history = raw.get("edit_history_post_ids")
        versions = [v for v in map(identifier, history) if v] if isinstance(history, list) else []
        pairs = [(text(r.get("type")), identifier(r.get("id"))) for r in objects(raw.get("referenced_posts"))]
        return cls(
            raw,
            post_id,
            min([post_id, *versions], key=_age),
            identifier(raw.get("author_id")),
            identifier(raw.get("conversation_id")),
            {_KINDS[kind]: target for kind, target in pairs if kind in _KINDS and target},
        )

    @property
    def text(self) -> str:
        """The whole text: beyond 280 characters it stands in the note."""
        return text(mapping(self.raw.get("note_post")).get("text")) or text(self.raw.get("text")) or ""

    @property
    def media_keys(self) -> list[str]:
        keys = mapping(self.raw.get("attachments")).get("media_keys")
        return [key for key in map(identifier, keys) if key] if isinstance(keys, list) else []


def _age(post_id: str) -> tuple[int, str]:
    """Sorts ids by age: X's ids are numbers that grow, of up to 19 digits."""
    return len(post_id), post_id


class _Page:
    """One answer, with what its posts need to know of each other."""

    def __init__(self, envelope: Envelope, body: Json) -> None:
        self._envelope = envelope
        self._body = body
        self._includes = body["includes"]
        self._account_id = envelope.account_id
        self._own_id = _own_id(envelope)
        shown = [_Seen.read(raw) for raw in [*body["data"], *self._includes["posts"]]]
        self._posts = {seen.post_id: seen for seen in shown if seen}
        self._asked = {identifier(raw.get("id")) for raw in body["data"]}
        self._users = {user["id"]: user for user in map(_user, objects(self._includes.get("users"))) if user}
        self._threads = _asked_threads(envelope) | {s.first_id for s in self._posts.values() if self._own(s)}

    def profiles(self) -> Iterator[ProfileSnapshot]:
        """Every user, of ``data`` and ``includes``."""
        users = [user for user in map(_user, self._body["data"]) if user]
        for user in {u["id"]: u for u in [*self._users.values(), *users]}.values():
            metrics = mapping(user["raw"].get("public_metrics"))
            yield ProfileSnapshot(
                record_id=f"x:profile:{user['id']}",
                platform=Platform.X,
                account_id=self._account_id if user["id"] == self._own_id else None,
                handle=user["handle"],
                name=user["name"],
                bio=text(user["raw"].get("description")),
                url=_website(user["raw"]),
                followers=count(metrics.get("followers_count")),
                following=count(metrics.get("following_count")),
            )

    def media(self) -> Iterator[MediaItem]:
        """Every picture and video; a video is known by its preview picture."""
        ours = {key for seen in self._posts.values() if self._own(seen) for key in seen.media_keys}
        shown = {identifier(raw.get("media_key")): raw for raw in objects(self._includes.get("media"))}
        for key, raw in shown.items():
            if key is None:
                continue
            yield MediaItem(
                record_id=f"x:media:{key}",
                platform=Platform.X,
                account_id=self._account_id if key in ours else None,
                kind=text(raw.get("type")) or "photo",
                url=text(raw.get("url")) or text(raw.get("preview_image_url")),
                alt_text=text(raw.get("alt_text")),
                width=count(raw.get("width")),
                height=count(raw.get("height")),
            )

    def posts(self) -> Iterator[Post | Comment]:
        """Every post, of ``data`` and ``includes``, as a Post or a Comment."""
        for seen in sorted(self._posts.values(), key=lambda s: _age(s.post_id)):
            yield self._comment(seen, seen.conversation_id) if self._is_comment(seen) else self._post(seen)

    def relationships(self) -> Iterator[Relationship]:
        """Who follows the account, or whom it follows."""
        direction = _LISTS.get(self._envelope.kind)
        if direction is None or self._account_id is None:
            return
        for raw in self._body["data"]:
            user = _user(raw)
            hidden = text(raw.get("id_hmac"))
            if user is None and hidden is None:
                continue
            yield Relationship(
                account_id=self._account_id,
                platform=Platform.X,
                direction=direction,
                kind="follow",
                counterpart_key=f"x:{user['id']}" if user else f"hmac:{hidden}",
                handle_key=user["handle"].lower() if user else text(raw.get("handle_hmac")),
                name=user["name"] if user else None,
                minimised=user is None,
            )

    def tombstones(self) -> Iterator[Tombstone]:
        """Each object that was asked for by its id and is not shown; what only an expansion missed is left out."""
        for problem in objects(self._body.get("errors")):
            target, how = identifier(problem.get("resource_id")), gone(problem)
            asked = (text(problem.get("parameter")) or "") in _ASKED_BY_ID
            resource = {"user": "profile", "tweet": "post", "post": "post"}.get(str(problem.get("resource_type")))
            if target and how and asked and resource:
                resource = "comment" if resource == "post" and self._envelope.kind == REPLIES else resource
                yield Tombstone(f"x:{resource}:{target}", how, text(problem.get("detail")) or "")

    def _own(self, seen: _Seen) -> bool:
        return seen.author_id is not None and seen.author_id == self._own_id

    def _is_comment(self, seen: _Seen) -> bool:
        if seen.conversation_id in (None, seen.first_id) or self._own(seen):
            return False
        if self._envelope.kind == REPLIES and seen.post_id in self._asked:
            return True
        return seen.conversation_id in self._threads or self._answers_account(seen)

    def _answers_account(self, seen: _Seen) -> bool:
        return self._own_id is not None and identifier(seen.raw.get("in_reply_to_user_id")) == self._own_id

    def _post(self, seen: _Seen) -> Post:
        target = seen.references.get("reply")
        return Post(
            record_id=f"x:post:{seen.first_id}",
            version_id=seen.post_id,
            platform=Platform.X,
            account_id=self._account_id if self._own(seen) else None,
            author_id=seen.author_id,
            kind=next((kind for kind in _SHOWN_FIRST if kind in seen.references), "post"),
            text=seen.text,
            created_at=moment(seen.raw.get("created_at")),
            conversation_id=seen.conversation_id,
            in_reply_to=f"x:post:{self._first(target)}" if target else None,
            permalink=f"https://x.com/i/web/status/{seen.post_id}",
            media_ids=tuple(f"x:media:{key}" for key in seen.media_keys),
        )

    def _comment(self, seen: _Seen, root: str | None) -> Comment:
        author = self._users.get(seen.author_id or "", {})
        return Comment(
            record_id=f"x:comment:{seen.first_id}",
            version_id=seen.post_id,
            platform=Platform.X,
            account_id=self._account_id,
            post_id=f"x:post:{root}",
            parent_id=self._parent(seen),
            author_id=seen.author_id,
            author_handle=author.get("handle"),
            author_name=author.get("name"),
            text=seen.text,
            created_at=moment(seen.raw.get("created_at")),
            permalink=f"https://x.com/i/web/status/{seen.post_id}",
            media_ids=tuple(f"x:media:{key}" for key in seen.media_keys),
        )

    def _parent(self, seen: _Seen) -> str | None:
        """What a comment answers: the account's own answer in the thread is a Post, anybody else's a Comment."""
        target = seen.references.get("reply")
        if target is None or self._first(target) == seen.conversation_id:
            return None
        return f"x:{'post' if self._answers_account(seen) else 'comment'}:{self._first(target)}"

    def _first(self, post_id: str) -> str:
        return self._posts[post_id].first_id if post_id in self._posts else post_id


def _own_id(envelope: Envelope) -> str | None:
    """X's id of the registered account: the connector names its profile as the subject of every question."""
    prefix, _, own_id = (envelope.subject or "").rpartition(":")
    if prefix == "x:profile":
        return own_id
    path = re.match(r"/2/users/(\d+)(?:/|$)", urlsplit(envelope.url).path)
    return path.group(1) if path else None


def _asked_threads(envelope: Envelope) -> set[str]:
    query = parse_qs(urlsplit(envelope.url).query).get("query", [""])[0]
    return set(re.findall(r"conversation_id:(\d+)", query))


def _user(raw: Json) -> dict[str, Any] | None:
    """A user by its shape: a list has a name too, but no username."""
    user_id, handle = identifier(raw.get("id")), text(raw.get("username"))
    if user_id is None or not handle or text(raw.get("text")) is not None:
        return None
    return {"id": user_id, "handle": handle, "name": text(raw.get("name")), "raw": raw}


def _website(user: Json) -> str | None:
    """The website of the profile, spelled out where X tells what its short link stands for."""
    links = objects(mapping(mapping(user.get("entities")).get("url")).get("urls"))
    spelled = [text(link.get("expanded_url")) for link in links]
    return next((link for link in spelled if link), None) or text(user.get("url"))
