"""The queue: observations of the same evidence as one entry, filtered, in pages, each with where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Self

from console.reading.desk import Desk, Key, Seen
from console.texts import N_
from records.canonical import digest
from registry.review_values import CLOSED, CONTACTED, DISMISSALS, DISMISSED, IN_REVIEW, NEW, REFERRED, Change, Review
from reports.labels import Labels

PAGE = 25
"""Entries on a page."""

OPEN, ANY = "open", "any"
OPEN_STATES = frozenset({NEW, IN_REVIEW})
STATES = (OPEN, NEW, IN_REVIEW, CONTACTED, REFERRED, DISMISSED, CLOSED, ANY)
AGES = {
    "new": N_("Seen in the last 7 days"),
    "week": N_("Waiting for over a week"),
    "month": N_("Waiting for over 30 days"),
}
ORDERS = {"sure": N_("The surest first"), "oldest": N_("Waiting longest first"), "newest": N_("Newest first")}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the queue is narrowed to; empty means everything. Values that are no choice find nothing.

    ``account`` is a part of a handle; ``state`` is a state, ``open`` or ``any``; ``strength`` is ``strong``
    or ``review``.
    """

    state: str = OPEN
    clause: str = ""
    rule: str = ""
    account: str = ""
    school: str = ""
    outcome: str = ""
    age: str = ""
    strength: str = ""
    order: str = "sure"

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Self:
        """The filters in a page's address or form; what is not given has its default."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: values[name].strip() for name in names if values.get(name, "").strip()})

    def parameters(self) -> dict[str, str]:
        """What differs from the defaults, for an address."""
        default = Filters()
        return {f.name: v for f in fields(self) if (v := getattr(self, f.name)) != getattr(default, f.name)}

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order differs from the plain queue."""
        return replace(self, order="sure") != Filters()


@dataclass(frozen=True, slots=True)
class Standing:
    """An observation and where it stands. ``silenced`` is the dismissal of the same evidence that stands for it."""

    seen: Seen
    review: Review | None
    silenced: Review | None = None

    @property
    def state(self) -> str:
        if self.review is not None:
            return self.review.state
        return DISMISSED if self.silenced else NEW

    @property
    def waiting(self) -> bool:
        """Whether it waits for a person: untouched or begun, and not settled by the registry."""
        return self.state in OPEN_STATES and not self.seen.settled

    @property
    def version(self) -> int:
        return self.review.version if self.review else 0

    def change(self) -> Change:
        """This observation as its reviewer sees it now."""
        seen = self.seen
        return Change(seen.observation_id, seen.rule, seen.account_id, seen.subject, group_name(seen.key), self.version)


