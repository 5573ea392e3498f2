"""What people decided, kept between requests and read again where the registry's events say that it changed.

Ten thousand accounts and as many reviews take a second to read, and a page has a fifth of one. Each governed
change leaves an event; a few are read again each time because two transactions may end in the other order.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from registry import Registry, grants
from registry.outbox import Event
from registry.review_values import Review
from registry.values import Grant, GrantAnswer, RegisteredAccount
from reports.labels import Labels

OVERLAP = 64
"""Events before the newest one that are asked for again."""
MANY = 50
"""Changed reviews up to which each is read by itself."""


class Office:
    """Accounts, labels, permissions and reviews of one registry, for many readers at once.

    Parameters
    ----------
    references : folder for the marks as files.
    """

    def __init__(self, registry: Registry, references: Path) -> None:
        self.registry = registry
        self._folder = references
        self._lock = threading.Lock()
        self._newest: int | None = None
        self._known = set[int]()
        self._accounts: Sequence[RegisteredAccount] | None = None
        self._labels: Labels | None = None
        self._grants: Sequence[Grant] | None = None
        self._reviews: dict[str, Review] | None = None

    def accounts(self) -> Sequence[RegisteredAccount]:
        """Every registered account, deactivated ones too, by platform and handle."""
        with self._lock:
            self._follow()
            if self._accounts is None:
                self._accounts = tuple(self.registry.registered(include_inactive=True))
            return self._accounts

    def labels(self) -> Labels:
        """Accounts and marks by id."""
        with self._lock:
            self._follow()
            if self._labels is None:
                self._labels = Labels(self.registry, self.registry.materialise_references(self._folder))
            return self._labels

    def reviews(self) -> Mapping[str, Review]:
        """The reviews of everything that is not new, as they stand now: the same object until one changes."""
        with self._lock:
            self._follow()
            if self._reviews is None:
                self._reviews = self.registry.reviews.all()
            return self._reviews

    def permission(self, asset: str, account_id: str, at: datetime, zone: tzinfo, named: str) -> GrantAnswer:
        """What was in force at ``at``, as :meth:`registry.Registry.permission` answers it for the account ``named``.

        As of the last reading of labels or reviews: a page asks this for each of its rows.
        """
        with self._lock:
            if self._grants is None:
                self._grants = self.registry.grants()
            mine = [g for g in self._grants if g.asset == asset and g.account_id in (None, account_id)]
        return grants.judge(mine, at, named, zone)

    def _follow(self) -> None:
        """Drop what newer events are about."""
        if self._newest is None:  # nothing is kept yet
            self._newest = self.registry.newest_event()
            return
        events = self.registry.events_after(self._newest - OVERLAP)
        new = [event for event in events if event.seq not in self._known]
        self._known = {event.seq for event in events}
        self._newest = max([self._newest, *self._known])
        self._drop(new)

    def _drop(self, events: Sequence[Event]) -> None:
        kinds = {event.action.partition(".")[0] for event in events}
        reviewed = {event.subject for event in events if event.action.startswith("review.")}
        if kinds & {"account", "roster", "mark", "photograph", "lookalike"}:
            self._accounts = self._labels = None
        if "grant" in kinds:
            self._grants = None
        if reviewed and self._reviews is not None:
            self._read_again(self._reviews, reviewed)

    def _read_again(self, reviews: dict[str, Review], changed: set[str]) -> None:
        if len(changed) > MANY:
            self._reviews = None
            return
        found = {observation_id: self.registry.reviews.get(observation_id) for observation_id in changed}
        self._reviews = {**reviews, **{key: review for key, review in found.items() if review is not None}}
