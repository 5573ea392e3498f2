"""What somebody sees when something goes wrong: what happened, to what, and what to do, in the look of the rest."""

from __future__ import annotations

import traceback
from typing import Any
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from console.gate import open_session
from console.pages import go, render
from console.problems import SignInNeeded, StaleForm
from console.security.headers import HEADERS
from console.texts import N_, _
from console.visit import Visit, visit_of, without_secrets
from records.errors import BadInput, Busy, Conflict, HallpassError, Refused, Throttled

log = structlog.get_logger()

STATUS: dict[type[HallpassError], int] = {BadInput: 422, Refused: 403, Conflict: 409, Busy: 503, Throttled: 429}
TITLES = {
    400: N_("That could not be read"),
    403: N_("Not allowed"),
    404: N_("There is no such page"),
    405: N_("There is no such page"),
    409: N_("Somebody else was faster"),
    413: N_("That is too large"),
    422: N_("That cannot be used"),
    429: N_("Too many tries"),
    500: N_("Something went wrong here"),
    503: N_("Busy for a moment"),
}
WORDS = {
    400: (N_("What the browser sent could not be read"), N_("Go back and send it again")),
    404: (N_("The address leads to nothing, or to something that was removed"), N_("Go back, or begin from the menu")),
    413: (N_("What was sent is larger than this page takes"), N_("Send a smaller file")),
    500: (N_("Nothing of what you sent was kept"), N_("Try again; if it happens again, tell IT when it was")),
}


def install(app: FastAPI) -> None:
    """Let ``app`` answer every failure with a page."""
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(StaleForm, _stale)
    app.add_exception_handler(HallpassError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _no_page)
    app.add_exception_handler(Exception, _unexpected)


def problem(visit: Visit, status: int, what: str, todo: str, **context: Any) -> HTMLResponse:
    """The page for a failure."""
    title = _(TITLES.get(status, TITLES[500]))
    return render(visit, "problem.html", status, title=title, what=what, todo=todo, **{"typed": [], **context})


def _typed(visit: Visit) -> list[tuple[str, str]]:
    """What was sent, so that nothing typed is lost."""
    return [pair for pair in without_secrets(visit.form)["fields"] if pair[1].strip()]


def _words(status: int) -> tuple[str, str]:
    what, todo = WORDS.get(status, WORDS[500])
    return _(what), _(todo)


async def _sign_in(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInNeeded)
    visit = visit_of(request)
    if error.lost:
        return problem(visit, 403, error.what, _("Sign in, then fill in the form again"))
    where = "/again" if visit.changes else visit.path
    said = _("You had been signed out meanwhile. Sign in: what you typed is still here.") if visit.changes else ""
    return go(visit, f"/sign-in?{urlencode({'next': where})}", said)


async def _stale(request: Request, error: Exception) -> Response:
    assert isinstance(error, StaleForm)
    visit = visit_of(request)
    if not error.ours:
        return problem(
            visit, 403, _("The form did not come from a page of this console"), _("Open the page here and send it")
        )
    kept = without_secrets(visit.form)
    return render(visit, "again.html", 409, action=visit.path, fields=kept["fields"], files=kept["files"], after=False)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, HallpassError)
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    visit = visit_of(request)
    return problem(visit, status, error.what, error.todo, typed=_typed(visit))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = 404 if error.status_code == 405 else error.status_code
    visit = visit_of(request)
    if visit.session is None:  # no route was found, so no gate was gone through
        await run_in_threadpool(open_session, visit)
    return problem(visit, status, *_words(status), typed=_typed(visit))


async def _no_page(request: Request, _error: Exception) -> Response:
    return problem(visit_of(request), 404, *_words(404))


async def _unexpected(request: Request, error: Exception) -> Response:
    where = traceback.extract_tb(error.__traceback__)[-1]
    log.error(
        "a page failed", path=request.url.path, kind=type(error).__name__, where=f"{where.filename}:{where.lineno}"
    )
    answer = problem(visit_of(request), 500, *_words(500))
    answer.headers.update(HEADERS)  # Starlette answers this one outside of every middleware
    return answer