@dataclass(frozen=True, slots=True)
class Entry:
    """Observations of the same evidence that the filters let through, the first one first."""

    members: tuple[Standing, ...]

    @property
    def first(self) -> Standing:
        return self.members[0]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the queue. ``entries`` and ``observations`` are counted over all pages."""

    shown: tuple[Entry, ...]
    number: int
    pages: int
    entries: int
    observations: int


class Standings:
    """Where everything on a desk stands, by what was decided about it."""

    def __init__(self, desk: Desk, reviews: Mapping[str, Review]) -> None:
        self.desk, self._reviews = desk, reviews
        self._silenced = dict(_silenced(desk, reviews.values()))

    def of(self, seen: Seen) -> Standing:
        review = self._reviews.get(seen.observation_id)
        return Standing(seen, review, None if review else self._silenced.get(seen.key))

    def by_id(self, observation_id: str) -> Standing | None:
        """One observation; None where the copy has none of that id."""
        seen = self.desk.by_id.get(observation_id)
        return self.of(seen) if seen else None

    def alike(self, key: Key) -> tuple[Standing, ...]:
        """Every observation of the same evidence."""
        return tuple(map(self.of, self.desk.by_key.get(key, ())))

    def counted(self, *states: str) -> int:
        """How many were moved to one of these states."""
        return sum(review.state in states for review in self._reviews.values())


def entries(standings: Standings, filters: Filters, labels: Labels, now: datetime) -> list[Entry]:
    """What the filters let through as entries, in their order."""
    tests, in_state = list(_tests(filters, labels, now)), _in_state(filters.state)
    fitting = [seen for seen in standings.desk.seen if all(test(seen) for test in tests)]
    if filters.order in ("oldest", "newest"):
        fitting.sort(key=lambda seen: seen.observed_at, reverse=filters.order == "newest")
    found: dict[Key, list[Standing]] = {}
    for seen in fitting:
        if in_state(standing := standings.of(seen)):
            found.setdefault(seen.key, []).append(standing)
    return [Entry(tuple(members)) for members in found.values()]


def page(found: Sequence[Entry], number: int) -> Page:
    """The page ``number`` from 1 on; the last one where there are fewer."""
    pages = max(1, -(-len(found) // PAGE))
    number = min(max(number, 1), pages)
    shown = found[(number - 1) * PAGE : number * PAGE]
    return Page(tuple(shown), number, pages, len(found), sum(len(entry.members) for entry in found))


def beside(found: Sequence[Entry], key: Key) -> tuple[str | None, str | None, int | None]:
    """The first observations of the entries before and after that of ``key``, and its place from 1 on.

    Where the entry is no longer among them, the first one comes next.
    """
    place = next((n for n, entry in enumerate(found) if entry.first.seen.key == key), None)
    if place is None:
        return None, _id(found, 0), None
    return _id(found, place - 1), _id(found, place + 1), place + 1


def group_name(key: Key) -> str:
    """The same evidence as one word, for the registry."""
    rule, media, subject = key
    return digest({"rule": rule, "media": media, "subject": subject})


def _id(found: Sequence[Entry], place: int) -> str | None:
    return found[place].first.seen.observation_id if 0 <= place < len(found) else None


def _silenced(desk: Desk, reviews: Iterable[Review]) -> Iterator[tuple[Key, Review]]:
    """A dismissal that says the detector was wrong about this evidence is true wherever it turns up again."""
    for review in reviews:
        seen = desk.by_id.get(review.observation_id)
        if seen and review.state == DISMISSED and DISMISSALS[review.reason].error:
            yield seen.key, review


def _tests(filters: Filters, labels: Labels, now: datetime) -> Iterator[Callable[[Seen], bool]]:
    """What can be asked of an observation alone, whoever has decided what about it."""
    if filters.state == OPEN or filters.state in OPEN_STATES:
        yield lambda seen: not seen.settled
    if filters.clause:
        yield lambda seen: seen.clause == filters.clause
    if filters.rule:
        yield lambda seen: seen.rule == filters.rule
    if filters.outcome:
        yield lambda seen: (seen.outcome or "unjudged") == filters.outcome
    if filters.strength:
        yield lambda seen: ("strong" if seen.strong else "review") == filters.strength
    if filters.age:
        yield _of_age(filters.age, now)
    if filters.school:
        yield lambda seen: labels.account(seen.account_id).school == filters.school
    if filters.account:
        part = filters.account.lstrip("@").lower()
        yield lambda seen: part in labels.account(seen.account_id).handle.lower()


def _in_state(state: str) -> Callable[[Standing], bool]:
    if state == ANY:
        return lambda _: True
    if state == OPEN:
        return lambda each: each.waiting
    if state in OPEN_STATES:
        return lambda each: each.waiting and each.state == state
    return lambda each: each.state == state


def _of_age(age: str, now: datetime) -> Callable[[Seen], bool]:
    if age == "new":
        return lambda seen: seen.observed_at > now - timedelta(days=7)
    days = {"week": 7, "month": 30}.get(age)
    return lambda seen: days is not None and seen.observed_at <= now - timedelta(days=days)
