"""The value types that flow between the rooms: frozen, without behaviour, standard library only.

Identifiers
    ``record_id`` is ``"{platform}:{type}:{platform's own id}"``, for example ``x:post:1845`` or
    ``facebook:comment:12_34``. X gives each edit a new id: the record keeps the id of the first
    one, and ``version_id`` names the edit.
Times
    Aware ``datetime`` in UTC everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Platform(StrEnum):
    """The platforms that have a connector."""

    X = "x"
    FACEBOOK = "facebook"


class Completeness(StrEnum):
    """How much of what it looked for a check was able to see."""

    FULL = "full"
    PARTIAL = "partial"
    COUNT_ONLY = "count_only"
    NONE = "none"
    NEEDS_CONSENT = "needs_consent"


class Check(StrEnum):
    """What is looked at for each account; one coverage row each and per run."""

    PROFILE = "profile"
    POSTS = "posts"
    COMMENTS = "comments"
    FOLLOWERS = "followers"
    FOLLOWING = "following"
    RECHECK = "recheck"
    MEDIA = "media"


class Outcome(StrEnum):
    """How one check of one account ended."""

    OK = "ok"
    REFUSED = "refused"  # no verified, unexpired consent
    THROTTLED = "throttled"  # a rate limit or the district's budget
    FAILED = "failed"  # a transient fault outlasted its retries
    DISCONNECTED = "disconnected"  # a dead token, a missing permission, a suspended account
    NOT_OBSERVABLE = "not_observable"  # the platform never shows it on this route


class Gone(StrEnum):
    """How a record is gone, as far as the platform says."""

    DELETED = "deleted"
    PRIVATE = "private"
    SUSPENDED = "suspended"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    """Who chose the relationship: the registered account (outbound) or the other side (inbound)."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


@dataclass(frozen=True, slots=True)
class Account:
    """A registered account, as much of it as a collector needs.

    ``credential`` is the *name* of an Airflow connection, never the secret.
    ``school`` and ``owner_id`` are the roster's sourcedIds.
    """

    account_id: str
    platform: Platform
    platform_id: str
    handle: str
    owner_id: str
    school: str
    purpose: str
    credential: str
    registered_at: datetime
    consent_verified_at: datetime | None
    consent_expires_at: datetime | None

    def consent_in_force(self, at: datetime) -> bool:
        """Whether a verified, unexpired consent covers the moment ``at``."""
        return (
            self.consent_verified_at is not None
            and self.consent_verified_at <= at
            and (self.consent_expires_at is None or at < self.consent_expires_at)
        )


