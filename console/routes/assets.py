"""The district's marks and photographs as pictures, for whoever is signed in: people ask for them by sight."""

from __future__ import annotations

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.access import SIGNED_IN
from console.gate import Here, Room
from console.samples import as_file
from records.errors import BadInput
from reports import pictures

room = Room()


@room.page("/assets/{asset}.png", SIGNED_IN)
def asset(visit: Here, asset: str) -> Response:
    """The current picture of a mark or a photograph, small."""
    try:
        picture = visit.console.registry.picture(asset)
    except BadInput:
        raise HTTPException(404) from None
    content = pictures.mark(as_file(visit.console.folder / "references" / "assets", picture))
    if content is None:
        raise HTTPException(404)
    return Response(content, media_type="image/png", headers={"cache-control": "private, max-age=3600"})
