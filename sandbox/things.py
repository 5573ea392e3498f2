"""What the made-up district consists of: frozen values, with every time in UTC.

A thing that changes carries its whole life (``versions``, ``deleted_at``, ``ended_at``), so that any
moment can be asked for; :class:`sandbox.world.Moment` does that. Platforms are ``"x"`` and ``"facebook"``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class School:
    """An organisation of the roster. ``kind`` is OneRoster's ``district`` or ``school``."""

    sourced_id: str
    name: str
    kind: str
    parent_id: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the roster. ``handles`` are (platform, handle) pairs as the roster spells them."""

    sourced_id: str
    role: str
    given_name: str
    family_name: str
    school_ids: tuple[str, ...]
    username: str
    email: str
    agents: tuple[str, ...] = ()
    handles: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """Anybody with an account on a platform, the registered accounts among them.

    ``role`` is what the district can know: ``staff``, ``student``, ``guardian``, ``school`` (a
    registered account), ``organisation`` (accepted by the superintendent), or None for a stranger.
    """

    platform: str
    platform_id: str
    handle: str
    name: str
    bio: str
    role: str | None
    joined_at: datetime
    person_id: str | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """A registered account: what ``accounts.csv`` says, and what has happened to it on its platform.

    ``fans`` is the number of followers that a Page shows at the epoch; Facebook never names them.
    """

    platform: str
    platform_id: str
    handle: str
    owner_id: str
    school_id: str
    purpose: str
    credential: str
    registered_at: datetime
    consent_verified_at: datetime
    consent_expires_at: datetime
    suspended_at: datetime | None = None
    token_died_at: datetime | None = None
    fans: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """One wording. X gives each its own id; on Facebook all versions share the id of the post."""

    version_id: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Attachment:
    """An image as a post shows it; several may show the same ``image_id`` under other URLs.

    ``media_id`` is X's ``media_key`` or the id of Facebook's photo.
    """

    media_id: str
    url: str
    image_id: str
    alt_text: str | None = None


@dataclass(frozen=True, slots=True)
class SandPost:
    """A post of a registered account, or a stranger's that one of those refers to.

    ``post_id`` is the id of the first version (``{page}_{post}`` on Facebook); ``kind`` is ``post``,
    ``reply``, ``repost`` or ``quote``; ``refers_to`` is the id of the post that is answered, reposted or
    quoted (of the comment, where a comment is answered). ``conversation_id`` is X's.
    """

    platform: str
    post_id: str
    author_id: str
    kind: str
    versions: tuple[Version, ...]
    attachments: tuple[Attachment, ...] = ()
    conversation_id: str | None = None
    refers_to: str | None = None
    deleted_at: datetime | None = None

    @property
    def created_at(self) -> datetime:
        """When the first version appeared."""
        return self.versions[0].at


@dataclass(frozen=True, slots=True)
class SandComment:
    """A comment on a registered account's post. A Page's own answers are comments; an X account's are posts.

    ``post_id`` is the root of the thread. ``parent_id`` is the comment (on X also: the registered
    account's own reply) that is answered, None where it answers the post itself.
    """

    platform: str
    comment_id: str
    post_id: str
    parent_id: str | None
    author_id: str
    versions: tuple[Version, ...]
    deleted_at: datetime | None = None

    @property
    def created_at(self) -> datetime:
        """When the first version appeared."""
        return self.versions[0].at


@dataclass(frozen=True, slots=True)
class Placement:
    """A mark or a lookalike in an image: its left upper corner and width in pixels, turned by ``angle`` degrees."""

    mark_id: str
    x: int
    y: int
    width: int
    angle: float = 0.0


@dataclass(frozen=True, slots=True)
class SandImage:
    """What :func:`sandbox.images.encoded` draws.

    ``kind`` is ``flyer``, ``classroom``, ``field``, ``score`` or ``phone``. ``words`` is what is written in
    it, in the order that its kind needs. ``fault`` is None, ``missing`` (the CDN answers 404), ``truncated``,
    ``pixel`` (1x1), ``bomb`` (a decompression bomb) or ``not_image``.
    """

    image_id: str
    kind: str
    seed: int
    width: int
    height: int
    format: str
    words: tuple[str, ...] = ()
    quality: int = 88
    mark: Placement | None = None
    lookalike: Placement | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Follow:
    """That one actor follows another (X), or that a Page likes a Page (Facebook)."""

    platform: str
    follower_id: str
    followed_id: str
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """A row of ``organisations.csv``: an outside account that the superintendent accepts."""

    platform: str
    platform_id: str
    handle: str
    title: str
    accepted_by: str
    why: str


@dataclass(frozen=True, slots=True)
class Grant:
    """A row of ``grants.csv``. ``account`` is a handle or ``all``; ``ends`` is exclusive, None for a standing grant."""

    asset: str
    account: str
    platform: str
    purpose: str
    starts: datetime
    ends: datetime | None
    decided_by: str
    why: str
