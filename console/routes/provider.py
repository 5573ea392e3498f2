"""Signing in with the district's own provider: there, and back."""

from __future__ import annotations

from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from console.access import ANONYMOUS
from console.gate import Here, Room
from console.pages import go
from console.security import oidc
from console.security.oidc import Provider
from console.visit import Visit, local_path
from records.errors import HallpassError, Refused
from registry.users import User

room = Room()
PURPOSE = "sign-in"


@room.page("/sign-in/provider", ANONYMOUS)
def there(visit: Here) -> Response:
    """Send the browser to the provider, with a state that only it can bring back."""
    provider, console = _provider(visit), visit.console
    wanted = local_path(visit.query.get("next", "/"))
    sessions, at = console.registry.sessions, console.clock()
    state, trip = sessions.set_out(visit.browser, PURPOSE, wanted, at, visit.address)
    return RedirectResponse(oidc.set_out(provider, state, trip, _back(visit)), 303)


@room.page("/sign-in/provider/back", ANONYMOUS)
def back(visit: Here) -> Response:
    """Open a session for whom the provider vouches for, if that is one of our users."""
    provider, console = _provider(visit), visit.console
    trip = console.registry.sessions.come_back(visit.query.get("state", ""), visit.browser, PURPOSE, console.clock())
    try:
        person = oidc.come_back(provider, visit.query, trip, _back(visit), console.clock())
        user = _user(visit, provider, person)
    except HallpassError as error:
        _note(visit, provider, error.what)
        raise
    token = console.registry.sessions.sign_in_by_provider(user, provider.issuer, visit.address, console.clock())
    visit.begin(token)
    return go(visit, trip.subject)


def _user(visit: Visit, provider: Provider, person: oidc.Person) -> User:
    """Whom the person is here: by the provider's own name for them, the first time by a verified address.

    Raises
    ------
    Refused : nobody, or somebody who may no longer sign in.
    """
    users, at = visit.console.registry.users, visit.console.clock()
    user = users.of_subject(provider.issuer, person.subject)
    if user is None and person.email:
        user = users.link(person.email, provider.issuer, person.subject, at)
    if user is None or not user.active:
        todo = "Ask IT to add you with the address that you signed in with"
        if person.email or user:
            raise Refused(f"{person.said} is not known here", todo)
        raise Refused(f"{person.said} has no verified e-mail address there", todo)
    return user


def _note(visit: Visit, provider: Provider, reason: str) -> None:
    at = visit.console.clock()
    visit.console.registry.sessions.note_failed_provider("", provider.issuer, visit.address, at, reason)


def _provider(visit: Visit) -> Provider:
    if visit.console.provider is None:
        raise HTTPException(404)
    return visit.console.provider


def _back(visit: Visit) -> str:
    return f"{visit.console.url}/sign-in/provider/back"
