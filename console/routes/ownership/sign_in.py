"""By signing in on the platform: there, and back."""

from __future__ import annotations

from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from console.access import only
from console.context import PlatformSignIn
from console.gate import Here
from console.pages import go, render
from console.routes.ownership.place import FROM_IT, FROM_OWNER, account_of, room
from console.texts import _
from console.visit import SESSION, Visit
from records.errors import BadInput, HallpassError, PlatformError, Refused, Terminal
from records.model import Account
from registry.users import Role
from reports.words import PLATFORMS

IT, OWNER, EITHER = (only(*roles, audited=False) for roles in ([Role.IT], [Role.STAFF], [Role.IT, Role.STAFF]))


@room.page(f"{FROM_IT}{{account_id}}/sign-in", IT)
def from_it(visit: Here, account_id: str) -> Response:
    """To the platform; the owner sits beside IT."""
    return _there(visit, f"{FROM_IT}{account_id}")


@room.page(f"{FROM_OWNER}{{account_id}}/sign-in", OWNER)
def from_owner(visit: Here, account_id: str) -> Response:
    """To the platform."""
    return _there(visit, f"{FROM_OWNER}{account_id}")


@room.page("/ownership/{platform}/back", EITHER)
def back(visit: Here, platform: str) -> Response:
    """Record the proof, where the account is one of those that whoever signed in holds.

    A platform comes back with a GET. What makes it ours is the state: this session began it, for this account, and it
    is taken once.
    """
    sign_in, sessions = _sign_in(visit, platform), visit.console.registry.sessions
    state, now = visit.query.get("state", ""), visit.console.clock()
    trip = sessions.come_back(state, visit.cookie(SESSION), _purpose(platform), now)
    account = account_of(visit, trip.subject)
    try:
        held = sign_in.held(_code(visit, PLATFORMS[account.platform]), trip.verifier, _back(visit, platform))
        visit.console.registry.ownership.confirm(account.account_id, visit.me.login, visit.now, held=held.ids)
    except (BadInput, PlatformError, Refused) as error:
        return _not_proven(visit, account, trip.subject, error)
    return go(visit, trip.subject, _said(account, held.given_back))


def _there(visit: Visit, page: str) -> Response:
    """Send the browser to the platform, with a state that only this session can bring back, for ten minutes."""
    platform = account_of(visit, page).platform
    sign_in, sessions = _sign_in(visit, platform), visit.console.registry.sessions
    state, trip = sessions.set_out(visit.cookie(SESSION), _purpose(platform), page, visit.console.clock())
    return RedirectResponse(sign_in.address(state, trip.verifier, _back(visit, platform)), 303)


def _sign_in(visit: Visit, platform: str) -> PlatformSignIn:
    found = {str(known): sign_in for known, sign_in in visit.console.sign_ins.items()}.get(platform)
    if found is None:
        raise HTTPException(404)
    return found


def _code(visit: Visit, name: str) -> str:
    """What the platform sent back with the browser; Refused where it sent back a no."""
    if visit.query.get("error") == "access_denied":
        raise Refused(_("The leave was denied on %(platform)s", platform=name), _("Choose Allow there, if it is yours"))
    if not visit.query.get("code"):
        raise Refused(_("%(platform)s did not sign anybody in", platform=name), _("Begin again"))
    return visit.query["code"]


def _not_proven(visit: Visit, account: Account, page: str, error: HallpassError) -> Response:
    """What happened and what to do; after a fault of the platform's that may pass, to try again."""
    passing = isinstance(error, PlatformError) and not isinstance(error, Terminal)
    todo = _("Try again in a moment, or put a code into the bio") if passing else error.todo
    status = 403 if isinstance(error, Refused) else 422 if isinstance(error, BadInput) else 503
    return render(visit, "ownership/not_proven.html", status, account=account, page=page, what=error.what, todo=todo)


def _said(account: Account, given_back: bool) -> str:
    proven = _("@%(handle)s is proven for a year. Nothing of the sign-in is kept.", handle=account.handle)
    if given_back:
        return proven
    left = _(
        "%(platform)s did not end the leave that it gave: end it there, in your settings, under apps.",
        platform=PLATFORMS[account.platform],
    )
    return f"{proven} {left}"


def _purpose(platform: str) -> str:
    return f"ownership {platform}"


def _back(visit: Visit, platform: str) -> str:
    """Where the platform sends the browser to; it is registered there with the app, letter for letter."""
    return f"{visit.console.url}/ownership/{platform}/back"
