"""What a pipeline that captured the district at given moments must have: nothing missed, nothing invented.

The rules of sight, from the platforms' documentation
    A capture sees an account unless its consent is not in force (``refused``), or it is suspended or its
    token is dead (``disconnected``). What appears and goes between two captures is never seen; that
    something is gone is seen at the next capture. A suspended account is in no list of followers.
    X keeps every wording of a post, so all of them are known; Facebook shows the current one only.
    The first capture reads whole conversations on X (search/all), later ones those of the last seven
    days (search/recent). A thread is read while its root stands.
Record ids are ``{platform}:{post|comment}:{platform's id}``, on X that of the first edit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sandbox.clock import WEEK
from sandbox.images import box, encoded
from sandbox.things import Actor, Attachment, Grant, Placement, Registration, SandComment, SandImage, SandPost
from sandbox.world import Moment, World

UNREADABLE = ("truncated", "bomb", "not_image")
"""Faults of an image whose bytes arrive and must be called undecodable, never clean."""


@dataclass(frozen=True, slots=True)
class AccountTruth:
    """How the last capture of an account ends: ``ok``, ``refused`` or ``disconnected``."""

    platform: str
    platform_id: str
    handle: str
    outcome: str


@dataclass(frozen=True, slots=True)
class RecordTruth:
    """A post or a comment as it must be known. ``state`` is ``present`` or ``deleted``; ``text`` the last one seen.

    ``post_id`` is the root's record id, of a comment only. ``account`` is the handle whose post or thread it is.
    """

    record_id: str
    platform: str
    account: str
    kind: str
    text: str
    versions: int
    state: str
    created_at: datetime
    post_id: str | None = None


@dataclass(frozen=True, slots=True)
class MediaTruth:
    """An image of a known post. ``sha256`` is None where the CDN has no such file.

    ``fault`` as in :class:`sandbox.things.SandImage`; ``readable`` says whether a detector can look at it.
    """

    record_id: str
    platform: str
    account: str
    media_id: str
    url: str
    image_id: str
    sha256: str | None
    fault: str | None
    readable: bool


@dataclass(frozen=True, slots=True)
class MarkUse:
    """A mark or a lookalike in an image of a known post.

    ``outcome`` is what the permissions said when it was posted: ``permitted``, ``no_permission``,
    ``expired`` or ``not_yet``; of a lookalike it is ``not_ours``, and nothing may be reported.
    """

    record_id: str
    platform: str
    account: str
    mark_id: str
    box: tuple[int, int, int, int]
    image_id: str
    sha256: str
    posted_at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class OutboundTruth:
    """Somebody outside the community whom a registered account follows or likes at its last capture."""

    platform: str
    account: str
    counterpart_id: str
    counterpart_handle: str


@dataclass(frozen=True, slots=True)
class InboundTruth:
    """How many follow an account on X at its last capture, by what the district knows of them."""

    account: str
    staff: int
    student: int
    guardian: int
    school: int
    organisation: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that can be compared.

    ``referenced`` are the record ids, written as posts, of what others wrote on X and the known posts
    answer, quote or repost: a pipeline may hold these too.
    """

    captures: tuple[datetime, ...]
    accounts: tuple[AccountTruth, ...]
    posts: tuple[RecordTruth, ...]
    comments: tuple[RecordTruth, ...]
    media: tuple[MediaTruth, ...]
    logo_uses: tuple[MarkUse, ...]
    lookalike_uses: tuple[MarkUse, ...]
    outbound_outside: tuple[OutboundTruth, ...]
    inbound: tuple[InboundTruth, ...]
    referenced: tuple[str, ...]


def truth(world: World, captures: Sequence[datetime]) -> Truth:
    """What captures at these moments, in any order, must have given.

    Raises
    ------
    ValueError : without a capture, or for one later than the world's last week.
    """
    moments = tuple(sorted(captures))
    if not moments or World.until(moments[-1], world.seed).weeks > world.weeks:
        raise ValueError(f"captures must lie within the {world.weeks} weeks of this world, and there must be one")
    views = [_View(world, registration, moments) for registration in world.registrations]
    seen = [(view, post) for view in views for post in view.posts]
    uses = [use for view, post in seen for use in _uses(view, post)]
    return Truth(
        captures=moments,
        accounts=tuple(AccountTruth(v.platform, v.account.platform_id, v.handle, v.outcome) for v in views),
        posts=tuple(view.post_truth(post) for view, post in seen),
        comments=tuple(view.comment_truth(comment) for view in views for comment in view.comments),
        media=tuple(_media(view, post, shown) for view, post in seen for shown in post.attachments),
        logo_uses=tuple(use for use in uses if use.outcome != "not_ours"),
        lookalike_uses=tuple(use for use in uses if use.outcome == "not_ours"),
        outbound_outside=tuple(bond for view in views for bond in _outside(view)),
        inbound=tuple(_inbound(view) for view in views if view.platform == "x" and view.visits),
        referenced=tuple(sorted(_referenced(seen))),
    )


def outcome_at(account: Registration, at: datetime) -> str:
    """How a capture of ``account`` at ``at`` ends."""
    if not account.consent_verified_at <= at < account.consent_expires_at:
        return "refused"
    cuts = (account.suspended_at, account.token_died_at)
    return "disconnected" if any(cut is not None and cut <= at for cut in cuts) else "ok"


def permission(grants: Iterable[Grant], mark_id: str, account: Registration, at: datetime) -> str:
    """What the permissions say about a use: one in force decides, else one that ended, else one to come."""
    ours = [g for g in grants if g.asset == mark_id and _covers(g, account)]
    if any(g.starts <= at and (g.ends is None or at < g.ends) for g in ours):
        return "permitted"
    if any(g.ends is not None and g.ends <= at for g in ours):
        return "expired"
    return "not_yet" if ours else "no_permission"


