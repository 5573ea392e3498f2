"""What a person decides about observations: each step by a form, several at once after a look at all of them."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi.responses import Response

from console.gate import Here
from console.pages import go, render
from console.reading.people import names
from console.reading.queue import Standing
from console.routes.communications import words
from console.routes.communications.lookalikes import teach
from console.routes.communications.room import HOME, REVIEWERS, room
from console.routes.communications.work import filters, kept, observation_path, queue_path, work
from console.texts import _
from console.visit import Visit, local_path
from records.errors import BadInput, Conflict
from registry.review_values import DISMISSED, NEXT, Change

MOST = 500
"""Observations that may be moved at once: more than a person can have looked at."""

Items = dict[str, int]
"""By observation id, the version of its review that the form was made from."""


@room.action(f"{HOME}/preview", REVIEWERS)
def preview(visit: Here) -> Response:
    """Show everything that a step is about to change. Nothing is changed yet."""
    here = work(visit)
    chosen = [here.standing(observation_id) for observation_id in _items(visit)]
    possible = [state for state in words.MOVES if all(state in NEXT[each.state] for each in chosen)]
    wanted = visit.text("to")
    return render(
        visit,
        "communications/preview.html",
        chosen=chosen,
        labels=here.labels,
        to=wanted if wanted in possible else "",
        wanted=wanted,
        possible=possible,
        steps=[(state, _(words.MOVES[state])) for state in possible],
        reasons=words.reasons_for({each.seen.rule for each in chosen}),
        words=words,
        query=visit.request.url.query,
        back=queue_path(filters(visit)),
        path=lambda observation_id: observation_path(observation_id, filters(visit)),
    )


@room.action(f"{HOME}/move", REVIEWERS)
def move(visit: Here) -> Response:
    """Take a step for these observations, all of them or none, and go on to what waits next."""
    here, to_state, items = work(visit), visit.text("to"), _items(visit)
    reason = visit.text("reason") if to_state == DISMISSED else ""
    standings = [here.standing(observation_id) for observation_id in items]
    changes = [_change(each, items[each.seen.observation_id]) for each in standings]
    me, now = visit.me.login, visit.now
    try:
        visit.console.registry.reviews.move(changes, to_state, me, now, reason=reason, note=visit.text("note"))
    except Conflict:
        return _conflict(visit, items)
    taught = teach(visit, here, standings) if visit.text("teach") and reason == "not_ours" else ""
    kept(visit).last[me] = tuple(items)
    return go(visit, _onwards(visit), f"{words.done(to_state, reason, len(items))} {taught}".strip())


@room.action(f"{HOME}/undo", REVIEWERS)
def undo(visit: Here) -> Response:
    """Take back the last step of the observations that the form names: my own only."""
    items = list(_items(visit))
    visit.console.registry.reviews.undo(items, visit.me.login, visit.now)
    kept(visit).last[visit.me.login] = ()
    narrowed = filters(visit)
    path = observation_path(items[0], narrowed) if len(items) == 1 else queue_path(narrowed)
    return go(visit, path, _("Taken back: %(observations)s.", observations=words.counted(len(items))))


@room.action(f"{HOME}/observations/{{observation_id}}/answer", REVIEWERS)
def answer(visit: Here, observation_id: str) -> Response:
    """Answer an appeal; who took part in the decision cannot."""
    work(visit).standing(observation_id)
    upheld = visit.text("reason") if visit.text("verdict") == "upheld" else ""
    reviews = visit.console.registry.reviews
    reviews.answer_appeal(observation_id, visit.me.login, visit.now, visit.text("answer"), dismiss_as=upheld)
    said = _("The appeal is upheld, and the observation dismissed.") if upheld else _("The appeal is answered.")
    return go(visit, observation_path(observation_id, filters(visit)), said)


def _items(visit: Visit) -> Items:
    """The observations that a form names: ``id:version``, several in one field with spaces between.

    Raises
    ------
    BadInput : none, too many, or what is no such list.
    """
    items: Items = {}
    for text in (part for field in visit.texts("item") for part in field.split()):
        observation_id, _colon, version = text.partition(":")
        if version and not (version.isascii() and version.isdigit() and len(version) < 9):
            raise BadInput(_("The form names what is no observation"), _("Open the page again and send its form"))
        items[observation_id] = int(version or 0)
    if not items:
        raise BadInput(_("No observation is chosen"), _("Go back and choose at least one"))
    if len(items) > MOST:
        what = _("More than %(most)s observations are chosen", most=MOST)
        raise BadInput(what, _("Choose those that you have looked at"))
    return items


def _change(standing: Standing, version: int) -> Change:
    """The observation as the form showed it."""
    now = standing.change()
    return Change(now.observation_id, now.rule, now.account_id, now.subject, now.group, version)


def _conflict(visit: Visit, items: Items) -> Response:
    """Both sides of a step that somebody else has overtaken, and the choice between them."""
    here = work(visit)
    standings = [here.standing(observation_id) for observation_id in items]
    theirs = [each for each in standings if each.version != items[each.seen.observation_id]]
    to_state = visit.text("to")
    return render(
        visit,
        "communications/conflict.html",
        409,
        theirs=theirs,
        untouched=[each for each in standings if each not in theirs],
        standings=standings,
        possible=_all_may(standings, to_state),
        to=to_state,
        reason=visit.text("reason"),
        reason_words=words.reason(visit.text("reason")),
        note=visit.text("note"),
        teach=visit.text("teach"),
        onwards=_onwards(visit),
        labels=here.labels,
        name_of=names(visit.console.registry),
        words=words,
        query=visit.request.url.query,
        path=lambda observation_id: observation_path(observation_id, filters(visit)),
    )


def _all_may(standings: Sequence[Standing], to_state: str) -> bool:
    return all(to_state in NEXT[each.state] for each in standings)


def _onwards(visit: Visit) -> str:
    """The page that the form names for afterwards, the queue where it names none."""
    return local_path(visit.text("onwards"), queue_path(filters(visit)))
