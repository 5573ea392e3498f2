"""The page for everybody: what is collected and why, how accurate it is, and nothing about anybody. Off by default."""

from __future__ import annotations

from collections import Counter

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.access import ANONYMOUS
from console.gate import Here, Room
from console.pages import render
from console.reading.held import Kept, kept
from console.routes.communications import words
from console.visit import Visit
from reports.words import PLATFORMS

room = Room()


@room.page("/public", ANONYMOUS)
def public(visit: Here) -> Response:
    """Numbers of the whole district only."""
    if not visit.console.public_page:
        raise HTTPException(404)
    registry = visit.console.registry
    accounts = Counter(PLATFORMS[account.platform] for account in registry.accounts())
    return render(
        visit,
        "public/page.html",
        accounts=sorted(accounts.items()),
        kept=_kept(visit),
        precision=[(words.rule(rule), each) for rule, each in registry.reviews.precision().items()],
        opened=registry.looks.identities_opened(),
        policy=registry.procedures.current(),
    )


def _kept(visit: Visit) -> Kept:
    archive = visit.console.archive
    return archive.once("public", kept) if archive.there else Kept(None, {}, 0)
