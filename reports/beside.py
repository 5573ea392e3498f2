"""What a report knows beside the archive: reviews, requests, money, the ledger and how its mail fared."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from registry.requests import Request
from registry.reviews import Precision, Review
from reports.model import LedgerState, MailFaults, Spending

WAITS = frozenset({"new", "in_review"})
"""States of a review in which an observation still waits for a person."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything is optional: what is not given was not asked, and the report does not speak of it.

    ``reviews`` are by observation id and hold those that somebody has touched; ``precision`` is by rule.
    """

    reviews: Mapping[str, Review] = field(default_factory=dict)
    precision: Mapping[str, Precision] = field(default_factory=dict)
    requests: Sequence[Request] = ()
    spending: Spending | None = None
    ledger: LedgerState | None = None
    mail: MailFaults | None = None

    def settled(self, until: datetime) -> Collection[str]:
        """The observations that a person had taken a decision on by ``until``."""
        return {key for key, r in self.reviews.items() if r.state not in WAITS and r.at < until}


NOTHING = Beside()
