"""IT's rooms: the register of accounts, coverage, users, and what must be done before anything real is collected."""

from __future__ import annotations

from fastapi.responses import Response

from console.access import only
from console.gate import Here, Room
from console.pages import render
from registry.users import Role

room = Room("IT", (("/it", "Accounts"),))


@room.page("/it", only(Role.IT))
def accounts(visit: Here) -> Response:
    """The register of accounts."""
    return render(visit, "it/accounts.html", accounts=visit.console.registry.registered(include_inactive=True))
