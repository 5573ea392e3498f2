"""What changed in the public record and around the accounts since the last report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from records.model import Direction, Platform
from registry.values import Grant
from reports import queries
from reports.hours import Stretch
from reports.labels import Labels
from reports.model import Changes, Edit, Permission, Removal
from reports.queries import Published, Row
from reports.view import CommunityView
from reports.week import Week

ENDS_SOON = timedelta(days=30)
UNKNOWN = "unknown"


def changes(
    published: Published, labels: Labels, window: Stretch, communities: Mapping[Platform, CommunityView]
) -> Changes:
    """Edits, removals and relationships that were first seen in ``window``."""
    followers = queries.new_relationships(published, window, Direction.INBOUND)
    return Changes(
        edits=tuple(_edit(row, labels) for row in queries.edits(published, window)),
        removals=tuple(_removal(row, labels) for row in queries.removals(published, window)),
        new_followers=_by_class(followers, communities),
        new_followed=len(queries.new_relationships(published, window, Direction.OUTBOUND)),
    )


def found_later(
    published: Published, labels: Labels, week: Week, now: datetime
) -> tuple[tuple[Edit, ...], tuple[Removal, ...]]:
    """Edits and removals of records of ``week`` that were found after its report's reading closed, by ``now``."""
    if now <= week.reads_to:
        return (), ()
    window = (week.reads_to, now)
    edits, removals = queries.edits(published, window), queries.removals(published, window)
    return (
        tuple(_edit(row, labels) for row in edits if _of(week, row)),
        tuple(_removal(row, labels) for row in removals if _of(week, row)),
    )


def _of(week: Week, row: Row) -> bool:
    return row.posted_at is not None and week.start <= row.posted_at < week.end


def permissions(grants: Iterable[Grant], labels: Labels, window: Stretch, now: datetime) -> tuple[Permission, ...]:
    """Permissions that were given or revoked in ``window``, and those that end in the 30 days after ``now``."""
    found = []
    for grant in grants:
        if window[0] <= grant.decided_at < window[1]:
            found.append(_permission(grant, labels, "given", grant.decided_by))
        if grant.revoked_at and window[0] <= grant.revoked_at < window[1]:
            found.append(_permission(grant, labels, "revoked", grant.revoked_by or ""))
        elif grant.ends and grant.revoked_at is None and now <= grant.ends < now + ENDS_SOON:
            found.append(_permission(grant, labels, "ends soon", grant.decided_by))
    return tuple(found)


def _permission(grant: Grant, labels: Labels, what: str, by: str) -> Permission:
    account = labels.account_or_none(grant.account_id)
    return Permission(labels.mark(grant.asset), account, grant.purpose, grant.starts, grant.ends, what, by)


def _by_class(rows: Iterable[Row], communities: Mapping[Platform, CommunityView]) -> tuple[tuple[str, int], ...]:
    classes = Counter(_class(row, communities.get(Platform(row.platform))) for row in rows)
    return tuple(sorted(classes.items(), key=lambda entry: (entry[0] == UNKNOWN, entry[0])))


def _class(row: Row, community: CommunityView | None) -> str:
    return (community.classify(row.counterpart_key, row.handle_key) if community else None) or UNKNOWN


def _edit(row: Row, labels: Labels) -> Edit:
    account = labels.account_or_none(row.of_account)
    return Edit(account, row.kind, row.found_at, row.posted_at, row.before, row.text, row.permalink)


def _removal(row: Row, labels: Labels) -> Removal:
    account = labels.account_or_none(row.account_id)
    return Removal(account, row.kind, row.state, row.gone_at, row.posted_at, row.text or "")
