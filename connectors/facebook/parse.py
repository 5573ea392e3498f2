"""The Graph API's answers as records. Pure: the envelope in, value types out.

A Graph node does not say what it is, so the envelope's kind does. An answer is one node, a list in ``data``, or a
map from id to node (``?ids=``). A version's id is the digest of its content, because Graph numbers no edits.

Private messages are not collected, and what is neither a post, a comment, a picture, a video nor a profile of a
user, Page or group gives no record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.facebook.problems import is_gone
from connectors.values import count, flag, identifier, json_object, mapping, moment, objects, text, version_id
from records.canonical import digest
from records.errors import UnexpectedAnswer
from records.model import (
    Comment,
    Direction,
    Envelope,
    Gone,
    MediaItem,
    Platform,
    Post,
    ProfileSnapshot,
    Record,
    Relationship,
    Tombstone,
)

Json = Mapping[str, Any]

MAX_THREAD = 1000
"""Comments of one node that are followed down; Graph nests two deep."""


def parse(envelope: Envelope) -> Iterator[Record]:
    """The records of one answer, each once.

    Raises
    ------
    UnexpectedAnswer : for a kind that no parser is known for, or a good status without a JSON object.
    """
    read = _READERS.get(envelope.kind)
    if read is None:
        raise UnexpectedAnswer(f"No parser is known for {envelope.kind}", "Correct the kind of the envelope")
    try:
        body = json_object(envelope.body, urlsplit(envelope.url).path)
    except UnexpectedAnswer:
        if envelope.status < 300:
            raise
        return
    if "error" in body or envelope.status >= 300:
        yield from _tombstones(envelope, mapping(body.get("error")))
        return
    shown: dict[str, Record] = {}
    for record in (record for node in _nodes(body) for record in read(envelope, node)):
        key = f"{type(record).__name__}:{getattr(record, 'record_id', None) or getattr(record, 'counterpart_key', '')}"
        shown.setdefault(key, record)
    yield from shown.values()


def _nodes(body: Json) -> list[Json]:
    """The nodes of an answer; one that lacks its id gets it from its place in the map."""
    if "data" in body and "id" not in body:
        return [body] if isinstance(body["data"], dict) else list(objects(body["data"]))
    by_id = [(key, node) for key, node in body.items() if re.fullmatch(r"\d[\d_]*", key) and isinstance(node, dict)]
    return [{"id": key, **node} for key, node in by_id] or [body]


def _posts(envelope: Envelope, node: Json) -> Iterator[Record]:
    post_id = identifier(node.get("id"))
    if post_id is None:
        return
    pictures = list(_attached(node, post_id))
    post = _post(envelope, node, post_id, pictures)
    yield post
    yield from (_media(picture, post.account_id) for picture in pictures)
    for comment in objects(mapping(node.get("comments")).get("data")):
        yield from _thread(envelope, comment, post_id)


def _post(envelope: Envelope, node: Json, post_id: str, pictures: list[_Picture]) -> Post:
    owner, _, _ = post_id.partition("_")
    author = identifier(mapping(node.get("from")).get("id"))
    if author is None and envelope.kind != "facebook.feed":
        author = owner if owner != post_id else None
    written = text(node.get("message")) or text(node.get("story")) or ""
    hidden, media = flag(node.get("is_hidden")), tuple(picture.record_id for picture in pictures)
    return Post(
        record_id=f"facebook:post:{post_id}",
        version_id=version_id(written, hidden, media),
        platform=Platform.FACEBOOK,
        account_id=envelope.account_id if author == owner else None,
        author_id=author,
        kind="repost" if identifier(node.get("parent_id")) else "post",
        text=written,
        created_at=moment(node.get("created_time")),
        permalink=text(node.get("permalink_url")),
        hidden=hidden,
        media_ids=media,
    )


def _comments(envelope: Envelope, node: Json) -> Iterator[Record]:
    yield from _thread(envelope, node, None)


def _thread(envelope: Envelope, top: Json, post_id: str | None) -> Iterator[Record]:
    """A comment and what is nested below it."""
    waiting: list[tuple[Json, str | None]] = [(top, None)]
    for _ in range(MAX_THREAD):
        if not waiting:
            return
        node, parent = waiting.pop(0)
        comment_id = _comment_id(node)
        post = post_id or _post_of(envelope, node, comment_id)
        if comment_id is None or post is None:
            continue
        pictures = list(_attached({"attachments": {"data": [node.get("attachment")]}}, comment_id))
        yield _comment(envelope, node, comment_id, post, parent, pictures)
        yield from (_media(picture, envelope.account_id) for picture in pictures)
        waiting.extend((child, comment_id) for child in objects(mapping(node.get("comments")).get("data")))


def _comment(
    envelope: Envelope, node: Json, comment_id: str, post_id: str, parent: str | None, pictures: list[_Picture]
) -> Comment:
    author = mapping(node.get("from"))
    parent = identifier(mapping(node.get("parent")).get("id")) or parent
    written, hidden = text(node.get("message")) or "", flag(node.get("is_hidden"))
    media = tuple(picture.record_id for picture in pictures)
    return Comment(
        record_id=f"facebook:comment:{comment_id}",
        version_id=version_id(written, hidden, media),
        platform=Platform.FACEBOOK,
        account_id=envelope.account_id,
        post_id=f"facebook:post:{post_id}",
        parent_id=f"facebook:comment:{parent}" if parent else None,
        author_id=identifier(author.get("id")),
        author_handle=text(author.get("username")),
        author_name=text(author.get("name")),
        text=written,
        created_at=moment(node.get("created_time")),
        permalink=text(node.get("permalink_url")),
        hidden=hidden,
        media_ids=media,
    )


def _comment_id(node: Json) -> str | None:
    """A comment's id; where it was not asked for, the permalink still holds it."""
    _, post, comment = _permalink(node)
    return identifier(node.get("id")) or (f"{post}_{comment}" if post and comment else None)


