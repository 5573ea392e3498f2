"""Signing in and out: login and password, the second factor, or the district's own provider."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import Response

from console.access import ANONYMOUS, SIGNED_IN
from console.gate import Here, Room
from console.pages import go, render
from console.security import second_factor
from console.texts import _
from console.visit import SESSION, Visit, local_path
from records.errors import BadInput, HallpassError, Throttled
from registry.sessions import CODE, ENROL, FULL

room = Room()
NEXT_STEP = {CODE: "/sign-in/code", ENROL: "/sign-in/enrol"}


@room.page("/sign-in", ANONYMOUS)
def page(visit: Here) -> Response:
    """Login and password, or the provider's button."""
    if visit.user:
        return go(visit, local_path(visit.query.get("next", "/")))
    return _form(visit)


@room.action("/sign-in", ANONYMOUS)
def sign_in(visit: Here) -> Response:
    """Check login and password."""
    console = visit.console
    try:
        token = console.registry.sessions.sign_in(
            visit.text("login"),
            str(visit.form.get("password", "")),
            visit.address,
            console.clock(),
            second_factor=not console.sandboxed,
            known=visit.known_as(visit.text("login")),
        )
    except (BadInput, Throttled) as error:
        return _form(visit, error)
    return _onwards(visit, token)


@room.page("/sign-in/code", ANONYMOUS)
def code_page(visit: Here) -> Response:
    """The second factor's code."""
    return _at_stage(visit, CODE) or render(visit, "signin/code.html", error=None, next=_next(visit))


@room.action("/sign-in/code", ANONYMOUS)
def code(visit: Here) -> Response:
    """Check the code."""
    if elsewhere := _at_stage(visit, CODE):
        return elsewhere
    assert visit.session is not None
    console = visit.console
    try:
        token = console.registry.sessions.pass_code(
            visit.session.session_id, visit.text("code"), console.vault.unseal, visit.address, console.clock()
        )
    except (BadInput, Throttled) as error:
        return render(visit, "signin/code.html", _status(error), error=error, next=_next(visit))
    return _onwards(visit, token)


@room.page("/sign-in/enrol", ANONYMOUS)
def enrol_page(visit: Here) -> Response:
    """A new second factor: its secret, as a picture and as text."""
    return _at_stage(visit, ENROL) or _enrol(visit, second_factor.new(visit.console.vault))


@room.action("/sign-in/enrol", ANONYMOUS)
def enrol(visit: Here) -> Response:
    """Keep the second factor once its first code is right."""
    if elsewhere := _at_stage(visit, ENROL):
        return elsewhere
    assert visit.session is not None
    console, sealed = visit.console, visit.text("sealed")
    try:
        console.vault.unseal(sealed)
        token = console.registry.sessions.enrol(
            visit.session.session_id, sealed, visit.text("code"), console.vault.unseal, visit.address, console.clock()
        )
    except (BadInput, Throttled) as error:
        return _enrol(visit, sealed, error)
    return _onwards(visit, token)


@room.action("/sign-out", SIGNED_IN)
def sign_out(visit: Here) -> Response:
    """End the session here and in the registry."""
    visit.console.registry.sessions.end(visit.cookie(SESSION))
    visit.set_cookie(SESSION, None)
    return go(visit, "/sign-in", _("You are signed out."))


def _form(visit: Visit, error: HallpassError | None = None) -> Response:
    status = _status(error) if error else 200
    return render(visit, "signin/password.html", status, error=error, login=visit.text("login"), next=_next(visit))


def _enrol(visit: Visit, sealed: str, error: HallpassError | None = None) -> Response:
    assert visit.session is not None
    shown = second_factor.shown(visit.console.vault.unseal(sealed), visit.session.user.login, visit.console.district)
    status = _status(error) if error else 200
    return render(visit, "signin/enrol.html", status, error=error, sealed=sealed, shown=shown, next=_next(visit))


def _status(error: HallpassError) -> int:
    return 429 if isinstance(error, Throttled) else 422


def _next(visit: Visit) -> str:
    return local_path(visit.text("next") or visit.query.get("next", ""))


def _at_stage(visit: Visit, stage: str) -> Response | None:
    """Where to go instead, if the sign-in is not at this stage."""
    if visit.session is not None and visit.session.stage == stage:
        return None
    return go(visit, "/" if visit.user else "/sign-in")


def _onwards(visit: Visit, token: str) -> Response:
    """To the next step of signing in, with the token of a session of its own."""
    visit.begin(token)
    stage = visit.session.stage if visit.session else FULL
    path = NEXT_STEP.get(stage)
    return go(visit, f"{path}?next={quote(_next(visit))}" if path else _next(visit))
