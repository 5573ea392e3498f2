"""A post or comment with all its versions, from a search."""

from __future__ import annotations

from datetime import datetime

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.gate import Here
from console.pages import go, render
from console.reading.records import thread
from console.routes.communications import words
from console.routes.communications.people import names_of, open_names
from console.routes.communications.room import ARCHIVE_READERS, HOME, room
from console.routes.communications.work import work
from console.visit import Visit
from registry.looks import POST


@room.page(f"{HOME}/posts/{{record_id}}", ARCHIVE_READERS)
def post(visit: Here, record_id: str) -> Response:
    """The thread that a record stands in. That it was opened is noted."""
    here = work(visit)
    with visit.console.archive.cursor() as published:
        found = thread(published, record_id, _near(visit))
    if found is None:
        raise HTTPException(404)
    visit.console.registry.looks.look(visit.me.login, visit.now, POST, found.post.record_id, found.post.account_id)
    about = [here.standings.of(seen) for seen in here.standings.desk.seen if seen.record_id == found.post.record_id]
    return render(
        visit,
        "communications/post.html",
        thread=found,
        record_id=record_id,
        labels=here.labels,
        account=here.labels.account_or_none(found.post.account_id),
        about=about,
        words=words,
        query=visit.request.url.query,
        **names_of(visit, found, here.labels),
    )


@room.action(f"{HOME}/posts/{{record_id}}/names", ARCHIVE_READERS)
def post_names(visit: Here, record_id: str) -> Response:
    """Show who commented, for a reason that is noted."""
    with visit.console.archive.cursor() as published:
        found = thread(published, record_id, _near(visit))
    if found is None:
        raise HTTPException(404)
    open_names(visit, found.post.record_id, found.post.account_id)
    return go(visit, f"{visit.path.replace('/names', '', 1)}#thread")


def _near(visit: Visit) -> datetime | None:
    """About when the record was made, as the link to it says."""
    try:
        at = datetime.fromisoformat(visit.query.get("at", ""))
    except ValueError:
        return None
    return at if at.tzinfo else None
