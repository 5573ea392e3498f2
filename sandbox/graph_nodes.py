"""Pages, posts, comments and photos as the Graph API shows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.graph_errors import unknown_field
from sandbox.graph_fields import Field
from sandbox.graph_names import (
    COMMENT_EDGES,
    COMMENT_FIELDS,
    PAGE_EDGES,
    PAGE_FIELDS,
    PHOTO_FIELDS,
    POST_EDGES,
    POST_FIELDS,
    USER_FIELDS,
)
from sandbox.world import Actor, Attachment, Moment, SandComment, SandPost

Body = dict[str, Any]


def timestamp(at: datetime) -> str:
    """The Graph API's form of a time."""
    return f"{at:%Y-%m-%dT%H:%M:%S}+0000"


@dataclass(frozen=True, slots=True)
class Node:
    """One object: what it is, every field that it can show, its edges, and what it shows unasked.

    ``liked`` is how many reactions it has; the Graph API names nobody who reacted.
    """

    type: str
    object_id: str
    created_at: datetime
    fields: Mapping[str, Callable[[], Any]]
    known: frozenset[str]
    edges: frozenset[str]
    default: tuple[str, ...]
    liked: int = 0


class Nodes:
    """Facebook's objects at one moment, as one viewer sees them.

    Parameters
    ----------
    moment : the world at the sandbox's clock.
    page_id : the Page whose token is used, None for an app token; only a Page sees who commented.
    """

    def __init__(self, moment: Moment, page_id: str | None) -> None:
        self._moment = moment
        self._page_id = page_id

    def page(self, actor: Actor) -> Node:
        """A Page, registered or not."""
        page_id = actor.platform_id
        fans = self._moment.followers_count("facebook", page_id) or int(page_id) % 5003
        fields: dict[str, Callable[[], Any]] = {
            "id": lambda: page_id,
            "name": lambda: actor.name,
            "username": lambda: actor.handle,
            "about": lambda: actor.bio,
            "category": lambda: "School" if actor.role == "school" else "Community",
            "category_list": lambda: [{"id": "2601", "name": "School"}] if actor.role == "school" else [],
            "fan_count": lambda: fans,
            "followers_count": lambda: fans,
            "is_published": lambda: True,
            "link": lambda: f"https://www.facebook.com/{actor.handle}",
            "verification_status": lambda: "not_verified",
        }
        return Node("Page", page_id, actor.joined_at, fields, PAGE_FIELDS, PAGE_EDGES, ("name", "id"))

    def person(self, actor: Actor) -> Node:
        """A person, who shows a name at most."""
        fields = {"id": lambda: actor.platform_id, "name": lambda: actor.name}
        return Node("User", actor.platform_id, actor.joined_at, fields, USER_FIELDS, frozenset(), ("name", "id"))

    def post(self, post: SandPost) -> Node:
        """A post of a Page."""
        latest = self._moment.versions(post)[-1]
        comments = self._moment.comments_on("facebook", post.post_id)
        changed = max([latest.at, *(comment.created_at for comment in comments)])
        number = post.post_id.rpartition("_")[2]
        fields: dict[str, Callable[[], Any]] = {
            "id": lambda: post.post_id,
            "message": lambda: latest.text or None,
            "message_tags": lambda: self._tags(latest.text),
            "created_time": lambda: timestamp(post.created_at),
            "updated_time": lambda: timestamp(changed),
            "from": lambda: self._named(post.author_id),
            "permalink_url": lambda: f"https://www.facebook.com/{post.author_id}/posts/{number}",
            "status_type": lambda: _status_type(post),
            "is_hidden": lambda: False,
            "is_expired": lambda: False,
            "is_published": lambda: True,
            "parent_id": lambda: post.refers_to,
            "full_picture": lambda: post.attachments[0].url if post.attachments else None,
            "shares": lambda: {"count": int(number) % 7} if int(number) % 7 else None,
        }
        default = ("created_time", "message", "id")
        liked = self._liked(number, post.created_at)
        return Node("Post", post.post_id, post.created_at, fields, POST_FIELDS, POST_EDGES, default, liked)

    def comment(self, comment: SandComment) -> Node:
        """A comment on a post, or on a comment."""
        latest = self._moment.versions(comment)[-1]
        page, _, number = comment.post_id.rpartition("_")
        own_number = comment.comment_id.rpartition("_")[2]
        liked = self._liked(own_number, comment.created_at) // 8
        link = f"https://www.facebook.com/{page}/posts/{number}?comment_id={own_number}"
        fields: dict[str, Callable[[], Any]] = {
            "id": lambda: comment.comment_id,
            "message": lambda: latest.text,
            "message_tags": lambda: self._tags(latest.text),
            "created_time": lambda: timestamp(comment.created_at),
            "from": lambda: self._commenter(comment.author_id, page),
            "parent": lambda: self._parent(comment.parent_id),
            "object": lambda: {"id": number},
            "permalink_url": lambda: link,
            "comment_count": lambda: len(self.replies_to(comment)),
            "like_count": lambda: liked,
            "attachment": lambda: None,
            "is_hidden": lambda: False,
            "is_private": lambda: False,
            "user_likes": lambda: False,
        } | {can: (lambda: False) for can in ("can_comment", "can_hide", "can_like", "can_remove")}
        default = ("created_time", "from", "message", "id")
        made = comment.created_at
        return Node("Comment", comment.comment_id, made, fields, COMMENT_FIELDS, COMMENT_EDGES, default, liked)

    def comments_on(self, post_id: str) -> list[Node]:
        """Everything in the thread under a post, oldest first."""
        return [self.comment(comment) for comment in self._moment.comments_on("facebook", post_id)]

    def top_level(self, post_id: str) -> list[Node]:
        """The answers to the post itself, oldest first."""
        comments = self._moment.comments_on("facebook", post_id)
        return [self.comment(comment) for comment in comments if comment.parent_id is None]

    def replies_to(self, comment: SandComment) -> list[Node]:
        """The direct answers to a comment, oldest first."""
        thread = self._moment.comments_on("facebook", comment.post_id)
        return [self.comment(answer) for answer in thread if answer.parent_id == comment.comment_id]

    def photo(self, post: SandPost, attachment: Attachment) -> Node:
        """One photo of a post, as its own object."""
        image = self._moment.world.image_by_id[attachment.image_id]
        source = {"height": image.height, "width": image.width, "source": attachment.url}
        fields: dict[str, Callable[[], Any]] = {
            "id": lambda: attachment.media_id,
            "alt_text": lambda: attachment.alt_text,
            "created_time": lambda: timestamp(post.created_at),
            "from": lambda: self._named(post.author_id),
            "height": lambda: image.height,
            "width": lambda: image.width,
            "images": lambda: [source],
            "link": lambda: _photo_link(post, attachment),
            "name": lambda: self._moment.versions(post)[-1].text or None,
            "picture": lambda: attachment.url,
        }
        default = ("created_time", "id")
        return Node("Photo", attachment.media_id, post.created_at, fields, PHOTO_FIELDS, frozenset(), default)

    def attachments(self, post: SandPost) -> list[Body]:
        """The ``attachments`` edge: one photo, or an album with one subattachment each."""
        photos = [self._attached(post, attachment) for attachment in post.attachments]
        if len(photos) < 2:
            return photos
        album = {
            "media": photos[0]["media"],
            "media_type": "album",
            "type": "album",
            "title": f"Photos from {self._named(post.author_id)['name']}'s post",
            "target": {"id": post.post_id, "url": f"https://www.facebook.com/{post.post_id}"},
            "url": f"https://www.facebook.com/{post.post_id}",
            "subattachments": {"data": photos},
        }
        return [album]

    def _attached(self, post: SandPost, attachment: Attachment) -> Body:
        image = self._moment.world.image_by_id[attachment.image_id]
        link = _photo_link(post, attachment)
        return {
            "media": {"image": {"height": image.height, "src": attachment.url, "width": image.width}},
            "media_type": "photo",
            "type": "photo",
            "target": {"id": attachment.media_id, "url": link},
            "url": link,
        }

    def _liked(self, number: str, since: datetime) -> int:
        """Grows for ten days, so that a metric that makes a version is noticed."""
        return int(number) % 5 * min((self._moment.now - since).days + 1, 10)

    def _parent(self, comment_id: str | None) -> Body | None:
        comment = self._moment.comment("facebook", comment_id) if comment_id else None
        if comment is None:
            return None
        text = self._moment.versions(comment)[-1].text
        return {"created_time": timestamp(comment.created_at), "message": text, "id": comment_id}

    def _named(self, actor_id: str) -> Body:
        actor = self._moment.actor("facebook", actor_id)
        return {"name": actor.name if actor else "Facebook user", "id": actor_id}

    def _commenter(self, actor_id: str, page: str) -> Body | None:
        return self._named(actor_id) if self._page_id == page or actor_id == page else None

    def _tags(self, text: str) -> list[Body] | None:
        tags = []
        for match in re.finditer(r"@([A-Za-z0-9.]{3,50})", text):
            actor = self._moment.actor("facebook", match[1].rstrip("."))
            if actor:
                kind = "page" if actor.role in ("school", "organisation", None) else "user"
                span = {"offset": match.start(), "length": len(actor.handle) + 1}
                tags.append({"id": actor.platform_id, "name": actor.name, "type": kind, **span})
        return tags or None


