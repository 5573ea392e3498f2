"""What could be seen of the week: each account, each kind of check, each picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from records.model import Account, Check, Completeness, Outcome, Platform
from reports import queries
from reports.hours import Stretch, hours_within, length
from reports.labels import Labels
from reports.model import AccountCoverage, BlindSpot, CoverageSummary, Sight, UnseenImage
from reports.queries import Published, Row
from reports.week import Week

Seen = Mapping[str, Sequence[Stretch]]

_SIGHT = {
    Outcome.OK: Sight.CAPTURED,
    Outcome.REFUSED: Sight.REFUSED,
    Outcome.DISCONNECTED: Sight.DISCONNECTED,
    Outcome.THROTTLED: Sight.INTERRUPTED,
    Outcome.FAILED: Sight.INTERRUPTED,
    Outcome.NOT_OBSERVABLE: Sight.DISCONNECTED,
}
_FULLY_SEEN = (Outcome.OK, Completeness.FULL)


def summary(published: Published, labels: Labels, week: Week, now: datetime, seen: Seen) -> CoverageSummary:
    """Coverage of ``week``: how the accounts stood when its report's reading closed, and the hours known by ``now``.

    ``seen`` holds by account the time that its posts checks vouch for.
    """
    until, window = min(week.reads_to, now), (week.start, week.end)
    checks = queries.latest_checks(published, until)
    posts = {row.account_id: row for row in checks if row.check == Check.POSTS}
    accounts = tuple(
        _account(labels, account, posts.get(account.account_id), gap_hours(account, seen, window, now))
        for account in labels.active
        if account.registered_at < week.end
    )
    captured = {row.account.account_id for row in accounts if row.sight is Sight.CAPTURED}
    return CoverageSummary(
        accounts=accounts,
        blind_spots=_blind_spots([row for row in checks if row.account_id in captured], labels),
        unseen_images=tuple(_unseen(row, labels) for row in queries.unseen_images(published, (week.reads_from, until))),
        images_waiting=queries.images_waiting(published),
        videos=queries.videos(published, window),
    )


def due(account: Account, window: Stretch, now: datetime) -> Stretch:
    """The time of ``window`` in which the account should have been seen: registered, consented, and past."""
    start = max(window[0], account.registered_at, account.consent_verified_at or window[1])
    end = min(window[1], now, account.consent_expires_at or window[1])
    return start, max(start, end)


def gap_hours(account: Account, seen: Seen, window: Stretch, now: datetime) -> float:
    """Hours of the time that is due which no posts check vouches for."""
    expected = due(account, window, now)
    return length(expected) - hours_within(expected, seen.get(account.account_id, ()))


def _account(labels: Labels, account: Account, posts: Row | None, gap: float) -> AccountCoverage:
    label = labels.account(account.account_id)
    if posts is None:
        return AccountCoverage(label, Sight.NOT_CHECKED, account.registered_at, "No check has been made yet", "", gap)
    sight = _SIGHT[Outcome(posts.outcome)]
    if sight is Sight.CAPTURED:
        return AccountCoverage(label, sight, None, "", "", gap)
    since, noticed = posts.vouched_to or posts.failing_since, posts.vouched_to is None
    return AccountCoverage(label, sight, since, posts.error or "", posts.todo or "", gap, noticed)


def _blind_spots(checks: list[Row], labels: Labels) -> tuple[BlindSpot, ...]:
    """What the captured accounts did not fully show, grouped by how it was not."""
    spots: dict[tuple[Platform, Check, Outcome, Completeness], list[str]] = {}
    for row in checks:
        how = (Outcome(row.outcome), Completeness(row.completeness))
        if how != _FULLY_SEEN:
            platform = labels.account(row.account_id).platform
            spots.setdefault((platform, Check(row.check), *how), []).append(row.account_id)
    return tuple(BlindSpot(*spot, account_ids=tuple(ids)) for spot, ids in sorted(spots.items()))


def _unseen(row: Row, labels: Labels) -> UnseenImage:
    reason = row.reason or ("It cannot be opened as a picture" if row.fetched else "It could not be fetched")
    return UnseenImage(labels.account(row.account_id or ""), row.record_id, row.posted_at, row.permalink, reason)
