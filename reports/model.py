"""The weekly report as values: everything that is shown, and nothing about how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from records.model import Check, Completeness, Outcome, Platform
from reports.week import Week


class Sight(StrEnum):
    """How far a registered account could be seen when the report was made."""

    CAPTURED = "captured"
    DISCONNECTED = "disconnected"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"  # throttled or failed: goes on by itself
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class AccountLabel:
    """A registered account as a reader knows it."""

    account_id: str
    platform: Platform
    handle: str
    school: str
    owner: str
    purpose: str


@dataclass(frozen=True, slots=True)
class AccountCoverage:
    """What could be seen of one account. ``gap_hours`` are the hours of the week that no check vouches for.

    ``since`` is the last moment that was seen, or where none was, that of the first failed check
    (``noticed``): what is wrong may be older. ``why`` and ``todo`` are the collector's own words.
    """

    account: AccountLabel
    sight: Sight
    since: datetime | None
    why: str
    todo: str
    gap_hours: float
    noticed: bool = False


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """Something that was looked for and not fully seen, on accounts that are captured."""

    platform: Platform
    check: Check
    outcome: Outcome
    completeness: Completeness
    account_ids: tuple[str, ...]

    @property
    def accounts(self) -> int:
        """On how many accounts."""
        return len(self.account_ids)


@dataclass(frozen=True, slots=True)
class UnseenImage:
    """A picture of a public record that no detector could look at; never counted as clean."""

    account: AccountLabel
    record_id: str
    posted_at: datetime | None
    permalink: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Spending:
    """What X has cost in the calendar month (UTC) of the report's making so far, of what it may; US dollars."""

    month: str
    spent_usd: float
    cap_usd: float


@dataclass(frozen=True, slots=True)
class MailFaults:
    """Mails of the last seven days that a server refused, and those that wait for another try."""

    refused: int
    waiting: int


@dataclass(frozen=True, slots=True)
class CoverageSummary:
    """What the report could see, shown before anything that it saw."""

    accounts: tuple[AccountCoverage, ...]
    blind_spots: tuple[BlindSpot, ...]
    unseen_images: tuple[UnseenImage, ...]
    images_waiting: int
    """Pictures that are archived and that no detector has looked at yet."""
    videos: int
    """Videos in posts of the week: archived, and no detector looks at them."""
    spending: Spending | None = None
    mail: MailFaults | None = None

    def with_sight(self, *sights: Sight) -> tuple[AccountCoverage, ...]:
        return tuple(row for row in self.accounts if row.sight in sights)

    @property
    def captured(self) -> int:
        return len(self.with_sight(Sight.CAPTURED))

    @property
    def gap_hours(self) -> float:
        """Over all accounts that should have been captured; a refused account has none."""
        return sum(row.gap_hours for row in self.accounts)


@dataclass(frozen=True, slots=True)
class Archived:
    """How many records of a kind the archive holds, and how many of them were published in the week."""

    posts: int
    posts_in_week: int
    comments: int
    comments_in_week: int
    images: int
    images_in_week: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What the registry said about an observation, for the moment that it concerns."""

    outcome: str
    basis: str
    judged_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation for a person to look at, with what every observation has."""

    observation_id: str
    rule: str
    rule_version: int
    clause: str
    account: AccountLabel
    confidence: float
    strong: bool
    observed_at: datetime
    judged: Judged | None
    evidence: str
    """Where the proof lies: batch and line in landing."""


@dataclass(frozen=True, slots=True)
class LogoUse(Seen):
    """A district mark in a picture. ``box`` is (x0, y0, x1, y1) in pixels of the original.

    ``picture`` and ``mark_picture`` are files, None where they are missing.
    """

    mark_id: str
    mark_title: str
    media_sha256: str
    picture: Path | None
    mark_picture: Path | None
    box: tuple[int, int, int, int] | None
    text: str
    posted_at: datetime | None
    permalink: str | None


@dataclass(frozen=True, slots=True)
class OutsideRelationship(Seen):
    """A registered account that follows or likes somebody who is not known to be of the community."""

    counterpart: str
    direction: str
    kind: str
    first_seen_at: datetime | None
    roster_date: str


@dataclass(frozen=True, slots=True)
class ClauseSection:
    """The new observations under one clause, the surest first."""

    clause: str
    observations: tuple[LogoUse | OutsideRelationship, ...]


@dataclass(frozen=True, slots=True)
class PermittedUses:
    """Uses that a permission in force covered: counted by mark, not listed for review."""

    mark_title: str
    uses: int


