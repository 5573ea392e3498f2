"""What somebody may change of their own sign-in: the password, and where else they are signed in."""

from __future__ import annotations

from fastapi.responses import Response

from console.access import SIGNED_IN
from console.gate import Here, Room
from console.pages import go, render
from console.texts import _, ngettext
from console.visit import Visit
from records.errors import BadInput, HallpassError, Throttled

room = Room()


@room.page("/me", SIGNED_IN)
def me(visit: Here) -> Response:
    """Who I am here."""
    return _page(visit)


@room.action("/me/password", SIGNED_IN)
def password(visit: Here) -> Response:
    """Another password; wherever else I am signed in, that ends."""
    assert visit.session is not None
    now, new, again = (str(visit.form.get(f"password_{name}", "")) for name in ("now", "new", "again"))
    sessions, at = visit.console.registry.sessions, visit.console.clock()
    try:
        if new != again:
            raise BadInput(_("The new password was typed in two ways"), _("Type it twice, the same"))
        sessions.change_password(visit.session.session_id, now, new, visit.address, at)
    except (BadInput, Throttled) as error:
        return _page(visit, error)
    return go(visit, "/me", _("Your password was changed. Wherever else you were signed in, that has ended."))


@room.action("/me/sessions", SIGNED_IN)
def elsewhere(visit: Here) -> Response:
    """End my other sessions."""
    assert visit.session is not None
    ended = visit.console.registry.sessions.end_others(visit.session.session_id)
    return go(visit, "/me", ngettext("%(num)s other sign-in has ended.", "%(num)s other sign-ins have ended.", ended))


def _page(visit: Visit, error: HallpassError | None = None) -> Response:
    assert visit.session is not None
    sessions = visit.console.registry.sessions
    return render(
        visit,
        "me.html",
        429 if isinstance(error, Throttled) else 422 if error else 200,
        error=error,
        open=sessions.open_of(visit.me.user_id, visit.console.clock()),
        here=visit.session.session_id,
    )
