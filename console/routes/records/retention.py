"""The district's retention table, and the dispositions that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.responses import Response

from console.gate import Here
from console.pages import go, render
from console.reading.people import names
from console.routes.records.room import APPROVERS, HOME, OFFICERS, room
from console.texts import N_, _
from console.visit import Visit
from records.errors import BadInput
from records.retention import RetentionRule, Series, Trigger
from registry import dispositions

SERIES = {
    Series.POSTS: N_("Posts"),
    Series.COMMENTS: N_("Comments"),
    Series.PROFILES: N_("Profiles"),
    Series.RELATIONSHIPS: N_("Followed accounts and followers"),
    Series.OBSERVATIONS: N_("Observations"),
    Series.COVERAGE: N_("Notes on what was checked"),
}
TRIGGERS = {Trigger.CREATED: N_("when it was written"), Trigger.CAPTURED: N_("when it was archived")}
STATES = {
    dispositions.PROPOSED: (N_("Waits for the state's permission"), "wait"),
    dispositions.PERMITTED: (N_("Waits for approval"), "wait"),
    dispositions.APPROVED: (N_("Approved, to be carried out"), "wait"),
    dispositions.RUNNING: (N_("Being carried out"), "alert"),
    dispositions.DONE: (N_("Carried out"), "good"),
    dispositions.WITHDRAWN: (N_("Withdrawn"), "plain"),
}
FIELDS = ("series", "months", "trigger", "citation", "approved_by")
JOB = "propose"


@room.page(f"{HOME}/retention", APPROVERS)
def retention(visit: Here) -> Response:
    """How long what is kept, what was proposed, and forms for both."""
    return _page(visit)


@room.action(f"{HOME}/retention", OFFICERS)
def set_rule(visit: Here) -> Response:
    """Set how long a series is kept. Nothing goes by this alone."""
    try:
        visit.console.registry.retention.set_rule(_rule(visit), visit.me.login, visit.now)
    except BadInput as error:
        return _page(visit, error)
    return go(visit, f"{HOME}/retention", _("The period is set. Nothing goes by this alone."))


@room.action(f"{HOME}/retention/{{series}}/end", OFFICERS)
def end_rule(visit: Here, series: str) -> Response:
    """Take a rule out of force: the series is kept for good again."""
    if series not in set(Series):
        raise BadInput(_("There is no such series"), _("See the retention table"))
    visit.console.registry.retention.end_rule(Series(series), visit.me.login, visit.now, visit.text("why"))
    return go(visit, f"{HOME}/retention", _("It is kept for good again."))


@room.action(f"{HOME}/retention/propose", OFFICERS)
def propose(visit: Here) -> Response:
    """Begin to work out what may go, and propose it."""
    why, by, work = visit.text("why"), visit.me.login, visit.console.records_work.propose
    visit.console.jobs.start(JOB, lambda: work(why, by), by, visit.now)
    return go(visit, f"{HOME}/retention#propose", _("What may go is being worked out."))


def _rule(visit: Visit) -> RetentionRule:
    series, trigger = visit.text("series"), visit.text("trigger")
    if series not in set(Series) or trigger not in set(Trigger):
        raise BadInput(_("The series or what it is counted from is missing"), _("Choose both"))
    return RetentionRule(
        Series(series), visit.number("months"), Trigger(trigger), visit.text("citation"), visit.text("approved_by")
    )


def _spoken(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [(str(value), _(text)) for value, text in words.items()]


def _page(visit: Visit, error: BadInput | None = None) -> Response:
    registry = visit.console.registry
    rules = {rule.series: rule for rule in registry.retention.rules()}
    return render(
        visit,
        "records/retention.html",
        422 if error else 200,
        series=SERIES,
        triggers=TRIGGERS,
        choices={"series": _spoken(SERIES), "triggers": _spoken(TRIGGERS)},
        rules=rules,
        states=STATES,
        dispositions=list(reversed(registry.dispositions.all())),
        standing=len(registry.holds.standing()),
        job=visit.console.jobs.of(JOB),
        typed={name: visit.text(name) for name in FIELDS},
        error=error,
        name_of=names(registry),
        may=visit.may(OFFICERS, "POST"),
    )
