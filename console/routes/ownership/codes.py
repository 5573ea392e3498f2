"""By a code in the bio: given out, and looked for on the platform."""

from __future__ import annotations

from fastapi.responses import Response

from console.access import only
from console.gate import Here
from console.pages import go
from console.routes.ownership.place import FROM_IT, FROM_OWNER, account_of, room
from console.texts import _
from console.visit import Visit
from registry.users import Role


@room.action(f"{FROM_IT}{{account_id}}/code", only(Role.IT))
def issue_from_it(visit: Here, account_id: str) -> Response:
    """A new code, which IT tells the owner."""
    return _issue(visit, f"{FROM_IT}{account_id}")


@room.action(f"{FROM_OWNER}{{account_id}}/code", only(Role.STAFF))
def issue_from_owner(visit: Here, account_id: str) -> Response:
    """A new code."""
    return _issue(visit, f"{FROM_OWNER}{account_id}")


@room.action(f"{FROM_IT}{{account_id}}/check", only(Role.IT))
def check_from_it(visit: Here, account_id: str) -> Response:
    """Look for the code."""
    return _check(visit, f"{FROM_IT}{account_id}")


@room.action(f"{FROM_OWNER}{{account_id}}/check", only(Role.STAFF))
def check_from_owner(visit: Here, account_id: str) -> Response:
    """Look for the code."""
    return _check(visit, f"{FROM_OWNER}{account_id}")


def _issue(visit: Visit, page: str) -> Response:
    account = account_of(visit, page)
    code = visit.console.registry.ownership.issue(account.account_id, visit.me.login, visit.now)
    return go(visit, page, _("The code is %(code)s. It holds for 24 hours.", code=code.code))


def _check(visit: Visit, page: str) -> Response:
    """Read the bio on the platform, and record the proof if it shows the code."""
    account = account_of(visit, page)
    profile = visit.console.look_up_profile(account.platform, account.platform_id, account.credential)
    proven = visit.console.registry.ownership.confirm(account.account_id, visit.me.login, visit.now, bio=profile.bio)
    said = _(
        "The bio of @%(handle)s shows the code: it is proven for a year. The code may be taken out again.",
        handle=proven.handle,
    )
    return go(visit, page, said)
