"""What every answer carries: the page's policy, the usual headers, and the cookies of the visit."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.visit import KNOWN, Visit, cookie_name

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
A_YEAR = 365 * 24 * 3600


class Headers:
    """ASGI middleware; ``secure`` is whether people reach the console over https."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(MutableHeaders(scope=message), scope)
            await send(message)

        await self._app(scope, receive, dressed)

    def _dress(self, headers: MutableHeaders, scope: Scope) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("cache-control", "no-store")
        if self._secure:
            headers["strict-transport-security"] = f"max-age={A_YEAR}"
        visit = scope.get("state", {}).get("visit")
        if isinstance(visit, Visit):
            for cookie in _cookies(visit, self._secure):
                headers.append("set-cookie", cookie)


def _cookies(visit: Visit, secure: bool) -> Iterator[str]:
    for name, value in visit.cookies.items():
        full = cookie_name(name, secure)
        cookie: SimpleCookie = SimpleCookie({full: value or ""})
        lasts = {"max-age": "0"} if value is None else {"max-age": str(A_YEAR)} if name == KNOWN else {}
        cookie[full].update({"path": "/", "samesite": "Lax"} | lasts)
        cookie[full]["httponly"], cookie[full]["secure"] = True, secure
        yield cookie[full].OutputString()
