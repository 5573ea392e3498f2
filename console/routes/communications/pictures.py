"""Pictures from platforms, drawn anew."""

from __future__ import annotations

import re

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from console.gate import Here
from console.routes.communications.room import PICTURE_READERS, room
from console.routes.communications.work import kept
from console.visit import Visit
from detectors.darkroom import Box
from detectors.images import Undecodable
from warehouse.landing import Landing

SIDES = {"small": 240, "middle": 900, "large": 1600}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BOX = re.compile(r"(-?\d{1,5})\.(-?\d{1,5})\.(-?\d{1,5})\.(-?\d{1,5})")
_FOR_GOOD = {"cache-control": "private, max-age=31536000, immutable"}


@room.page("/pictures/{size}/{sha256}.jpg", PICTURE_READERS)
def picture(visit: Here, size: str, sha256: str) -> Response:
    """An archived picture, ``?box=x0.y0.x1.y1`` drawn on it. Its address names its content, so it may be kept."""
    if size not in SIDES or not _SHA256.fullmatch(sha256):
        raise HTTPException(404)
    try:
        path = Landing(visit.console.folder).media_path(sha256)
        content = kept(visit).darkroom.shown(path, SIDES[size], _box(visit))
    except Undecodable:
        raise HTTPException(404) from None
    return Response(content, media_type="image/jpeg", headers=_FOR_GOOD)


def _box(visit: Visit) -> Box | None:
    match = _BOX.fullmatch(visit.query.get("box", ""))
    if not match:
        return None
    x0, y0, x1, y1 = (int(edge) for edge in match.groups())
    return (x0, y0, x1, y1)
