"""The sandbox's own side door, on Host 127.0.0.1 and localhost only: clock, truth, secrets, profiles, faults, log.

==========================  ===========================================================================
``GET /control/clock``      ``{"now"}``
``PUT /control/clock``      ``{"now": ISO}`` moves it, also back
``GET /control/truth``      ``?captures=ISO,ISO``: what a pipeline that captured then must have
``GET /control/credentials``  secrets by the name of their connection
``GET /control/apps``       the apps that people sign in through: client id and secret by the name of their connection
``POST /control/bio``       ``{"account": "x:number or handle", "text"}``: what an account says of itself from now on
``POST /control/handle``    ``{"account": "x:number or handle", "handle"}``: what an account is called from now on
``POST /control/fault``     plans a fault, see :class:`sandbox.faults.Fault`; ``GET`` lists, ``DELETE`` lifts all
``GET /control/log``        the requests served, without secrets; ``DELETE`` forgets them
``GET /control/calls``      how often each endpoint was asked
``DELETE /control/limits``  opens all rate windows anew
==========================  ===========================================================================
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.faults import UnknownFault
from sandbox.state import Sandbox


def iso(at: datetime) -> str:
    """A time as this side door writes it: UTC, with a Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_iso(text: str) -> datetime:
    """An aware time from ISO 8601; a plus sign that a query turned into a space is understood.

    Raises
    ------
    ValueError : no time, or one without an offset.
    """
    at = datetime.fromisoformat(text.strip().replace(" ", "+"))
    if at.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC: add Z")
    return at.astimezone(UTC)


class Control:
    """The endpoints, over one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[BaseRoute]:
        """See the module's table."""
        return [
            Route("/control/clock", self._clock, methods=["GET", "PUT"]),
            Route("/control/truth", self._truth),
            Route("/control/credentials", self._credentials),
            Route("/control/apps", self._apps),
            Route("/control/bio", self._bio, methods=["POST"]),
            Route("/control/handle", self._handle, methods=["POST"]),
            Route("/control/fault", self._fault, methods=["GET", "POST", "DELETE"]),
            Route("/control/log", self._log, methods=["GET", "DELETE"]),
            Route("/control/calls", self._calls),
            Route("/control/limits", self._limits, methods=["DELETE"]),
        ]

    async def _clock(self, request: Request) -> Response:
        if request.method == "PUT":
            try:
                self._sandbox.set_clock(read_iso(str((await _wish(request))["now"])))
            except (ValueError, KeyError, TypeError) as error:
                return _refused(f'the clock needs {{"now": "2026-10-19T11:00:00Z"}}: {error}')
        return JSONResponse({"now": iso(self._sandbox.now)})

    def _truth(self, request: Request) -> Response:
        from sandbox.truth import truth

        try:
            captures = [read_iso(text) for text in request.query_params.get("captures", "").split(",") if text]
        except ValueError as error:
            return _refused(f"captures are times in ISO 8601 with commas between: {error}")
        captures = captures or [self._sandbox.now]
        told = truth(self._sandbox.world_until(max(captures)), captures)
        return Response(json.dumps(asdict(told), default=_plain), media_type="application/json")

    async def _credentials(self, _: Request) -> Response:
        return JSONResponse(dict(self._sandbox.credentials))

    async def _apps(self, _: Request) -> Response:
        apps = self._sandbox.apps.items()
        return JSONResponse({name: {"login": app.client_id, "password": app.client_secret} for name, app in apps})

    async def _bio(self, request: Request) -> Response:
        return await self._changed(request, "text", self._sandbox.write_bio, "Hello")

    async def _handle(self, request: Request) -> Response:
        return await self._changed(request, "handle", self._sandbox.rename, "alder_falls")

    async def _changed(
        self, request: Request, what: str, change: Callable[[str, str, str], None], example: str
    ) -> Response:
        """An account's profile as the request wishes it; ``change`` takes platform, account and the new value."""
        try:
            wish = await _wish(request)
            platform, _, who = str(wish["account"]).partition(":")
            change(platform, who, str(wish[what]))
        except (ValueError, LookupError) as error:
            wanted = json.dumps({"account": "x:alderfalls", what: example})
            return _refused(f"{request.url.path} needs {wanted}: {error}")
        return JSONResponse({"account": wish["account"], what: wish[what]})

    async def _fault(self, request: Request) -> Response:
        faults = self._sandbox.faults
        if request.method == "DELETE":
            faults.lift()
        if request.method == "POST":
            try:
                faults.plan(await _wish(request))
            except (UnknownFault, ValueError, TypeError) as error:
                return _refused(str(error))
        return JSONResponse([fault.as_json() for fault in faults.planned])

    async def _log(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._sandbox.log.served.clear()
        return JSONResponse(self._sandbox.log.as_json())

    async def _calls(self, _: Request) -> Response:
        return JSONResponse(self._sandbox.log.calls())

    async def _limits(self, _: Request) -> Response:
        self._sandbox.limits.clear()
        return JSONResponse({})


async def _wish(request: Request) -> dict[str, Any]:
    wish = json.loads(await request.body())
    if not isinstance(wish, dict):
        raise ValueError("the body must be a JSON object")
    return wish


def _refused(why: str) -> Response:
    return JSONResponse({"error": why}, 400)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, set | frozenset | tuple):
        return sorted(value) if isinstance(value, set | frozenset) else list(value)
    raise TypeError(f"truth holds a {type(value).__name__}, which JSON cannot say")
