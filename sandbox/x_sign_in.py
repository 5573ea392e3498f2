"""Signing in with X: OAuth 2.0's authorisation code with PKCE, for a confidential client.

Source: https://docs.x.com/fundamentals/authentication/oauth-2-0/user-access-token. The error bodies are from public
reports; no recording is at hand.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.consent import TOKEN_SECONDS, BadCode, Consent
from sandbox.consent_page import asks, cannot_ask, filled_in, sends_back
from sandbox.state import Sandbox
from sandbox.x_api import bearer, user_context_only
from sandbox.x_request import plain_problem

_SCOPES = frozenset({"tweet.read", "users.read", "offline.access", "follows.read", "tweet.write"})
_NEEDED_BY_ME = frozenset({"tweet.read", "users.read"})
_PERSONAL = 2
"""How many accounts of the staff's own can be chosen too: who signs in as one of them has taken the wrong account."""


class XSignIn:
    """The endpoints, over one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._app = sandbox.apps["hallpass_x_sign_in"]
        self._consents = sandbox.consents["x"]

    def pages(self) -> list[BaseRoute]:
        """What a person sees."""
        return [Route("/i/oauth2/authorize", self._authorize, methods=["GET", "POST"])]

    def routes(self) -> list[BaseRoute]:
        """What the app asks; to be tried before the API's other routes."""
        return [
            Route("/2/oauth2/token", self._token, methods=["POST"]),
            Route("/2/oauth2/revoke", self._revoke, methods=["POST"]),
            Route("/2/users/me", self._me),
        ]

    async def _authorize(self, request: Request) -> Response:
        asked = request.query_params
        scope = frozenset(asked.get("scope", "").split())
        if why := self._wrong(asked, scope):
            return cannot_ask("X", why)
        if request.method == "GET":
            return asks("X", f"act on {', '.join(sorted(scope))} for you", self._people())
        form = await filled_in(request)
        back = asked["redirect_uri"]
        if form.get("as") not in dict(self._people()):
            return sends_back(back, error="access_denied", state=asked["state"])
        consent = Consent(form["as"], back, scope, asked["code_challenge"])
        return sends_back(back, state=asked["state"], code=self._consents.code(consent))

    def _wrong(self, asked: Mapping[str, str], scope: frozenset[str]) -> str:
        if asked.get("client_id") != self._app.client_id:
            return "No app has this client_id."
        if not self._app.registered(asked.get("redirect_uri", "")):
            return "The redirect_uri is not one of the app's."
        if asked.get("response_type") != "code" or not asked.get("state"):
            return "response_type must be code, and state must be there."
        if asked.get("code_challenge_method") != "S256" or len(asked.get("code_challenge", "")) != 43:
            return "A code_challenge of method S256 must be there."
        return "" if scope and scope <= _SCOPES else "The scope holds something that X does not know."

    def _people(self) -> Iterator[tuple[str, str]]:
        world = self._sandbox.world
        for each in world.registrations:
            if each.platform == "x":
                yield each.platform_id, f"@{each.handle}"
        own = [a for a in world.actors if a.platform == "x" and a.role == "staff"]
        yield from ((actor.platform_id, f"@{actor.handle}") for actor in own[:_PERSONAL])

    async def _token(self, request: Request) -> Response:
        if not self._known(request):
            return _error(401, "unauthorized_client", "Missing valid authorization header")
        form = await filled_in(request)
        if form.get("grant_type") != "authorization_code":
            return _error(400, "unsupported_grant_type", "Value passed for the grant type is not supported.")
        try:
            consent = self._consents.redeem(form.get("code", ""))
        except BadCode:
            return _error(400, "invalid_request", "Value passed for the authorization code was invalid.")
        if form.get("redirect_uri") != consent.redirect_uri:
            return _error(400, "invalid_request", "Value passed for the redirect uri did not match.")
        if _challenge(form.get("code_verifier", "")) != consent.challenge:
            return _error(
                400, "invalid_request", "Value passed for the code verifier did not match the code challenge."
            )
        token = self._consents.token(form["code"], consent)
        scope = " ".join(sorted(consent.scope))
        return _json(200, {"token_type": "bearer", "expires_in": TOKEN_SECONDS, "access_token": token, "scope": scope})

    async def _revoke(self, request: Request) -> Response:
        if not self._known(request):
            return _error(401, "unauthorized_client", "Missing valid authorization header")
        token = (await filled_in(request)).get("token", "")
        if not token:
            return _error(400, "invalid_request", "Missing required parameter [token].")
        self._consents.revoke(token)
        return _json(200, {"revoked": True})

    async def _me(self, request: Request) -> Response:
        if self._sandbox.holder(bearer(request)) == "hallpass_x":
            return await user_context_only(request)
        consent = self._consents.of(bearer(request))
        if consent is None:
            return _json(401, plain_problem(401, "Unauthorized"))
        actor = self._sandbox.moment.actor("x", consent.subject)
        if actor is None or not consent.scope >= _NEEDED_BY_ME:
            return _json(403, plain_problem(403, "Forbidden"))
        return _json(200, {"data": {"id": actor.platform_id, "name": actor.name, "username": actor.handle}})

    def _known(self, request: Request) -> bool:
        """Whether the app itself asks: HTTP Basic with its id and secret."""
        known = base64.b64encode(f"{self._app.client_id}:{self._app.client_secret}".encode()).decode()
        return request.headers.get("authorization", "") == f"Basic {known}"


def _challenge(verifier: str) -> str:
    """PKCE's S256 (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _error(status: int, error: str, description: str) -> Response:
    return _json(status, {"error": error, "error_description": description})


def _json(status: int, body: Mapping[str, Any]) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(json.dumps(body), status, headers, media_type="application/json; charset=utf-8")
