"""Each request is answered in the language that it asks for."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.texts import language, speak


class Speaking:
    """ASGI middleware: it sets the language before a route runs, and says it in the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        speak(Headers(scope=scope).get("accept-language", ""))

        async def said(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-language", language())
                headers.add_vary_header("accept-language")
            await send(message)

        await self._app(scope, receive, said)