def _post_of(envelope: Envelope, node: Json, comment_id: str | None) -> str | None:
    """Which post a comment belongs to: the one that was asked about, else as its permalink or its own id says."""
    prefix, _, asked = (envelope.subject or "").rpartition(":")
    if prefix == "facebook:post":
        return asked
    path = re.search(r"/([^/]+)/comments$", urlsplit(envelope.url).path)
    page, post, _ = _permalink(node)
    from_link = f"{page}_{post}" if page and post else None
    from_id = (comment_id or "").rpartition("_")[0]
    return (path.group(1) if path else None) or from_link or from_id or None


def _permalink(node: Json) -> tuple[str | None, str | None, str | None]:
    """Page, post and comment of ``https://www.facebook.com/{page}/posts/{post}/?comment_id={comment}``."""
    try:
        link = urlsplit(text(node.get("permalink_url")) or "")
    except ValueError:
        return None, None, None
    path = re.match(r"/(\d+)/posts/(\d+)", link.path)
    comment = parse_qs(link.query).get("reply_comment_id") or parse_qs(link.query).get("comment_id")
    return (path.group(1), path.group(2), comment[0] if comment else None) if path else (None, None, None)


class _Picture:
    """One picture of an attachment. Its URL is signed anew each time, so the id comes from what it shows."""

    def __init__(self, leaf: Json, fallback_id: str) -> None:
        image = mapping(mapping(leaf.get("media")).get("image"))
        media_type = text(leaf.get("media_type")) or text(leaf.get("type")) or "photo"
        is_own = media_type.startswith(("photo", "video"))
        target = identifier(mapping(leaf.get("target")).get("id")) if is_own else None
        self.record_id = f"facebook:media:{target or fallback_id}"
        self.kind = media_type
        self.url = text(image.get("src"))
        self.alt_text = text(leaf.get("alt_text"))
        self.width, self.height = count(image.get("width")), count(image.get("height"))


def _attached(node: Json, owner_id: str) -> Iterator[_Picture]:
    """Every picture of a node: each leaf of its attachments, or the full picture where there are none."""
    leaves = [
        leaf
        for attachment in objects(mapping(node.get("attachments")).get("data"))
        for leaf in objects(mapping(attachment.get("subattachments")).get("data")) or [attachment]
    ]
    pictures = [_Picture(leaf, f"{owner_id}_{place}") for place, leaf in enumerate(leaves)]
    found = {picture.record_id: picture for picture in pictures if picture.url}
    if not found and (url := text(node.get("full_picture"))):
        whole = {"media_type": "picture", "media": {"image": {"src": url}}}
        found = {"": _Picture(whole, f"{owner_id}_full")}
    yield from found.values()


def _media(picture: _Picture, account_id: str | None) -> MediaItem:
    return MediaItem(
        record_id=picture.record_id,
        platform=Platform.FACEBOOK,
        account_id=account_id,
        kind=picture.kind,
        url=picture.url,
        alt_text=picture.alt_text,
        width=picture.width,
        height=picture.height,
    )


