"""What the office's pages are read from in one request, and what is kept between requests."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from starlette.exceptions import HTTPException

from console.reading.desk import desk
from console.reading.office import Office
from console.reading.queue import Entry, Filters, Standing, Standings, entries
from console.reading.register import Board
from console.routes.communications.room import HOME
from console.visit import Visit
from detectors.darkroom import Darkroom
from registry.review_values import Review
from reports.labels import Labels
from reports.model import TrendWeek

LISTS = 16
"""Narrowed lists that are kept."""


@dataclass
class Kept:
    """What one console keeps.

    Attributes
    ----------
    last : by login, the observations that were last moved, as far as somebody has asked.
    lists : narrowed lists, with what they were made from.
    board : the register of accounts, as it stood in the last minute that was asked for.
    weeks : by last week, when the weeks up to it were counted, and what was counted; no words of any language.
    """

    office: Office
    darkroom: Darkroom = field(default_factory=Darkroom)
    last: dict[str, tuple[str, ...]] = field(default_factory=dict)
    weeks: dict[str, tuple[datetime, tuple[TrendWeek, ...]]] = field(default_factory=dict)
    board: Board | None = None
    lists: dict[tuple[Filters, int, int, int], tuple[Work, list[Entry]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """Everything observed, where it stands, and the names of things, as of this request."""

    standings: Standings
    reviews: Mapping[str, Review]
    labels: Labels

    def standing(self, observation_id: str) -> Standing:
        """One observation; 404 where the copy has none of that id."""
        found = self.standings.by_id(observation_id)
        if found is None:
            raise HTTPException(404)
        return found


_making = threading.Lock()


def kept(visit: Visit) -> Kept:
    """What this console keeps between requests."""
    state = visit.request.app.state
    with _making:
        if not hasattr(state, "communications"):
            state.communications = Kept(Office(visit.console.registry, visit.console.folder / "references"))
    found: Kept = state.communications
    return found


def work(visit: Visit) -> Work:
    """What the pages are read from; BadInput before anything is published."""
    office = kept(visit).office
    reviews = office.reviews()
    return Work(Standings(visit.console.archive.once("desk", desk), reviews), reviews, office.labels())


def last_moved(visit: Visit) -> tuple[str, ...]:
    """What who asks moved last and may take back; the registry knows it still after a restart."""
    last, me = kept(visit).last, visit.me.login
    if me not in last:
        last[me] = tuple(visit.console.registry.reviews.last_moved(me))
    return last[me]


def listed(visit: Visit, here: Work, narrowed: Filters) -> list[Entry]:
    """The list as it is narrowed, made once until a copy, a decision or a name changes it.

    The ids of objects name them as long as they live, and the list keeps them alive with it.
    """
    if narrowed.age:  # what is old enough changes with every moment
        return entries(here.standings, narrowed, here.labels, visit.now)
    lists = kept(visit).lists
    key = (narrowed, id(here.standings.desk), id(here.reviews), id(here.labels))
    if (known := lists.get(key)) is not None:
        return known[1]
    found = entries(here.standings, narrowed, here.labels, visit.now)
    for former in list(lists)[: 1 - LISTS]:
        lists.pop(former, None)
    lists[key] = (here, found)
    return found


def filters(visit: Visit) -> Filters:
    """The filters in the page's address."""
    return Filters.read(visit.query)


def queue_path(narrowed: Filters, page: int = 1) -> str:
    """The address of the queue as it is narrowed."""
    return _with(HOME, narrowed.parameters() | ({"page": str(page)} if page > 1 else {}))


def observation_path(observation_id: str, narrowed: Filters) -> str:
    """The address of an observation within the queue as it is narrowed."""
    return _with(f"{HOME}/observations/{observation_id}", narrowed.parameters())


def _with(path: str, parameters: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(parameters)}" if parameters else path
