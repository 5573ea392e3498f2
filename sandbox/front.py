"""The door in front of all hosts: it keeps the log and lets planned faults strike."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox import graph_errors
from sandbox.faults import Fault
from sandbox.graph_api import Viewer, usage_headers
from sandbox.limits import WINDOW_SECONDS, Standing
from sandbox.state import APP, Sandbox, Served
from sandbox.x_api import rate_headers
from sandbox.x_request import plain_problem

CONTROL_HOSTS = ("127.0.0.1", "localhost")
_GRAPH = "graph.facebook.com"
_SECRETS = frozenset({"access_token", "appsecret_proof", "client_secret", "code", "input_token"})
_NAMED = frozenset({"id", "username", "version"})
_PAGE_FOR_PEOPLE = "<!doctype html><html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"

Reset = Callable[[Scope], None]


class Front:
    """ASGI middleware over the whole application.

    Parameters
    ----------
    reset : breaks the connection of a request with a TCP RST; only the server can.
    """

    def __init__(self, app: ASGIApp, sandbox: Sandbox, reset: Reset) -> None:
        self._app = app
        self._sandbox = sandbox
        self._reset = reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        host = Request(scope).url.hostname if scope["type"] == "http" else None
        if host is None or host in CONTROL_HOSTS:
            await self._app(scope, receive, send)
            return
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._serve(host, scope, receive, watched)
        finally:
            self._sandbox.log.served.append(_entry(host, scope, status))

    async def _serve(self, host: str, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._sandbox.faults.due(host + scope["path"])
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.kind == "hang":
            while (await receive())["type"] != "http.disconnect":
                pass
        elif fault.kind == "reset":
            self._reset(scope)
        elif fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            await self._app(scope, receive, send)
        else:
            await self._broken(host, scope, fault)(scope, receive, send)

    def _broken(self, host: str, scope: Scope, fault: Fault) -> Response:
        if fault.kind == "502":
            return HTMLResponse(_PAGE_FOR_PEOPLE.format("502 Bad Gateway"), 502)
        if fault.kind == "html":
            return HTMLResponse(_PAGE_FOR_PEOPLE.format("Something went wrong"), 200)
        if fault.kind == "empty":
            return Response(b"", 200, media_type="application/json")
        if fault.kind == "nodata":
            return _json(200, {})
        return self._graph_fault(scope, fault) if host == _GRAPH else self._other_fault(fault)

    def _graph_fault(self, scope: Scope, fault: Fault) -> Response:
        if fault.kind == "500":
            return _graph_error(graph_errors.passing(2))
        if fault.kind == "error":
            return _graph_error(graph_errors.any_error(fault.code, fault.subcode))
        viewer = self._viewer(scope)
        headers = usage_headers(viewer, Standing(100, 0, 0, allowed=False), minutes=15)
        error = graph_errors.throttled(32 if viewer.page_id else 4)
        return _graph_error(error, headers if fault.kind == "429" else {})

    def _viewer(self, scope: Scope) -> Viewer:
        name = self._sandbox.holder(Request(scope).query_params.get("access_token", "")) or APP
        return Viewer(name, None if name == APP else name.rpartition("_")[2])

    def _other_fault(self, fault: Fault) -> Response:
        if fault.kind == "500":
            return _json(500, plain_problem(500, "Internal Server Error", "Something is broken."))
        if fault.kind == "error":
            return _json(fault.code, plain_problem(fault.code, "Planned by the sandbox"))
        reset = int(self._sandbox.limits.now()) + WINDOW_SECONDS
        headers = rate_headers(Standing(450, 0, reset, allowed=False)) if fault.kind == "429" else {}
        return _json(429, plain_problem(429, "Too Many Requests"), headers)


def _entry(host: str, scope: Scope, status: int) -> Served:
    query = [(name, value) for name, value in parse_qsl(scope["query_string"].decode()) if name not in _SECRETS]
    return Served(
        method=scope["method"],
        host=host,
        path=scope["path"],
        query=urlencode(query),
        endpoint=f"{scope['method']} {host}{_template(scope)}",
        status=status,
        records=scope.get("state", {}).get("records", 0),
    )


def _template(scope: Scope) -> str:
    """The path with names in place of ids: ``/2/users/:id/tweets``."""
    parameters = {value: f":{name}" for name, value in scope.get("path_params", {}).items() if name in _NAMED}
    return "/".join(parameters.get(part, part) for part in scope["path"].split("/"))


def _json(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(body), status, headers, media_type="application/json; charset=utf-8")


def _graph_error(error: graph_errors.GraphError, headers: dict[str, str] | None = None) -> Response:
    return _json(error.status, error.body, headers)
