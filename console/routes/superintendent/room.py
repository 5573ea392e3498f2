"""The superintendent's part of the menu, and what follows each decision."""

from __future__ import annotations

import structlog
from fastapi.responses import Response
from starlette.background import BackgroundTask

from console.access import only
from console.context import Console
from console.gate import Room
from console.pages import go
from console.texts import N_
from console.visit import Visit
from records.errors import HallpassError
from registry.users import Role

HOME = "/superintendent"
SUPERINTENDENT = only(Role.SUPERINTENDENT)

room = Room(
    N_("Superintendent"),
    (
        (HOME, N_("To decide")),
        (f"{HOME}/calendar", N_("Who may use what")),
        (f"{HOME}/organisations", N_("Accepted organisations")),
    ),
)

log = structlog.get_logger()


def decided(visit: Visit, path: str, said: str) -> Response:
    """On to ``path`` after a decision; then who asked is told, and what waits for review is judged anew."""
    answer = go(visit, path, said)
    answer.background = BackgroundTask(_follow_up, visit.console)
    return answer


def _follow_up(console: Console) -> None:
    """The decision stands whatever comes of this: the next run tells, and the next detection judges, too."""
    console.tell_requests()
    try:
        console.rejudge()
    except HallpassError as error:
        log.warning("observations are judged anew later", reason=str(error))
