"""The organisations outside the roster that count as part of the community (policy clause 4.2)."""

from __future__ import annotations

from fastapi.responses import Response

from console.gate import Here
from console.pages import render
from console.reading.people import names
from console.routes.superintendent.room import HOME, SUPERINTENDENT, decided, room
from console.texts import _
from console.visit import Visit
from records.errors import BadInput
from records.model import Platform
from reports.words import PLATFORMS

FIELDS = ("title", "platform", "handle", "platform_id", "why")


@room.page(f"{HOME}/organisations", SUPERINTENDENT)
def organisations(visit: Here) -> Response:
    """The list, and a form for one more."""
    return _page(visit, dict.fromkeys(FIELDS, ""))


@room.action(f"{HOME}/organisations", SUPERINTENDENT)
def accept(visit: Here) -> Response:
    """Count one more account as part of the community."""
    typed = {name: visit.text(name) for name in FIELDS}
    try:
        accepted = visit.console.registry.add_organisation(
            typed["platform"],
            typed["title"],
            visit.me.login,
            visit.now,
            typed["why"],
            typed["handle"] or None,
            typed["platform_id"] or None,
        )
    except BadInput as error:
        return _page(visit, typed, error)
    said = _("%(name)s is accepted as part of the community.", name=accepted.title)
    return decided(visit, f"{HOME}/organisations", said)


@room.action(f"{HOME}/organisations/{{organisation_id}}/take-back", SUPERINTENDENT)
def take_back(visit: Here, organisation_id: str) -> Response:
    """Count an account as part of the community no longer."""
    registry, why = visit.console.registry, visit.text("why")
    taken = registry.take_back_organisation(organisation_id, visit.me.login, visit.now, why)
    said = _("%(name)s is no longer part of the community.", name=taken.title)
    return decided(visit, f"{HOME}/organisations", said)


def _page(visit: Visit, typed: dict[str, str], error: BadInput | None = None) -> Response:
    return render(
        visit,
        "superintendent/organisations.html",
        422 if error else 200,
        accepted=visit.console.registry.organisations(),
        taken_back=visit.console.registry.organisations(taken_back=True),
        platforms=[(platform.value, PLATFORMS[platform]) for platform in Platform],
        platform_names={platform.value: name for platform, name in PLATFORMS.items()},
        typed=typed,
        error=error,
        name_of=names(visit.console.registry),
        decides=visit.may(SUPERINTENDENT, "POST"),
    )
