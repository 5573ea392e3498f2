"""The media hosts, pbs.twimg.com and *.fbcdn.net: images by their URL. From documentation, no recording is at hand."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.state import Sandbox
from sandbox.world import SandImage

_SIZES = {"thumb": 150, "small": 680, "medium": 1200}


class Cdn:
    """The images of one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[BaseRoute]:
        """Every path is a file. Drawing takes time, so it is done beside the event loop."""
        return [Route("/{path:path}", self._image)]

    def _image(self, request: Request) -> Response:
        from sandbox.images import content_type, encoded

        image, size = self._find(request)
        if image is None or image.fault == "missing":
            return PlainTextResponse("Not Found", 404)
        content = encoded(image)
        if size in _SIZES and image.fault is None:
            content = _shrunk(content, _SIZES[size])
        headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"', "Cache-Control": "max-age=604800"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(content, 200, headers, media_type=content_type(image))

    def _find(self, request: Request) -> tuple[SandImage | None, str]:
        """The image of a URL, and the size that ``?name=`` or ``:size`` asks for."""
        images = self._sandbox.world.image_by_url
        host, query = f"https://{request.url.hostname}", request.url.query
        if found := images.get(f"{host}{request.url.path}?{query}" if query else f"{host}{request.url.path}"):
            return found, "orig"
        path, _, suffix = request.url.path.partition(":")
        asked = dict(parse_qsl(query))
        size = suffix or asked.pop("name", "orig")
        asked.pop("format", None)
        return images.get(f"{host}{path}?{urlencode(asked)}" if asked else f"{host}{path}"), size


def _shrunk(content: bytes, side: int) -> bytes:
    """The image with its longer side at most ``side`` pixels, in its own format."""
    from io import BytesIO

    from PIL import Image

    with Image.open(BytesIO(content)) as image:
        if max(image.size) <= side:
            return content
        out = BytesIO()
        form = image.format or "JPEG"
        image.thumbnail((side, side))
        image.save(out, form)
    return out.getvalue()