def shown(node: Node, wanted: Iterable[Field]) -> Body:
    """The plain fields of ``wanted``; edges are not looked at. What is empty is left out, as the Graph API does.

    Raises
    ------
    GraphError : 100 for a field that the node does not have.
    """
    body: Body = {}
    for field in wanted:
        if field.name not in node.known:
            raise unknown_field(field.name, node.type)
        value = node.fields[field.name]() if field.name in node.fields else None
        if value is not None:
            body[field.name] = narrowed(value, field.fields)
    return body


def narrowed(value: Any, wanted: tuple[Field, ...]) -> Any:
    """A value of nested objects with the wanted keys only; all of it where none are named."""
    if not wanted:
        return value
    if isinstance(value, list):
        return [narrowed(item, wanted) for item in value]
    if isinstance(value, dict) and set(value) == {"data"}:
        return {"data": narrowed(value["data"], wanted)}
    return {field.name: narrowed(value[field.name], field.fields) for field in wanted if field.name in value}


def _status_type(post: SandPost) -> str:
    if post.kind in ("repost", "quote"):
        return "shared_story"
    return "added_photos" if post.attachments else "mobile_status_update"


def _photo_link(post: SandPost, attachment: Attachment) -> str:
    return f"https://www.facebook.com/{post.author_id}/photos/{attachment.media_id}"