@dataclass(frozen=True, slots=True)
class Envelope:
    """One exchange with a source, as it is landed.

    ``kind`` is ``"{source}.{what}"`` (``x.users_tweets``, ``facebook.comments``, ``own.coverage``);
    a parser is chosen by it. ``url`` holds no secret. ``body`` is verbatim unless ``minimised``.
    ``subject`` is the record that the exchange is about where its URL alone does not say
    (the post whose comments these are).
    """

    kind: str
    body: bytes
    fetched_at: datetime
    account_id: str | None = None
    method: str = "GET"
    url: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    subject: str | None = None
    minimised: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a record stands in landing: batch and line (1-based, the header is line 0)."""

    batch_id: str
    line: int


@dataclass(frozen=True, slots=True)
class Post:
    """One version of a post. ``media_ids`` are record ids of its MediaItems, in their order.

    ``kind`` is ``post``, ``reply``, ``repost`` or ``quote``. ``author_id`` is the platform's own id.
    ``account_id`` is ours where a registered account wrote it, else None.
    """

    record_id: str
    version_id: str
    platform: Platform
    account_id: str | None
    author_id: str | None
    kind: str
    text: str
    created_at: datetime | None
    conversation_id: str | None = None
    in_reply_to: str | None = None
    permalink: str | None = None
    hidden: bool | None = None
    media_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comment:
    """One version of a comment on a registered account's post. ``parent_id`` is a comment's record id in a thread."""

    record_id: str
    version_id: str
    platform: Platform
    account_id: str | None
    post_id: str
    parent_id: str | None
    author_id: str | None
    author_handle: str | None
    author_name: str | None
    text: str
    created_at: datetime | None
    permalink: str | None = None
    hidden: bool | None = None
    media_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MediaItem:
    """A picture or video that a record shows. ``url`` is where the bytes can be fetched, if anywhere."""

    record_id: str
    platform: Platform
    account_id: str | None
    kind: str
    url: str | None
    alt_text: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class MediaFile:
    """The outcome of fetching a MediaItem: its bytes lie in ``media/`` under ``sha256``, or ``error`` says why not."""

    media_id: str
    sha256: str | None
    size: int
    content_type: str | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ProfileSnapshot:
    """A profile at one moment. The counts are observations, not content: they make no new version."""

    record_id: str
    platform: Platform
    account_id: str | None
    handle: str | None
    name: str | None
    bio: str | None
    url: str | None
    followers: int | None
    following: int | None


@dataclass(frozen=True, slots=True)
class Relationship:
    """Who is connected with a registered account.

    ``kind`` is ``follow`` or ``like``. ``counterpart_key`` is ``"{platform}:{platform id}"``, or
    ``"hmac:{hex}"`` of it where ``minimised``; ``handle_key`` is the lower-case handle, or its HMAC.
    """

    account_id: str
    platform: Platform
    direction: Direction
    kind: str
    counterpart_key: str
    handle_key: str | None
    name: str | None
    minimised: bool


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One typed answer that a known record cannot be seen. Two of ``deleted`` make a deletion."""

    record_id: str
    gone: Gone
    detail: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How one check of one account ended: ``covers_from``..``covers_to`` is the time that it vouches for."""

    account_id: str
    check: Check
    started_at: datetime
    finished_at: datetime
    outcome: Outcome
    completeness: Completeness
    seen: int = 0
    covers_from: datetime | None = None
    covers_to: datetime | None = None
    error: str | None = None
    todo: str | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """What a detector saw, for a person to look at. Never a finding.

    ``observation_id`` is :func:`records.canonical.digest` over rule, version, and evidence, so the
    same evidence gives the same id. ``box`` is (x0, y0, x1, y1) in pixels of the media file.
    ``subject`` is the mark's id, or the relationship's ``counterpart_key``.
    """

    observation_id: str
    rule: str
    rule_version: int
    clause: str
    account_id: str
    record_id: str | None
    subject: str
    confidence: float
    strong: bool
    evidence: Evidence | None
    observed_at: datetime
    posted_at: datetime | None = None
    media_sha256: str | None = None
    box: tuple[int, int, int, int] | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the registry says about an observation at the moment it concerns.

    ``outcome`` is ``permitted``, ``no_permission``, ``expired`` (a permission had ended when the post
    was made), ``not_yet`` (it began later), ``outside_community`` or ``withdrawn`` (the relationship
    or its reason is over).
    """

    observation_id: str
    outcome: str
    grant_id: str | None
    judged_at: datetime
    basis: str


@dataclass(frozen=True, slots=True)
class ImageVerdict:
    """That a detector has looked at an image: ``outcome`` is ``clean``, ``marked`` or ``undecodable``.

    Reused for the same SHA-256 only, under the same detector and reference versions.
    """

    media_sha256: str
    detector: str
    references: str
    outcome: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """An event of the registry's outbox: who decided what, when and why."""

    event_id: str
    at: datetime
    by: str
    action: str
    subject: str
    reason: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MadeReport:
    """That a week's report was made, what it could know and what it said.

    ``data_at`` is when the newest check that it read had ended. ``ledger_size`` and ``ledger_root`` (hex) are the
    newest signed checkpoint then; 0 and empty where nothing was signed. ``model_sha256`` names its data, the JSON.
    """

    week: str
    made_at: datetime
    data_at: datetime | None
    ledger_size: int
    ledger_root: str
    model_sha256: str


@dataclass(frozen=True, slots=True)
class Disposal:
    """That a payload may be dropped by law: a landed line's (``evidence``) or a picture's (``media_sha256``).

    Landed before anything is dropped. ``permission`` is the number of the state's permission,
    ``permission_sha256`` names its file in ``media/``. ``commitment`` (hex) is what the ledger's leaf keeps.
    """

    disposition_id: str
    permission: str
    permission_sha256: str
    at: datetime
    evidence: Evidence | None = None
    commitment: str | None = None
    media_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Deposited:
    """That somebody on the staff handed in a file, landed as it was: ``sha256`` names it in ``media/``.

    ``by`` is their login; ``name`` is the file's own, ``note`` what they say that it is.
    """

    sha256: str
    size: int
    name: str
    note: str
    by: str
    at: datetime


Record = (
    Post
    | Comment
    | MediaItem
    | MediaFile
    | ProfileSnapshot
    | Relationship
    | Tombstone
    | Coverage
    | Observation
    | Judgement
    | ImageVerdict
    | Decision
    | MadeReport
    | Disposal
    | Deposited
)