@dataclass(frozen=True, slots=True)
class Edit:
    """A public record whose words changed after publication."""

    account: AccountLabel | None
    kind: str
    found_at: datetime
    posted_at: datetime | None
    before: str
    after: str
    permalink: str | None


@dataclass(frozen=True, slots=True)
class Removal:
    """A public record that is gone; ``state`` is ``deleted`` (confirmed twice) or another typed absence."""

    account: AccountLabel | None
    kind: str
    state: str
    gone_at: datetime | None
    posted_at: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in the public record since the last report."""

    edits: tuple[Edit, ...]
    removals: tuple[Removal, ...]
    new_followers: tuple[tuple[str, int], ...]
    """Inbound relationships first seen in this report by class of the community, ``unknown`` among them:
    information, never an observation, and never more than a count."""
    new_followed: int
    """Outbound relationships first seen in this report, inside the community or not."""


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission to use a mark that was given, taken back, or ends soon. ``account`` None means all of them."""

    mark_title: str
    account: AccountLabel | None
    purpose: str
    starts: datetime
    ends: datetime | None
    what: str
    """``given``, ``refused``, ``revoked`` or ``ends soon``."""
    by: str


@dataclass(frozen=True, slots=True)
class TrendWeek:
    """The district in one week. ``to_look_at`` and ``covered`` are logo uses by the day of posting."""

    week: Week
    posts: int
    comments: int
    to_look_at: int
    covered: int
    due_hours: float
    seen_hours: float

    @property
    def seen_share(self) -> float | None:
        """How much of the time that should have been seen was seen, from 0 to 1."""
        return self.seen_hours / self.due_hours if self.due_hours else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Observations of earlier reports under one clause that still wait for a person."""

    clause: str
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Pending:
    """Requests for a permission that wait for the superintendent."""

    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often reviewers agreed with a rule: ``right`` of ``decided``, and the share's 95% interval."""

    rule: str
    right: int
    decided: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The newest signed checkpoint when the report was made: how many batches it signs for, and their root (hex)."""

    size: int
    root: str


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since the first report of the same week, which stays as it was."""

    first_made_at: datetime
    gap_hours_then: float
    posts_then: int
    comments_then: int
    added: int
    """Observations that the first report did not have."""
    decided: int
    """Observations of the first report that a person has decided on."""
    settled: int
    """Observations of the first report that a permission covers now, or that are no longer so."""
    judged_anew: int
    """Observations of both about which the registry answers something else now."""
    edits: tuple[Edit, ...] = ()
    removals: tuple[Removal, ...] = ()
    """Edits and removals of the week's own records that were found after the first report was made."""


@dataclass(frozen=True, slots=True)
class WeeklyReport:
    """One week of one district. ``made_at`` is when it was asked, ``data_at`` when the newest check ended.

    With a ``school`` it is that school's part (:func:`reports.parts.school_part`); ``archived`` stays the district's.
    """

    district: str
    week: Week
    made_at: datetime
    data_at: datetime | None
    coverage: CoverageSummary
    archived: Archived
    clauses: tuple[ClauseSection, ...]
    permitted: tuple[PermittedUses, ...]
    withdrawn: int
    """Observations whose relationship or reason was over before anybody had to look."""
    waiting: tuple[Waiting, ...]
    permissions: tuple[Permission, ...]
    changes: Changes
    trend: tuple[TrendWeek, ...]
    detectors: tuple[str, ...]
    """The versions of the logo detector that have looked at pictures."""
    decided: tuple[tuple[str, int], ...] = ()
    """How many observations a person brought into each state of review within the report's reading."""
    settled: int = 0
    """New observations that a person has decided on already; they are not listed."""
    pending: Pending | None = None
    accuracy: tuple[Accuracy, ...] = ()
    ledger: LedgerState | None = None
    found_later: tuple[tuple[Edit, ...], tuple[Removal, ...]] = ((), ())
    """Edits and removals of the week's own records that were found after its reading closed: news of later reports."""
    since: Since | None = None
    school: str | None = None

    @property
    def over(self) -> bool:
        """Whether the week had ended when the report was made."""
        return self.made_at >= self.week.end

    def observations(self, clause: str | None = None) -> tuple[LogoUse | OutsideRelationship, ...]:
        """The new observations, of one clause or of all."""
        return tuple(o for section in self.clauses if clause in (None, section.clause) for o in section.observations)