def _media_node(kind: str) -> Callable[[Envelope, Json], Iterator[Record]]:
    def read(envelope: Envelope, node: Json) -> Iterator[Record]:
        media_id = identifier(node.get("id"))
        if media_id is None:
            return
        sizes = [*objects(node.get("images")), *objects(node.get("format"))]
        largest = max(sizes, key=lambda size: count(size.get("width")) or 0, default={})
        url = text(largest.get("source")) or text(largest.get("picture")) or text(node.get("picture"))
        yield MediaItem(
            record_id=f"facebook:media:{media_id}",
            platform=Platform.FACEBOOK,
            account_id=envelope.account_id,
            kind=kind,
            url=url,
            alt_text=text(node.get("alt_text_custom")) or text(node.get("alt_text")),
            width=count(node.get("width")) or count(largest.get("width")),
            height=count(node.get("height")) or count(largest.get("height")),
        )

    return read


def _albums(envelope: Envelope, node: Json) -> Iterator[Record]:
    """An album is no picture itself; its cover is."""
    yield from _media_node("photo")(envelope, mapping(node.get("cover_photo")))


def _pictures(envelope: Envelope, node: Json) -> Iterator[Record]:
    """A profile picture (``/{id}/picture?redirect=0``), which has no id of its own."""
    picture = mapping(node.get("data"))
    url = text(picture.get("url"))
    if url is None:
        return
    asked = re.search(r"/(\d+)/picture$", urlsplit(envelope.url).path)
    whose = identifier(node.get("id")) or (asked.group(1) if asked else digest(url.partition("?")[0])[:32])
    yield MediaItem(
        record_id=f"facebook:media:{whose}_picture",
        platform=Platform.FACEBOOK,
        account_id=envelope.account_id,
        kind="profile_picture",
        url=url,
        width=count(picture.get("width")),
        height=count(picture.get("height")),
    )


def _profiles(envelope: Envelope, node: Json) -> Iterator[Record]:
    profile_id, name, handle = identifier(node.get("id")), text(node.get("name")), text(node.get("username"))
    if profile_id is None or not (name or handle):
        return
    followers = count(node.get("followers_count"))
    yield ProfileSnapshot(
        record_id=f"facebook:profile:{profile_id}",
        platform=Platform.FACEBOOK,
        account_id=envelope.account_id if envelope.subject == f"facebook:profile:{profile_id}" else None,
        handle=handle,
        name=name,
        bio=text(node.get("about")) or text(node.get("description")),
        url=text(node.get("website")) or text(node.get("link")),
        followers=followers if followers is not None else count(node.get("fan_count")),
        following=None,
    )


def _likes(envelope: Envelope, node: Json) -> Iterator[Record]:
    """Who is in a list of likes; the Page's own list says which Pages it chose."""
    liked = list(_profiles(envelope, node))
    yield from liked
    subject, _, asker = (envelope.subject or "").rpartition(":")
    if not liked or subject != "facebook:profile" or envelope.account_id is None:
        return
    if not urlsplit(envelope.url).path.endswith(f"/{asker}/likes"):
        return
    handle = text(node.get("username"))
    yield Relationship(
        account_id=envelope.account_id,
        platform=Platform.FACEBOOK,
        direction=Direction.OUTBOUND,
        kind="like",
        counterpart_key=f"facebook:{identifier(node.get('id'))}",
        handle_key=handle.lower() if handle else None,
        name=text(node.get("name")),
        minimised=False,
    )


def _nothing(_envelope: Envelope, _node: Json) -> Iterator[Record]:
    yield from ()


def _tombstones(envelope: Envelope, error: Json) -> Iterator[Tombstone]:
    """A single post or comment that is not there any more."""
    what = {"facebook.post": "post", "facebook.comment": "comment"}.get(envelope.kind)
    asked = urlsplit(envelope.url).path.rpartition("/")[2]
    if what and asked and is_gone(error):
        yield Tombstone(f"facebook:{what}:{asked}", Gone.DELETED, text(error.get("message")) or "")


_READERS: Mapping[str, Callable[[Envelope, Json], Iterator[Record]]] = {
    **dict.fromkeys(("facebook.posts", "facebook.post", "facebook.feed"), _posts),
    **dict.fromkeys(("facebook.comments", "facebook.comment"), _comments),
    **dict.fromkeys(("facebook.page", "facebook.user", "facebook.group"), _profiles),
    "facebook.likes": _likes,
    "facebook.photos": _media_node("photo"),
    "facebook.videos": _media_node("video"),
    "facebook.live_videos": _media_node("live_video"),
    "facebook.albums": _albums,
    "facebook.pictures": _pictures,
    **dict.fromkeys(("facebook.comment_counts", "facebook.events", "facebook.messages"), _nothing),
    **dict.fromkeys(("facebook.conversations", "facebook.businesses", "facebook.applications"), _nothing),
}

KINDS = tuple(_READERS)
"""Every kind of envelope that is read here."""
