"""What a district must have done before anything real is collected (new monitoring needs notice)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.errors import BadInput, Conflict
from registry.models import GoLiveStep
from registry.outbox import Decided, note
from registry.texts import needed
from registry.values import GoLiveItem

ITEMS = {
    "union-notice": "The unions have been given notice of the monitoring",
    "committee-vote": "The School Committee has voted for it",
    "public-notice": "The text of the public notice is decided",
    "procedures": "The version of the administrative procedures that staff were given is named",
}
"""The checklist, in the order in which a district goes through it."""


def every(session: Session) -> list[GoLiveItem]:
    """The whole checklist with what is done of it."""
    done = {step.item: step for step in session.scalars(select(GoLiveStep))}
    return [_value(item, done.get(item)) for item in ITEMS]


def missing(session: Session) -> list[str]:
    """The items that are not done; empty means that real collection may begin."""
    return [step.item for step in every(session) if step.done_at is None]


def correct(session: Session, item: str, shown: str, reference: str, decided: Decided) -> GoLiveItem:
    """Let an item that is done be read elsewhere than ``shown``; when it was done, and by whom, stays.

    Raises
    ------
    BadInput : for an item that is not done, or without a reference or a reason.
    Conflict : somebody corrected it meanwhile.
    """
    step = session.get(GoLiveStep, item)
    if step is None:
        raise BadInput(f"'{item}' is not done yet", "Record that it is done")
    reference = needed(reference, f"'{item}' has no reference", "Say where it can be read: a date, a minute, a version")
    needed(decided.why, "The correction needs its reason", "Say what was wrong")
    if step.reference != shown:
        raise Conflict(f"The reference of '{item}' was corrected meanwhile", "Look at it as it is now")
    step.reference = reference
    note(session, decided, "golive.corrected", item, former=shown, reference=reference)
    return _value(item, step)


def done(session: Session, item: str, decided: Decided) -> GoLiveItem:
    """Record that an item is done; the reason says where that can be read.

    Raises
    ------
    BadInput : for an unknown item, one that is done already, or without a reference.
    """
    if item not in ITEMS:
        raise BadInput(f"'{item}' is not on the go-live checklist", f"Use one of {', '.join(ITEMS)}")
    if not decided.why.strip():
        raise BadInput(f"'{item}' has no reference", "Say where it can be read: a date, a minute, a version")
    step = session.get(GoLiveStep, item)
    if step is not None:
        raise BadInput(f"'{item}' was done on {step.done_at:%Y-%m-%d}: {step.reference}", "There is nothing to do")
    step = GoLiveStep(item=item, done_at=decided.at, done_by=decided.by, reference=decided.why.strip())
    session.add(step)
    note(session, decided, "golive.done", item)
    return _value(item, step)


def _value(item: str, step: GoLiveStep | None) -> GoLiveItem:
    if step is None:
        return GoLiveItem(item, ITEMS[item])
    return GoLiveItem(item, ITEMS[item], step.done_at, step.done_by, step.reference)
