"""The queue, to be emptied: one entry for the same evidence."""

from __future__ import annotations

from typing import Any

from fastapi.responses import Response

from console.gate import Here
from console.pages import render
from console.reading.desk import Seen
from console.reading.queue import AGES, ANY, OPEN, ORDERS, STATES, Entry, page
from console.routes.communications import words
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
from registry.review_values import CONTACTED, IN_REVIEW, NEW, NEXT, REFERRED


@room.page(HOME, REVIEWERS)
def queue(visit: Here) -> Response:
    """What waits for a person, filtered, a page at a time."""
    if not visit.console.archive.there:
        return render(visit, "communications/nothing.html")
    here, narrowed = work(visit), filters(visit)
    found = listed(visit, here, narrowed)
    shown = page(found, _number(visit.query.get("page", "1")))
    return render(
        visit,
        "communications/queue.html",
        page=shown,
        filters=narrowed,
        choices=_choices(here),
        steps=_steps(narrowed.state),
        keys=[(words.KEYS[state], _(words.MOVES[state]).lower()) for state in _steps(narrowed.state)],
        rows=[_row(visit, here, entry) for entry in shown.shown],
        words=words,
        appeals=_appeals(visit, here),
        followed=here.standings.counted(CONTACTED, REFERRED),
        path=lambda observation_id: observation_path(observation_id, narrowed),
        at=lambda number: queue_path(narrowed, number),
        last=last_moved(visit),
    )


def _steps(state: str) -> list[str]:
    """The steps that something in a list of this state may take."""
    states = [NEW, IN_REVIEW] if state == OPEN else list(NEXT) if state == ANY else [state]
    return [step for step in words.MOVES if any(step in NEXT.get(each, ()) for each in states) and step != state]


def _row(visit: Visit, here: Work, entry: Entry) -> dict[str, Any]:
    """What an entry shows: its first observation, whose it is, and what the registry would say today."""
    seen = entry.first.seen
    accounts = {each.seen.account_id for each in entry.members}
    return {
        "entry": entry,
        "seen": seen,
        "account": here.labels.account(seen.account_id),
        "more_accounts": len(accounts) - 1,
        "title": words.title(seen, here.labels),
        "items": " ".join(f"{each.seen.observation_id}:{each.version}" for each in entry.members),
        "permitted_since": _permitted_since(visit, seen),
    }


def _permitted_since(visit: Visit, seen: Seen) -> bool:
    """Whether a permission for the time of the post has come on record since the registry was last asked."""
    if seen.media_sha256 is None or seen.settled:
        return False
    at = seen.posted_at or seen.observed_at
    answer = kept(visit).office.permission(seen.subject, seen.account_id, at, visit.console.zone, seen.account_id)
    return answer.outcome == "permitted"


def _appeals(visit: Visit, here: Work) -> list[tuple[Seen, str]]:
    """The appeals that nobody has answered, with what each is about."""
    waiting = visit.console.registry.reviews.open_appeals()
    found = [here.standings.by_id(observation_id) for observation_id in waiting]
    return [(each.seen, words.title(each.seen, here.labels)) for each in found if each]


def _choices(here: Work) -> dict[str, list[tuple[str, str]]]:
    """What there is to narrow by, with its words."""
    seen = here.standings.desk.seen
    schools = {here.labels.account(account_id).school for account_id in {each.account_id for each in seen}}
    outcomes = {each.outcome or "unjudged" for each in seen}
    return {
        "state": [(state, _(words.STATES[state])) for state in STATES],
        "clause": [(clause, words.clause(clause)) for clause in sorted({each.clause for each in seen})],
        "rule": [(rule, words.rule(rule)) for rule in sorted({each.rule for each in seen})],
        "school": [(school, school) for school in sorted(schools) if school],
        "outcome": [(outcome, _(words.OUTCOMES.get(outcome, outcome))) for outcome in sorted(outcomes)],
        "age": [(age, _(words)) for age, words in AGES.items()],
        "strength": [("strong", _("Strong")), ("review", _("To be doubted more than usual"))],
        "order": [(order, _(words)) for order, words in ORDERS.items()],
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
