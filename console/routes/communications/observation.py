"""One observation: what was seen, the record around it, what the registry says, and what a person makes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.gate import Here
from console.pages import go, render
from console.reading.evidence import Behind, behind
from console.reading.people import names as names_known
from console.reading.queue import Filters, Standing, beside
from console.routes.communications import words
from console.routes.communications.people import names_of, open_names
from console.routes.communications.room import HOME, REVIEWERS, room
from console.routes.communications.work import (
    Work,
    filters,
    kept,
    last_moved,
    listed,
    observation_path,
    queue_path,
    work,
)
from console.texts import _
from console.visit import Visit
from registry.looks import OBSERVATION
from registry.review_values import CONFIRMED, DISMISSED, NEXT
from registry.values import GrantAnswer, RegisteredAccount
from reports.words import MATCHED


@room.page(f"{HOME}/observations/{{observation_id}}", REVIEWERS)
def observation(visit: Here, observation_id: str) -> Response:
    """Everything that a person needs to decide on one observation. That it was opened is noted."""
    here, narrowed = work(visit), filters(visit)
    standing = here.standing(observation_id)
    with visit.console.archive.cursor() as published:
        found = behind(published, observation_id)
    if found is None:
        raise HTTPException(404)
    looked = visit.console.registry.looks.of(OBSERVATION, observation_id)
    account_id = standing.seen.account_id
    visit.console.registry.looks.look(visit.me.login, visit.now, OBSERVATION, observation_id, account_id)
    return render(
        visit,
        "communications/observation.html",
        seen=standing.seen,
        standing=standing,
        behind=found,
        looked=looked,
        labels=here.labels,
        name_of=names_known(visit.console.registry),
        account=here.labels.account(account_id),
        title=words.title(standing.seen, here.labels),
        words=words,
        sureness=_sureness(found),
        last=last_moved(visit),
        owner=_owner(visit, account_id),
        **_decided(visit, here, standing),
        **_permission(visit, standing),
        **_place(visit, here, standing, narrowed),
        **names_of(visit, found.thread, here.labels),
    )


@room.action(f"{HOME}/observations/{{observation_id}}/names", REVIEWERS)
def names(visit: Here, observation_id: str) -> Response:
    """Show who commented, for a reason that is noted."""
    standing = work(visit).standing(observation_id)
    open_names(visit, standing.seen.record_id or observation_id, standing.seen.account_id)
    return go(visit, f"{observation_path(observation_id, filters(visit))}#thread")


def _owner(visit: Visit, account_id: str) -> RegisteredAccount | None:
    """The account with who answers for it."""
    return next((each for each in kept(visit).office.accounts() if each.account.account_id == account_id), None)


def _decided(visit: Visit, here: Work, standing: Standing) -> dict[str, Any]:
    """What people made of it so far, and where it can go from here."""
    reviews, observation_id = visit.console.registry.reviews, standing.seen.observation_id
    alike = [each for each in here.standings.alike(standing.seen.key) if each.seen.observation_id != observation_id]
    messages = reviews.messages(observation_id)
    return {
        "history": reviews.history(observation_id) if standing.review else [],
        "messages": messages,
        "appeal_waits": bool(messages) and messages[-1].kind == "appeal",
        "confirmed": standing.state in CONFIRMED,
        "next_states": [state for state in words.MOVES if state in NEXT[standing.state] and not standing.silenced],
        "alike": alike,
        "alike_open": [each for each in alike if each.waiting],
        "dismissed": standing.state == DISMISSED,
    }


def _permission(visit: Visit, standing: Standing) -> dict[str, Any]:
    """What the registry answers: for the moment of the post, and for now. Both are asked live."""
    if standing.seen.media_sha256 is None:
        return {"at_posting": None, "today": None}
    return {
        "at_posting": _answer(visit, standing, standing.seen.posted_at or standing.seen.observed_at),
        "today": _answer(visit, standing, visit.now),
    }


def _answer(visit: Visit, standing: Standing, at: datetime) -> GrantAnswer:
    seen = standing.seen
    return visit.console.registry.permission(seen.subject, seen.account_id, at, visit.console.zone)


def _place(visit: Visit, here: Work, standing: Standing, narrowed: Filters) -> dict[str, Any]:
    """Where the observation stands in the queue as it is narrowed, and what is before and after it."""
    found = listed(visit, here, narrowed)
    before, after, place = beside(found, standing.seen.key)
    return {
        "before": observation_path(before, narrowed) if before else None,
        "after": observation_path(after, narrowed) if after else None,
        "place": place,
        "waiting": len(found),
        "back": queue_path(narrowed, (place - 1) // 25 + 1 if place else 1),
        "query": visit.request.url.query,
        "path": lambda observation_id: observation_path(observation_id, narrowed),
    }


def _sureness(found: Behind) -> str:
    return _(MATCHED) if found.observation.record_id is None else words.sureness(found.observation.confidence)
