"""What the office's pages are read from in one request, and what is kept between requests."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from starlette.exceptions import HTTPException

from console.reading.desk import desk
from console.reading.office import Office
from console.reading.queue import Filters, Standing, Standings
from console.routes.communications.room import HOME
from console.visit import Visit
from detectors.darkroom import Darkroom
from reports.labels import Labels


@dataclass
class Kept:
    """What one console keeps: decisions, developed pictures, and by login the observations last moved."""

    office: Office
    darkroom: Darkroom = field(default_factory=Darkroom)
    last: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """Everything observed, where it stands, and the names of things, as of this request."""

    standings: Standings
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
    return Work(Standings(visit.console.archive.once("desk", desk), office.reviews()), office.labels())


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
