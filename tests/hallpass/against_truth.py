"""What the pipeline has, in the same words as the sandbox's truth: two sides of one comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from made_up_district import District

from records.model import Platform
from registry import Registry
from sandbox.truth import Truth, truth
from sandbox.world import World

Side = dict[str, Any]


def told(captures: Sequence[datetime]) -> Truth:
    return truth(World.until(max(captures)), captures)


def expected(so: Truth) -> Side:
    """The truth, as :func:`observed` would have it."""
    return {
        "accounts": {(a.platform, a.handle, a.outcome) for a in so.accounts},
        "posts": {(p.record_id, p.account, p.kind, p.text, p.versions, p.state, p.created_at) for p in so.posts},
        "comments": {(c.record_id, c.post_id, c.text, c.versions, c.state, c.created_at) for c in so.comments},
        "media": Counter((m.record_id, m.sha256) for m in so.media),
        "undecodable": {m.sha256 for m in so.media if not m.readable and m.sha256},
        "logo uses": {(u.record_id, u.sha256, u.mark_id, u.outcome) for u in so.logo_uses},
        "outbound": {(o.platform, o.account, o.counterpart_id) for o in so.outbound_outside},
        "inbound": {
            (i.account, kind, count)
            for i in so.inbound
            for kind in ("staff", "student", "guardian", "school", "organisation", "unknown")
            if (count := getattr(i, kind))
        },
    }


def observed(district: District) -> Side:
    """What stands in the published copy and the registry."""
    handles = _handles(district)
    return {
        "accounts": _accounts(district, handles),
        "posts": {
            (record_id, handles[account], *rest)
            for record_id, account, *rest in district.rows(
                "SELECT record_id, account_id, kind, text, versions, state,"
                " (SELECT min(created_at) FROM post_version v WHERE v.record_id = post.record_id)"
                " FROM post WHERE account_id IS NOT NULL"
            )
        },
        "comments": set(district.rows("SELECT record_id, post_id, text, versions, state, created_at FROM comment")),
        "media": Counter(
            district.rows(
                "SELECT m.record_id, max(f.sha256) FROM post_media m JOIN media_file f USING (media_id)"
                " JOIN post p ON p.record_id = m.record_id AND p.account_id IS NOT NULL"
                " GROUP BY m.record_id, m.media_id"
            )
        ),
        "undecodable": {
            sha256
            for (sha256,) in district.rows("SELECT media_sha256 FROM image_verdict WHERE outcome = 'undecodable'")
        },
        "logo uses": set(
            district.rows(
                "SELECT record_id, media_sha256, subject, outcome FROM observation"
                " JOIN judgement_current USING (observation_id) WHERE rule = 'logo-use'"
            )
        ),
        "outbound": {
            (account.partition(":")[0], handles[account], counterpart.partition(":")[2])
            for account, counterpart in district.rows(
                "SELECT account_id, subject FROM observation JOIN judgement_current USING (observation_id)"
                " WHERE rule = 'outbound-outside-community' AND outcome = 'outside_community'"
            )
        },
        "inbound": _inbound(district, handles),
    }


def _handles(district: District) -> dict[str, str]:
    with Registry.open(district.settings.registry_url) as registry:
        return {account.account_id: account.handle for account in registry.accounts()}


def _accounts(district: District, handles: dict[str, str]) -> set[tuple[str, str, str]]:
    rows = district.rows(
        "SELECT account_id, arg_max(outcome, started_at) FROM coverage WHERE \"check\" = 'posts' GROUP BY account_id"
    )
    return {(account.partition(":")[0], handles[account], outcome) for account, outcome in rows}


def _inbound(district: District, handles: dict[str, str]) -> set[tuple[str, str, int]]:
    from hallpass.pipeline.office import opened
    from records.model import Direction
    from warehouse.read import current_relationships

    with opened(district.settings) as office, district.published() as published:
        community = office.community(Platform.X)
        counts = Counter(
            (
                handles[r.relationship.account_id],
                community.classify(r.relationship.counterpart_key, r.relationship.handle_key) or "unknown",
            )
            for r in current_relationships(published)
            if r.relationship.direction is Direction.INBOUND
        )
    return {(account, kind, count) for (account, kind), count in counts.items()}


def differences(have: Side, want: Side) -> dict[str, dict[str, Any]]:
    """Per kind what is missing and what is invented; empty where both sides are the same."""
    found = {}
    for kind in want:
        missing, invented = want[kind] - have[kind], have[kind] - want[kind]
        if missing or invented:
            found[kind] = {"missing": missing, "invented": invented}
    return found
