"""Proof of ownership by a code in the bio: given out, and looked for on the platform."""

from __future__ import annotations

from fastapi.responses import Response

from console.gate import Here
from console.pages import go
from console.routes.it.room import OURS, registered, room


@room.action("/it/accounts/{account_id}/code", OURS)
def issue(visit: Here, account_id: str) -> Response:
    """A new code, which holds 24 hours."""
    code = visit.console.registry.ownership.issue(account_id, visit.me.login, visit.now)
    return go(visit, f"/it/accounts/{account_id}", f"The code is {code.code}. It holds for 24 hours.")


@room.action("/it/accounts/{account_id}/check", OURS)
def check(visit: Here, account_id: str) -> Response:
    """Read the bio on the platform, and record the proof if it shows the code."""
    account = registered(visit, account_id).account
    profile = visit.console.look_up_profile(account.platform, account.platform_id, account.credential)
    proven = visit.console.registry.ownership.confirm(account_id, visit.me.login, visit.now, bio=profile.bio)
    said = f"The bio of @{proven.handle} shows the code: it is proven for a year. The code may be taken out again."
    return go(visit, f"/it/accounts/{account_id}", said)