def _covers(grant: Grant, account: Registration) -> bool:
    return grant.account == "all" or (grant.platform, grant.account) == (account.platform, account.handle)


class _View:
    """One account through the captures that were able to see it."""

    def __init__(self, world: World, account: Registration, captures: Sequence[datetime]) -> None:
        self.world, self.account = world, account
        self.platform, self.handle = account.platform, account.handle
        self.outcome = outcome_at(account, captures[-1])
        self.visits = [at for at in captures if outcome_at(account, at) == "ok"]
        everything = [p for p in world.posts if (p.platform, p.author_id) == (self.platform, account.platform_id)]
        self.posts = [post for post in everything if self.sightings(post)]
        roots = {post.post_id: post for post in self.posts}
        threads = [(c, roots[c.post_id]) for c in world.comments if c.platform == self.platform and c.post_id in roots]
        self.comments = [comment for comment, root in threads if self._is_found(comment, root)]

    def sightings(self, item: SandPost | SandComment) -> list[datetime]:
        """The visits at which ``item`` stood."""
        return [at for at in self.visits if _stands(item, at)]

    def post_truth(self, post: SandPost) -> RecordTruth:
        """A post as it must be known."""
        return self._record(post, f"{self.platform}:post:{post.post_id}", post.kind, None)

    def comment_truth(self, comment: SandComment) -> RecordTruth:
        """A comment as it must be known."""
        root = f"{self.platform}:post:{comment.post_id}"
        return self._record(comment, f"{self.platform}:comment:{comment.comment_id}", "comment", root)

    def _is_found(self, comment: SandComment, root: SandPost) -> bool:
        """Whether some visit found the comment: X searches further back than a week on the first one only."""
        return any(
            _stands(root, at) and (self.platform != "x" or at == self.visits[0] or comment.created_at > at - WEEK)
            for at in self.sightings(comment)
        )

    def _record(self, item: SandPost | SandComment, record_id: str, kind: str, root: str | None) -> RecordTruth:
        sightings = self.sightings(item)
        known = [v.text for v in item.versions if v.at <= sightings[-1]]
        shown = known if self.platform == "x" else [_wording(item, at) for at in sightings]
        gone = item.deleted_at is not None and item.deleted_at <= self.visits[-1]
        return RecordTruth(
            record_id=record_id,
            platform=self.platform,
            account=self.handle,
            kind=kind,
            text=known[-1],
            versions=len(set(shown)),
            state="deleted" if gone else "present",
            created_at=item.created_at,
            post_id=root,
        )


def _stands(item: SandPost | SandComment, at: datetime) -> bool:
    return item.created_at <= at and (item.deleted_at is None or at < item.deleted_at)


def _wording(item: SandPost | SandComment, at: datetime) -> str:
    return [version.text for version in item.versions if version.at <= at][-1]


def _media(view: _View, post: SandPost, shown: Attachment) -> MediaTruth:
    image = view.world.image_by_id[shown.image_id]
    return MediaTruth(
        record_id=f"{post.platform}:post:{post.post_id}",
        platform=post.platform,
        account=view.handle,
        media_id=shown.media_id,
        url=shown.url,
        image_id=image.image_id,
        sha256=None if image.fault == "missing" else _digest(image),
        fault=image.fault,
        readable=image.fault not in ("missing", *UNREADABLE),
    )


def _uses(view: _View, post: SandPost) -> Iterator[MarkUse]:
    for shown in post.attachments:
        image = view.world.image_by_id[shown.image_id]
        if image.fault is None and image.mark:
            outcome = permission(view.world.grants, image.mark.mark_id, view.account, post.created_at)
            yield _use(view, post, image, image.mark, outcome)
        if image.fault is None and image.lookalike:
            yield _use(view, post, image, image.lookalike, "not_ours")


def _use(view: _View, post: SandPost, image: SandImage, placement: Placement, outcome: str) -> MarkUse:
    where = box(image)
    assert where is not None
    return MarkUse(
        record_id=f"{post.platform}:post:{post.post_id}",
        platform=post.platform,
        account=view.handle,
        mark_id=placement.mark_id,
        box=where,
        image_id=image.image_id,
        sha256=_digest(image),
        posted_at=post.created_at,
        outcome=outcome,
    )


def _digest(image: SandImage) -> str:
    return sha256(encoded(image)).hexdigest()


def _outside(view: _View) -> Iterator[OutboundTruth]:
    if view.visits:
        last = view.world.at(view.visits[-1])
        for actor in last.following(view.platform, view.account.platform_id):
            if actor.role is None:
                yield OutboundTruth(view.platform, view.handle, actor.platform_id, actor.handle)


def _inbound(view: _View) -> InboundTruth:
    last = view.world.at(view.visits[-1])
    followers = last.followers("x", view.account.platform_id)
    count = Counter(actor.role or "unknown" for actor in followers if not _suspended(last, actor))
    return InboundTruth(
        account=view.handle,
        staff=count["staff"],
        student=count["student"],
        guardian=count["guardian"],
        school=count["school"],
        organisation=count["organisation"],
        unknown=count["unknown"],
    )


def _suspended(moment: Moment, actor: Actor) -> bool:
    """Whether X shows the actor nowhere; only registered accounts are ever suspended here."""
    account = moment.registration("x", actor.platform_id)
    return account is not None and account.suspended_at is not None and account.suspended_at <= moment.now


def _referenced(seen: Iterable[tuple[_View, SandPost]]) -> set[str]:
    return {f"x:post:{post.refers_to}" for _, post in seen if post.refers_to is not None}
