"""What people decided in the week: reviews moved, requests answered, and how often they agreed with each rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from registry.requests import DENIED, WAITING, Request
from registry.reviews import Precision, Review
from reports.hours import Stretch
from reports.labels import Labels
from reports.model import Accuracy, Pending, Permission


def moved(reviews: Mapping[str, Review], window: Stretch) -> tuple[tuple[str, int], ...]:
    """How many observations came into each state in ``window``, those that are in it still."""
    states = Counter(review.state for review in reviews.values() if window[0] <= review.at < window[1])
    return tuple(sorted(states.items()))


def refused(requests: Iterable[Request], labels: Labels, window: Stretch) -> tuple[Permission, ...]:
    """Permissions that were asked for and refused in ``window``."""
    return tuple(
        Permission(
            mark_title=labels.mark(request.asset),
            account=labels.account_or_none(request.account_id),
            purpose=request.purpose,
            starts=request.starts,
            ends=request.ends,
            what="refused",
            by=request.decided_by or "",
        )
        for request in requests
        if request.state == DENIED and request.decided_at and window[0] <= request.decided_at < window[1]
    )


def pending(requests: Iterable[Request], now: datetime) -> Pending | None:
    """The requests that wait for a decision, and since when; None where none does."""
    asked = [request.asked_at for request in requests if request.state == WAITING and request.asked_at <= now]
    return Pending(len(asked), min(asked)) if asked else None


def accuracy(precision: Mapping[str, Precision]) -> tuple[Accuracy, ...]:
    """Each rule's share of agreement with its 95% interval, for the rules that anybody has decided on."""
    return tuple(
        Accuracy(rule, each.right, each.right + each.wrong, *each.interval)
        for rule, each in sorted(precision.items())
        if each.right + each.wrong
    )
