"""What a reviewer confirmed about my accounts: what was seen, what was decided, and my word on it."""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.gate import Here
from console.pages import go, render
from console.reading.desk import Seen, desk
from console.reading.people import names
from console.routes.communications import words
from console.routes.communications.work import kept
from console.routes.staff.room import HOME, STAFF, my_accounts, my_reviews, room
from console.texts import _
from console.visit import Visit
from detectors.images import Undecodable
from records.errors import BadInput, Refused
from registry.review_values import CONFIRMED, STATES, Review
from warehouse.landing import Landing


@room.page(f"{HOME}/observations/{{observation_id}}", STAFF)
def observation(visit: Here, observation_id: str) -> Response:
    """One of them."""
    return _page(visit, _mine(visit, observation_id))


@room.page(f"{HOME}/observations/{{observation_id}}/picture.jpg", STAFF)
def picture(visit: Here, observation_id: str) -> Response:
    """The picture that it is about, with the detector's box."""
    seen = _seen(visit, _mine(visit, observation_id))
    if seen is None or seen.media_sha256 is None:
        raise HTTPException(404)
    path = Landing(visit.console.folder).media_path(seen.media_sha256)
    try:
        content = kept(visit).darkroom.shown(path, 900, seen.box)
    except Undecodable:
        raise HTTPException(404) from None
    return Response(content, media_type="image/jpeg", headers={"cache-control": "private, max-age=3600"})


@room.action(f"{HOME}/observations/{{observation_id}}/reply", STAFF)
def reply(visit: Here, observation_id: str) -> Response:
    """Say something to it."""
    return _answer(visit, observation_id, "reply", _("Your reply stands with the observation."))


@room.action(f"{HOME}/observations/{{observation_id}}/appeal", STAFF)
def appeal(visit: Here, observation_id: str) -> Response:
    """Ask somebody else than the reviewer to look again."""
    return _answer(
        visit, observation_id, "appeal", _("Your appeal waits for somebody who took no part in the decision.")
    )


def _answer(visit: Visit, observation_id: str, kind: str, said: str) -> Response:
    mine = _mine(visit, observation_id)
    write = getattr(visit.console.registry.reviews, kind)
    try:
        write(observation_id, visit.me.person_id, visit.me.login, visit.now, visit.text(kind))
    except (BadInput, Refused) as error:
        return _page(visit, mine, 403 if isinstance(error, Refused) else 422, error, {kind: visit.text(kind)})
    return go(visit, f"{HOME}/observations/{observation_id}", said)


def _page(
    visit: Visit, mine: Review, status: int = 200, error: Any = None, typed: dict[str, str] | None = None
) -> Response:
    registry, seen = visit.console.registry, _seen(visit, mine)
    messages = registry.reviews.messages(mine.observation_id)
    labels = kept(visit).office.labels()
    return render(
        visit,
        "staff/observation.html",
        status,
        review=mine,
        seen=seen,
        title=words.title(seen, labels) if seen else words.rule(mine.rule),
        account=labels.account(mine.account_id),
        answer=_permission(visit, seen),
        messages=messages,
        appealed=any(message.kind == "appeal" for message in messages),
        waits=mine.observation_id in registry.reviews.open_appeals(),
        open=mine.state in CONFIRMED,
        states=STATES,
        words=words,
        name_of=names(registry),
        error=error,
        typed=typed or {},
    )


def _permission(visit: Visit, seen: Seen | None) -> Any:
    """What the registry says now about the moment of the post; None where a permission is not what it is about."""
    if seen is None or seen.media_sha256 is None:
        return None
    at, zone = seen.posted_at or seen.observed_at, visit.console.zone
    return visit.console.registry.permission(seen.subject, seen.account_id, at, zone)


def _mine(visit: Visit, observation_id: str) -> Review:
    """A confirmed observation of mine; 404 for every other one, so that nothing is said of those."""
    for review in my_reviews(visit, my_accounts(visit)):
        if review.observation_id == observation_id:
            return review
    raise HTTPException(404)


def _seen(visit: Visit, mine: Review) -> Seen | None:
    if not visit.console.archive.there:
        return None
    return visit.console.archive.once("desk", desk).by_id.get(mine.observation_id)
